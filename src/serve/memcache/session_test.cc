// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/cache.h"
#include "io/loop.h"
#include "io/test_loop.h"
#include "serve/memcache/node.h"
#include "serve/memcache/serve.h"

namespace larder::serve::memcache {
namespace {

// Makes every key wait once, and keeps the keys that were waited for.
class OnceGate final : public cache::Gate {
 public:
  bool admits(const cache::Key&) noexcept override { return !closed_; }
  void wait(const cache::Key& key, cache::Waiter& waiter) override {
    waited_for.emplace_back(key.bytes);
    closed_ = false;
    waiter.ready();
  }
  void close() { closed_ = true; }

  std::vector<std::string> waited_for;

 private:
  bool closed_ = false;
};

// A session on one end of a socket pair, the test on the other, one loop turned by hand.
class SessionTest : public io::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    auto loop = io::Loop::open({.backend = GetParam()});
    ASSERT_TRUE(loop) << loop.failure().what;
    loop_ = *std::move(loop);
    std::array<int, 2> ends;
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    peer_ = ends[0];
    loop_->adopt(ends[1], serve_);
  }
  void TearDown() override {
    if (loop_ == nullptr) return;
    ::close(peer_);
    while (loop_->socket_count() != 0) loop_->turn(10);
  }

  // Sends the pieces, each after the session has seen the one before; → the replies up to `MN`.
  std::string ask(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) {
      EXPECT_EQ(::send(peer_, piece.data(), piece.size(), 0), static_cast<ssize_t>(piece.size()));
      for (int turns = 0; turns < 3; ++turns) loop_->turn(0);
    }
    std::string replies;
    for (int turns = 0; turns < 500 && !replies.ends_with("MN\r\n"); ++turns) {
      loop_->turn(10);
      std::array<char, 4096> buffer;
      const ssize_t bytes = ::recv(peer_, buffer.data(), buffer.size(), 0);
      if (bytes > 0) replies.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    return replies;
  }

  OnceGate gate_;
  cache::Cache cache_{{.memory_bytes = 8 << 20, .item_bytes = 16 << 10}, &gate_};
  Node node_{cache_};
  io::Loop::Serve serve_ = [this](io::Socket& socket) { return serve(node_, socket); };
  std::unique_ptr<io::Loop> loop_;
  int peer_ = -1;
};

LARDER_TEST_BACKENDS(SessionTest);

TEST_P(SessionTest, WaitsForTheKeyThatABase64KeyStandsFor) {
  for (const char* request : {"ms YXBwbGU= 2 b\r\nhi\r\nmn\r\n", "mg YXBwbGU= b v\r\nmn\r\n",
                              "md YXBwbGU= b\r\nmn\r\n"}) {
    gate_.close();
    ask({request});
  }
  EXPECT_EQ(gate_.waited_for, (std::vector<std::string>{"apple", "apple", "apple"}));
}

TEST_P(SessionTest, RefusesAlikeHoweverTheBlockArrives) {
  struct Case {
    std::string head;
    std::string block;  // without its line end
    std::string reply;
  };
  for (const auto& [head, block, reply] :
       {Case{"set k 0 0 20000\r\n", std::string(20'002, 'x'),
             "SERVER_ERROR object too large for cache\r\n"},
        Case{"ms k 20000 T0 T0\r\n", std::string(20'002, 'x'), "CLIENT_ERROR duplicate flag\r\n"},
        Case{"ms k 3 T0 T0\r\n", "abc--", "CLIENT_ERROR duplicate flag\r\n"},
        Case{"set k 0 0 3\r\n", "abc--", "CLIENT_ERROR bad data chunk\r\n"}}) {
    const std::string rest = block.substr(4) + "mn\r\n";
    EXPECT_EQ(ask({head + block + "mn\r\n"}), reply + "MN\r\n") << head;
    EXPECT_EQ(ask({head, block.substr(0, 4), rest}), reply + "MN\r\n") << head;
  }
}

}  // namespace
}  // namespace larder::serve::memcache

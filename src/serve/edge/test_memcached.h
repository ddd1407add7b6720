// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "io/test_listener.h"
#include "io/test_loop.h"
#include "serve/edge/memcached_node.h"

namespace larder::serve::edge {

// A node that the test plays, asked on a loop whose clock stands.
class MemcachedNodeTest : public io::BackendTest {
 protected:
  using Kind = MemcachedAnswer::Kind;

  // One look-up, and what came of it. Gone with the test.
  struct Asked {
    std::unique_ptr<MemcachedLookup> lookup;  // null: the node is not asked
    std::optional<MemcachedAnswer> answer;

    std::string_view value() const { return answer->value->bytes(); }
  };

  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    io::LoopOptions stopped_clock = options();
    stopped_clock.steady_now = []() noexcept { return now_ms(); };
    loop_.emplace(stopped_clock);
    begin(listener_.address());
  }
  void TearDown() override {
    asked_.clear();
    node_.reset();
    loop_.reset();
    EXPECT_EQ(*used_, 0U) << "bytes of values were not given back";
  }
  void begin(const io::Address& address) {
    node_ = std::make_unique<MemcachedNode>(**loop_, address.text(), used_);
  }

  static base::SteadyMs& now_ms() {
    static base::SteadyMs now = 1'000'000;
    return now;
  }
  void pass_time(std::int64_t ms) {
    now_ms() += ms;
    loop_->settle();
  }

  Asked& ask(const std::string& key = "key", std::int64_t timeout_ms = kTimeoutMs) {
    Asked& asked = asked_.emplace_back();
    asked.lookup = node_->look_up(key, timeout_ms, [&asked](MemcachedAnswer answer) {
      asked.lookup = nullptr;
      asked.answer = std::move(answer);
    });
    EXPECT_FALSE(asked.answer) << "told inside the call";
    return asked;
  }
  // As many as there are connections for.
  std::vector<io::Peer> ask_all() {
    std::vector<io::Peer> peers;
    for (std::size_t i = 0; i < limits::kMemcachedLinks; ++i) {
      ask();
      peers.push_back(accept());
    }
    return peers;
  }
  // A connection has come, and brought a get.
  io::Peer accept(std::string_view request = "get key\r\n") {
    pollfd listening{.fd = listener_.fd(), .events = POLLIN, .revents = 0};
    EXPECT_TRUE(loop_->turn_until([&] { return ::poll(&listening, 1, 0) == 1; }));
    io::Peer peer = listener_.accept();
    expect(peer, request);
    return peer;
  }
  void expect(io::Peer& peer, std::string_view request = "get key\r\n") {
    EXPECT_EQ(loop_->receive(peer, request.size()), request);
  }
  Kind end_of(Asked& asked) {
    EXPECT_TRUE(loop_->turn_until([&] { return asked.answer.has_value(); }));
    return asked.answer ? asked.answer->kind : Kind::kFailed;
  }
  // The node is asked, and says this.
  Kind asked_and_told(std::string_view reply) {
    Asked& asked = ask();
    EXPECT_TRUE(asked.lookup) << "it is not asked";
    if (asked.lookup == nullptr) return Kind::kFailed;
    io::Peer peer = accept();
    peer.send(reply);
    return end_of(asked);
  }
  bool is_asked() { return ask().lookup != nullptr; }
  bool has_links(std::size_t count) {
    return loop_->turn_until([&] { return node_->links() == count; });
  }

  static constexpr std::int64_t kTimeoutMs = 1000;
  static constexpr std::string_view kMiss = "END\r\n";
  static constexpr std::string_view kHit = "VALUE key 5 3\r\nabc\r\nEND\r\n";

  io::TestListener listener_;
  std::optional<io::SteppedLoop> loop_;
  MemcachedValue::Used used_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::unique_ptr<MemcachedNode> node_;
  std::deque<Asked> asked_;
};

}  // namespace larder::serve::edge

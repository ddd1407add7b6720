// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/connecting.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/test_listener.h"
#include "io/test_loop.h"
#include "io/test_session.h"

namespace larder::io {
namespace {

constexpr std::int64_t kLongMs = 1'000'000;

base::SteadyMs test_steady_ms = 0;
base::SteadyMs test_steady() noexcept { return test_steady_ms; }

class ConnectingTest : public BackendTest {
 protected:
  ~ConnectingTest() override {
    if (result_ && *result_) ::close(**result_);
  }
  void connect(Loop& loop, const Address& to, std::int64_t timeout_ms,
               const std::optional<Address>& from = {}) {
    connecting_ = std::make_unique<Connecting>(
        loop, to, from, timeout_ms,
        [this](base::Result<int> descriptor) { result_ = std::move(descriptor); });
    EXPECT_FALSE(result_) << "told inside the constructor";
  }
  bool is_told(SteppedLoop& loop) {
    return loop.turn_until([this] { return result_.has_value(); });
  }

  std::unique_ptr<Connecting> connecting_;
  std::optional<base::Result<int>> result_;
};
LARDER_TEST_BACKENDS(ConnectingTest);

TEST_P(ConnectingTest, ConnectsForALoopToBegin) {
  Seen seen;
  TestListener listener;
  SteppedLoop loop(options());
  connect(*loop, listener.address(), kLongMs);
  ASSERT_TRUE(is_told(loop));
  ASSERT_TRUE(*result_);
  loop->begin(**std::exchange(result_, std::nullopt),
              [&](Socket& socket) { return serve_lines(socket, seen); });
  Peer peer = listener.accept();
  peer.send("a\n");
  EXPECT_EQ(loop.receive(peer, 3), "[a]");
}

TEST_P(ConnectingTest, ConnectsFromAnAddress) {
  TestListener listener;
  SteppedLoop loop(options());
  const Address from = Address::resolve("127.0.0.9", 0)->front();
  connect(*loop, listener.address(), kLongMs, from);
  ASSERT_TRUE(is_told(loop));
  ASSERT_TRUE(*result_);
  EXPECT_EQ(Address::peer_of(listener.accept().fd())->host(), "127.0.0.9");
}

TEST_P(ConnectingTest, ConnectsToAUnixSocket) {
  const std::string path = testing::TempDir() + "larder-connecting-" + std::to_string(::getpid());
  const TestListener listener(*Address::unix_path(path));
  SteppedLoop loop(options());
  connect(*loop, listener.address(), kLongMs);
  ASSERT_TRUE(is_told(loop));
  EXPECT_TRUE(*result_);
}

TEST_P(ConnectingTest, TellsThatItWasRefused) {
  const Address nobody = TestListener().address();
  SteppedLoop loop(options());
  connect(*loop, nobody, kLongMs);
  ASSERT_TRUE(is_told(loop));
  ASSERT_FALSE(*result_);
  EXPECT_EQ(result_->failure().what, "connecting to " + nobody.text() + ": Connection refused");
  EXPECT_FALSE(connecting_->timed_out());
}

TEST_P(ConnectingTest, TellsThatItCannotBegin) {
  TestListener listener;
  SteppedLoop loop(options());
  const Address not_ours = Address::resolve("192.0.2.1", 0)->front();
  connect(*loop, listener.address(), kLongMs, not_ours);
  ASSERT_TRUE(is_told(loop));
  EXPECT_FALSE(*result_);
  result_.reset();
  connect(*loop, *Address::unix_path("/nobody/listens/here"), kLongMs);
  ASSERT_TRUE(is_told(loop));
  EXPECT_FALSE(*result_);
}

TEST_P(ConnectingTest, IsLate) {
  const FullListener listener;
  LoopOptions stopped_clock = options();
  stopped_clock.steady_now = test_steady;
  SteppedLoop loop(stopped_clock);
  connect(*loop, listener.address(), 3000);
  loop.settle();
  EXPECT_FALSE(result_);
  test_steady_ms += 3000;
  ASSERT_TRUE(is_told(loop));
  EXPECT_FALSE(*result_);
  EXPECT_TRUE(connecting_->timed_out());
}

TEST_P(ConnectingTest, IsGivenUp) {
  const FullListener full;
  TestListener listener;
  const Address nobody = TestListener().address();
  SteppedLoop loop(options());
  for (const Address& to : {full.address(), listener.address(), nobody}) {
    connect(*loop, to, 1);
    connecting_.reset();
    loop.settle();
    EXPECT_FALSE(result_) << to.text();
  }
}

TEST_P(ConnectingTest, MayBeDestroyedByWhomItTells) {
  TestListener listener;
  SteppedLoop loop(options());
  for (const Address& to : {listener.address(), TestListener().address()}) {
    bool told = false;
    connecting_ = std::make_unique<Connecting>(*loop, to, std::nullopt, kLongMs,
                                               [&](base::Result<int> descriptor) {
                                                 connecting_.reset();
                                                 if (descriptor) ::close(*descriptor);
                                                 told = true;
                                               });
    EXPECT_TRUE(loop.turn_until([&] { return told; }));
  }
}

}  // namespace
}  // namespace larder::io

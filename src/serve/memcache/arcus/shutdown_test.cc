// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/shutdown.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "io/test_loop.h"

namespace larder::serve::memcache::arcus {
namespace {

class ShutdownTest : public testing::Test {
 protected:
  void pass(std::int64_t ms) {
    steady_ms += ms;
    loop_->turn(0);
  }

  static inline base::SteadyMs steady_ms = 1'000'000;
  int ends_ = 0;
  std::size_t clients_ = 0;
  Shutdown shutdown_{[this] { ++ends_; }, [this] { return clients_; }};
  io::SteppedLoop loop_{
      {.backend = io::BackendKind::kEpoll, .steady_now = []() noexcept { return steady_ms; }}};
};

TEST_F(ShutdownTest, EndsWhenItsTimeHasCome) {
  EXPECT_TRUE(shutdown_.begin(5, *loop_));
  pass(4999);
  EXPECT_EQ(ends_, 0);
  pass(2);
  EXPECT_EQ(ends_, 1);
}

TEST_F(ShutdownTest, EndsAtOnceWithoutATime) {
  EXPECT_TRUE(shutdown_.begin(0, *loop_));
  EXPECT_EQ(ends_, 0) << "the reply goes first";
  pass(1);
  EXPECT_EQ(ends_, 1);
}

TEST_F(ShutdownTest, TakesAnotherTimeUntilASecondBefore) {
  EXPECT_TRUE(shutdown_.begin(5, *loop_));
  pass(1000);
  EXPECT_TRUE(shutdown_.begin(10, *loop_));
  pass(9000);
  EXPECT_EQ(ends_, 0) << "the first no longer holds";
  EXPECT_FALSE(shutdown_.begin(60, *loop_)) << "due within a second";
  pass(1001);
  EXPECT_EQ(ends_, 1);
}

TEST_F(ShutdownTest, WaitsWhileClientsLeave) {
  clients_ = 10;
  EXPECT_TRUE(shutdown_.begin({}, *loop_));
  for (int look = 0; look < 3; ++look) {
    --clients_;
    pass(limits::kShutdownLookMs);
    EXPECT_EQ(ends_, 0);
  }
  pass(limits::kShutdownLookMs);
  EXPECT_EQ(ends_, 1);
  pass(limits::kAdaptiveShutdownMs);
  EXPECT_EQ(ends_, 1) << "once";
}

TEST_F(ShutdownTest, WaitsNoLongerThanTwoSeconds) {
  clients_ = 100;
  EXPECT_TRUE(shutdown_.begin({}, *loop_));
  for (std::int64_t ms = 0; ms < limits::kAdaptiveShutdownMs; ms += limits::kShutdownLookMs) {
    EXPECT_EQ(ends_, 0);
    --clients_;
    pass(limits::kShutdownLookMs);
  }
  EXPECT_EQ(ends_, 1);
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

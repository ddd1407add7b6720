// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/debug_clock.h"

#include <gtest/gtest.h>

namespace larder::base {
namespace {

constexpr UnixMs kHourMs = 3'600'000;

// Between two looks at the system's clock.
void expect_ahead(UnixMs by) {
  const UnixMs before = coarse_unix_now_ms();
  const UnixMs told = DebugClock::unix_now_ms();
  EXPECT_LE(before + by, told);
  EXPECT_LE(told, coarse_unix_now_ms() + by);
}

TEST(DebugClock, IsTheSystemsUntilItIsMoved) {
  expect_ahead(0);
  DebugClock::pass(kHourMs);
  expect_ahead(kHourMs);
  DebugClock::pass(-kHourMs);
  expect_ahead(0);
}

TEST(DebugClock, StandsStillWhilePaused) {
  DebugClock::pause();
  const UnixMs at = DebugClock::unix_now_ms();
  const UnixMs seen = coarse_unix_now_ms();
  while (coarse_unix_now_ms() == seen) {
  }
  DebugClock::pause();
  EXPECT_EQ(DebugClock::unix_now_ms(), at);
  DebugClock::pass(kHourMs);
  EXPECT_EQ(DebugClock::unix_now_ms(), at + kHourMs);
  DebugClock::pass(-kHourMs);
  DebugClock::resume();
  expect_ahead(0);
}

}  // namespace
}  // namespace larder::base

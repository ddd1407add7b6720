// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/pin.h"

#include <gtest/gtest.h>

#include <utility>

namespace larder::base {
namespace {

void count_release(void* subject) noexcept { ++*static_cast<int*>(subject); }

TEST(Pin, ReleasesOnceWhenItEnds) {
  int releases = 0;
  {
    const Pin pin(&releases, count_release);
    EXPECT_TRUE(pin);
    EXPECT_EQ(releases, 0);
  }
  EXPECT_EQ(releases, 1);
}

TEST(Pin, ReleasesOnceWhenDropped) {
  int releases = 0;
  Pin pin(&releases, count_release);
  pin.drop();
  pin.drop();
  EXPECT_FALSE(pin);
  EXPECT_EQ(releases, 1);
}

TEST(Pin, MovesItsHold) {
  int first = 0;
  int second = 0;
  Pin a(&first, count_release);
  Pin b(std::move(a));
  EXPECT_FALSE(a);  // NOLINT(bugprone-use-after-move)
  Pin c(&second, count_release);
  c = std::move(b);
  EXPECT_EQ(second, 1);
  EXPECT_EQ(first, 0);
  c.drop();
  EXPECT_EQ(first, 1);
}

TEST(Pin, HoldsNothingByDefault) {
  Pin pin;
  EXPECT_FALSE(pin);
  pin.drop();
}

}  // namespace
}  // namespace larder::base

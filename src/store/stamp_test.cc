// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/stamp.h"

#include <gtest/gtest.h>

#include "store/packed_stamp.h"

namespace larder::store {
namespace {

constexpr base::UnixMs kNow = kStampEpochMs + 1'000'000;
constexpr unsigned kManyInOneMs = 3 << kStampPackedLogicalBits;

TEST(StampClock, TellsTimeAndNode) {
  StampClock clock(5);
  const Stamp stamp = clock.next(kNow);
  EXPECT_EQ(stamp >> kStampMsShift, 1'000'000U);
  EXPECT_EQ(stamp & ((1U << kStampNodeBits) - 1), 5U);
  EXPECT_EQ(clock.last(), stamp);
}

TEST(StampClock, GrowsWhateverTheWallClockDoes) {
  StampClock clock(1023);
  Stamp last = clock.next(kNow);
  for (const base::UnixMs now : {kNow, kNow - 1, kNow + 1, base::UnixMs{0}, kNow, kNow + 2}) {
    const Stamp next = clock.next(now);
    EXPECT_GT(next, last);
    EXPECT_EQ(next & 1023U, 1023U);
    last = next;
  }
}

TEST(StampClock, CarriesIntoTheMillisecondsWhenThereAreTooMany) {
  StampClock clock(7);
  Stamp last = 0;
  for (unsigned i = 0; i < kManyInOneMs; ++i) {
    const Stamp next = clock.next(kNow);
    ASSERT_GT(next, last);
    ASSERT_TRUE(PackedStamp::holds(next, {.node = 7})) << "however many there are";
    last = next;
  }
  EXPECT_EQ(last >> kStampMsShift, 1'000'002U);
  EXPECT_EQ(last & 1023U, 7U);
  EXPECT_EQ(clock.next(kNow + 10) >> kStampMsShift, 1'000'010U);
}

TEST(StampClock, IsNeverZeroNotEvenBeforeItsEpoch) {
  StampClock clock(0);
  EXPECT_NE(clock.next(0), 0U);
  EXPECT_NE(clock.next(kStampEpochMs), 0U);
}

TEST(StampClock, IgnoresWhatIsNoNode) {
  StampClock clock(1 << kStampNodeBits | 3);
  EXPECT_EQ(clock.next(kNow) & ((1U << (kStampNodeBits + kStampLogicalBits)) - 1), 3U);
}

}  // namespace
}  // namespace larder::store

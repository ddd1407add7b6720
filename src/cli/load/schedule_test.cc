// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/schedule.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace larder::cli::load {
namespace {

TEST(Schedule, SpacesRequestsEvenly) {
  Schedule schedule(1000, 1e6);
  EXPECT_EQ(schedule.take(), 1000);
  EXPECT_EQ(schedule.take(), 2000);
  EXPECT_EQ(schedule.take(), 3000);
}

TEST(Schedule, DoesNotDriftWhereTheIntervalIsNoWholeNumber) {
  Schedule schedule(0, 300'000);
  for (int i = 0; i < 300'000; ++i) schedule.take();
  EXPECT_NEAR(static_cast<double>(schedule.next_ns()), 1e9, 1);
}

TEST(Schedule, KeepsIntendedTimesHoweverLateTheyAreTaken) {
  Schedule schedule(0, 1000);
  EXPECT_FALSE(schedule.is_due(-1));
  EXPECT_TRUE(schedule.is_due(0));
  // A whole second of silence: 1001 requests are due, and the first still counts from 0.
  EXPECT_EQ(schedule.behind(1'000'000'000), 1001U);
  EXPECT_EQ(schedule.take(), 0);
  EXPECT_EQ(schedule.take(), 1'000'000);
  EXPECT_EQ(schedule.behind(1'000'000'000), 999U);
}

TEST(Schedule, IsNotBehindWhenAllThatIsDueWasTaken) {
  Schedule schedule(0, 1000);
  schedule.take();
  EXPECT_EQ(schedule.behind(500'000), 0U);
  EXPECT_EQ(schedule.behind(1'000'000), 1U);
}

}  // namespace
}  // namespace larder::cli::load

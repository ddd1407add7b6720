// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/fill_slots.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"

namespace larder::serve::edge {
namespace {

using Turn = FillSlots::Turn;

struct FillSlotsTest : testing::Test {
  Turn ask(int number, std::size_t most = 2) {
    return slots.ask(&names[number], [this, number] { gone.push_back(number); }, most);
  }

  int names[8] = {};
  FillSlots slots;
  std::vector<int> gone;
};

TEST_F(FillSlotsTest, SoManyGoAtOnceAndTheOthersInTheirOrder) {
  EXPECT_EQ(ask(0), Turn::kNow);
  EXPECT_EQ(ask(1), Turn::kNow);
  EXPECT_EQ(ask(2), Turn::kLater);
  EXPECT_EQ(ask(3), Turn::kLater);
  EXPECT_TRUE(gone.empty());
  slots.give();
  EXPECT_EQ(gone, std::vector<int>{2});
  slots.give();
  EXPECT_EQ(gone, (std::vector<int>{2, 3}));
  slots.give();
  slots.give();
  EXPECT_EQ(slots.counts().busy, 0U);
  EXPECT_EQ(slots.counts().waited, 2U);
}

TEST_F(FillSlotsTest, WhoLeavesIsNotCalled) {
  ask(0, 1);
  ask(1, 1);
  ask(2, 1);
  EXPECT_TRUE(slots.leave(&names[1]));
  EXPECT_FALSE(slots.leave(&names[1]));
  EXPECT_FALSE(slots.leave(&names[0]));
  slots.give();
  EXPECT_EQ(gone, std::vector<int>{2});
}

TEST_F(FillSlotsTest, AReloadThatRaisesTheNumberLetsMoreGo) {
  ask(0, 1);
  ask(1, 1);
  ask(2, 3);
  slots.give();
  EXPECT_EQ(gone, (std::vector<int>{1, 2}));
  EXPECT_EQ(slots.counts().busy, 2U);
}

TEST_F(FillSlotsTest, NoMoreThanSoManyWait) {
  ask(0, 1);
  for (std::size_t i = 0; i < limits::kQueuedFills; ++i) ASSERT_EQ(ask(1, 1), Turn::kLater);
  EXPECT_EQ(ask(2, 1), Turn::kNever);
  EXPECT_EQ(slots.counts().refused, 1U);
  EXPECT_EQ(slots.counts().waiting, limits::kQueuedFills);
}

}  // namespace
}  // namespace larder::serve::edge

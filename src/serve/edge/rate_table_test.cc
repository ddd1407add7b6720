// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/rate_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace larder::serve::edge {
namespace {

constexpr base::SteadyMs kNow = 1'000'000;

class RateTableTest : public testing::Test {
 protected:
  bool takes(const std::string& key, std::uint32_t burst, base::SteadyMs now) {
    return table_.take(key, 10, burst, now).allowed;
  }
  RateTable table_;
};

TEST_F(RateTableTest, OneEachTenthOfASecond) {
  EXPECT_TRUE(takes("a", 0, kNow));
  EXPECT_FALSE(takes("a", 0, kNow));
  EXPECT_FALSE(takes("a", 0, kNow + 99));
  EXPECT_TRUE(takes("a", 0, kNow + 100));
  EXPECT_FALSE(takes("a", 0, kNow + 199));
  EXPECT_TRUE(takes("a", 0, kNow + 10'000));
  EXPECT_FALSE(takes("a", 0, kNow + 10'000));
}

TEST_F(RateTableTest, KeysAreCountedApart) {
  EXPECT_TRUE(takes("a", 0, kNow));
  EXPECT_TRUE(takes("b", 0, kNow));
  EXPECT_FALSE(takes("a", 0, kNow));
  EXPECT_FALSE(takes("b", 0, kNow));
}

TEST_F(RateTableTest, ABurstIsTakenAndDrains) {
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(takes("a", 5, kNow)) << i;
  EXPECT_FALSE(takes("a", 5, kNow));
  EXPECT_TRUE(takes("a", 5, kNow + 100));
  EXPECT_FALSE(takes("a", 5, kNow + 100));
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(takes("a", 5, kNow + 5'000)) << i;
  EXPECT_FALSE(takes("a", 5, kNow + 5'000));
}

TEST_F(RateTableTest, SaysHowLongToWait) {
  for (int i = 0; i < 4; ++i) EXPECT_EQ(table_.take("a", 10, 5, kNow).wait_ms, i * 100);
  EXPECT_EQ(table_.take("a", 10, 5, kNow + 50).wait_ms, 350);
}

TEST_F(RateTableTest, AClockThatGoesBackGivesNothing) {
  EXPECT_TRUE(takes("a", 0, kNow));
  EXPECT_FALSE(takes("a", 0, kNow - 10'000));
  EXPECT_FALSE(takes("a", 0, kNow + 50));
}

TEST_F(RateTableTest, SomeAtATime) {
  auto first = table_.enter("a", 2, kNow);
  auto second = table_.enter("a", 2, kNow);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(table_.enter("a", 2, kNow));
  EXPECT_TRUE(table_.enter("b", 2, kNow));
  first.reset();
  EXPECT_TRUE(table_.enter("a", 2, kNow));
  RateTable::Slot moved = *std::move(second);
  auto third = table_.enter("a", 2, kNow);
  EXPECT_TRUE(third);
  EXPECT_FALSE(table_.enter("a", 2, kNow));
}

// However many clients there are, those that have just been there are known.
TEST_F(RateTableTest, TheOldestGo) {
  constexpr int kKeys = 10 * static_cast<int>(limits::kRateKeys);
  for (int i = 0; i < kKeys; ++i) {
    EXPECT_TRUE(takes(std::to_string(i), 0, kNow + i));
    EXPECT_FALSE(takes(std::to_string(i), 0, kNow + i));
  }
  int known = 0;
  for (int i = 0; i < 1000; ++i) {
    if (!table_.take(std::to_string(kKeys - 1000 + i), 1e-9, 0, kNow + kKeys).allowed) ++known;
  }
  EXPECT_EQ(known, 1000);
  EXPECT_TRUE(table_.take("0", 1e-9, 0, kNow + kKeys).allowed);
}

TEST_F(RateTableTest, WhoIsInProgressStays) {
  const auto slot = table_.enter("busy", 1, kNow);
  for (int i = 0; i < 4 * static_cast<int>(limits::kRateKeys); ++i) {
    takes(std::to_string(i), 0, kNow + 1 + i);
  }
  EXPECT_FALSE(table_.enter("busy", 1, kNow));
}

// A slot of a key that lost its place takes nothing from the one that has it now.
TEST_F(RateTableTest, ASlotOutlivesItsPlace) {
  std::vector<RateTable::Slot> slots;
  for (int i = 0; i < 2 * static_cast<int>(limits::kRateKeys); ++i) {
    slots.push_back(*table_.enter(std::to_string(i), 1, kNow + i));
  }
  slots.clear();
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(table_.enter(std::to_string(i), 1, kNow));
}

TEST_F(RateTableTest, ManyThreadsTakeNoMoreThanThereIs) {
  constexpr int kThreads = 4;
  std::atomic<int> taken = 0;
  std::atomic<int> most = 0;
  std::atomic<int> inside = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        if (takes("rate", 99, kNow)) ++taken;
        const auto slot = table_.enter("slots", 2, kNow);
        if (!slot) continue;
        const int now_inside = ++inside;
        if (now_inside > most) most = now_inside;
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 100);
  EXPECT_LE(most, 2);
}

}  // namespace
}  // namespace larder::serve::edge

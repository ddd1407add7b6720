// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/ghost.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

namespace larder::store {
namespace {

constexpr std::uint64_t kSeed = 20261120;

// The hash of a key with that fingerprint, in the line of `position`.
std::uint64_t hash_with(std::uint64_t print, std::uint64_t position = 0) {
  return print << 40 | position << 8;
}

TEST(Ghost, KnowsTheLastThirtyTwoOfALine) {
  Ghost ghost(Ghost::kLineBytes);
  for (std::uint64_t print = 1; print <= 40; ++print) {
    EXPECT_FALSE(ghost.has(hash_with(print)));
    ghost.add(hash_with(print));
  }
  for (std::uint64_t print = 1; print <= 40; ++print) {
    EXPECT_EQ(ghost.has(hash_with(print)), print > 8) << print;
  }
}

TEST(Ghost, ForgetsWhoIsBackAndKeepsTheOthersInOrder) {
  Ghost ghost(Ghost::kLineBytes);
  for (std::uint64_t print = 1; print <= 32; ++print) ghost.add(hash_with(print));
  ghost.remove(hash_with(20));
  ghost.remove(hash_with(99));  // nobody
  for (std::uint64_t print = 1; print <= 32; ++print) {
    EXPECT_EQ(ghost.has(hash_with(print)), print != 20) << print;
  }
  ghost.add(hash_with(33));  // into the place that is free
  EXPECT_TRUE(ghost.has(hash_with(1)));
  ghost.add(hash_with(34));
  EXPECT_FALSE(ghost.has(hash_with(1))) << "the oldest goes first";
  EXPECT_TRUE(ghost.has(hash_with(2)));
  ghost.remove(hash_with(2));  // the last of its line
  EXPECT_FALSE(ghost.has(hash_with(2)));
  EXPECT_TRUE(ghost.has(hash_with(3)));
}

TEST(Ghost, HasAPlaceForEachItemWithinItsBound) {
  Ghost least(0);
  least.fit(1'000'000);
  EXPECT_EQ(least.bytes(), 64U);
  Ghost ghost(64 * 100 + 63);
  EXPECT_EQ(ghost.bytes(), 64U);
  ghost.fit(32 * 50);
  EXPECT_EQ(ghost.bytes(), 51U * 64);
  ghost.fit(1'000'000);
  EXPECT_EQ(ghost.bytes(), 6400U);
  ghost.add(hash_with(7));
  ghost.fit(32 * 80);
  EXPECT_TRUE(ghost.has(hash_with(7))) << "not for a change of a fifth";
  ghost.fit(32 * 70);
  EXPECT_FALSE(ghost.has(hash_with(7)));
  EXPECT_EQ(ghost.bytes(), 71U * 64);
}

TEST(Ghost, TellsLinesApart) {
  Ghost ghost(4 * Ghost::kLineBytes);
  ghost.fit(4 * 32);
  constexpr std::uint64_t kQuarter = std::uint64_t{1} << 30;
  ghost.add(hash_with(7, kQuarter));
  EXPECT_TRUE(ghost.has(hash_with(7, 2 * kQuarter - 1)));
  EXPECT_FALSE(ghost.has(hash_with(7, kQuarter - 1)));
  EXPECT_FALSE(ghost.has(hash_with(7, 2 * kQuarter)));
}

TEST(Ghost, KnowsAKeyWithoutAFingerprintOnlyWhenItCame) {
  Ghost ghost(Ghost::kLineBytes);
  EXPECT_FALSE(ghost.has(hash_with(0)));
  ghost.add(hash_with(0));
  EXPECT_TRUE(ghost.has(hash_with(0)));
}

TEST(Ghost, TakesFewStrangersForAcquaintances) {
  std::mt19937_64 random(kSeed);
  Ghost ghost(64 * Ghost::kLineBytes);
  for (int i = 0; i < 10'000; ++i) ghost.add(random());
  int known = 0;
  constexpr int kStrangers = 200'000;
  for (int i = 0; i < kStrangers; ++i) known += ghost.has(random()) ? 1 : 0;
  constexpr int kTaken = kStrangers / 2048;
  EXPECT_NEAR(known, kTaken, 40);
}

}  // namespace
}  // namespace larder::store

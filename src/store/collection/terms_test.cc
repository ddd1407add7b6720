// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/terms.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace larder::store::collection {
namespace {

using enum Overflow;

TEST(Overflow, HasADefaultThatSuits) {
  EXPECT_EQ(default_overflow(Type::kList), kTailTrim);
  EXPECT_EQ(default_overflow(Type::kSet), kError);
  EXPECT_EQ(default_overflow(Type::kMap), kError);
  EXPECT_EQ(default_overflow(Type::kBTree), kSmallestTrim);
}

TEST(Overflow, SuitsTypes) {
  for (const Type type : {Type::kList, Type::kSet, Type::kMap, Type::kBTree}) {
    EXPECT_TRUE(suits(kError, type));
    EXPECT_TRUE(suits(default_overflow(type), type));
    for (const Overflow overflow : {kHeadTrim, kTailTrim}) {
      EXPECT_EQ(suits(overflow, type), type == Type::kList);
    }
    for (const Overflow overflow :
         {kSmallestTrim, kLargestTrim, kSmallestSilentTrim, kLargestSilentTrim}) {
      EXPECT_EQ(suits(overflow, type), type == Type::kBTree);
    }
  }
}

std::uint32_t most(std::int64_t wanted, std::uint32_t greatest) {
  Attributes attributes;
  attributes.set_most(wanted, greatest);
  return attributes.most;
}

TEST(MostElements, AreWhatIsWantedWithinTheGreatest) {
  EXPECT_EQ(most(1, 50000), 1U);
  EXPECT_EQ(most(50000, 50000), 50000U);
  EXPECT_EQ(most(50001, 50000), 50000U);
  EXPECT_EQ(most(std::numeric_limits<std::int64_t>::max(), 50000), 50000U);
  EXPECT_EQ(most(0, 50000), 4000U);
  EXPECT_EQ(most(0, 3000), 3000U);
  EXPECT_EQ(most(-1, 50000), 50000U);
  EXPECT_EQ(most(std::numeric_limits<std::int64_t>::min(), 50000), 50000U);
}

TEST(MostElements, GrowWithTheGreatestWhereThatIsWanted) {
  for (const std::int64_t wanted : {-1, 0, 50000, 50001}) {
    Attributes attributes;
    attributes.set_most(wanted, 50000);
    const std::uint32_t before = attributes.most;
    attributes.fit_most(60000);
    EXPECT_EQ(attributes.most, wanted == -1 ? 60000U : before) << wanted;
  }
}

}  // namespace
}  // namespace larder::store::collection

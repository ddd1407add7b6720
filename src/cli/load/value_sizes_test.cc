// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/value_sizes.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace larder::cli::load {
namespace {

TEST(ValueSizes, IsOneNumber) {
  auto sizes = ValueSizes::parse("100");
  ASSERT_TRUE(sizes);
  EXPECT_TRUE(sizes->fixed());
  EXPECT_EQ(sizes->of(0), 100U);
  EXPECT_EQ(sizes->of(7), 100U);
  EXPECT_EQ(sizes->max(), 100U);
}

TEST(ValueSizes, IsARangeWithBothEnds) {
  auto sizes = ValueSizes::parse("10-13");
  ASSERT_TRUE(sizes);
  EXPECT_FALSE(sizes->fixed());
  std::uint32_t seen[14] = {};
  for (std::uint32_t key = 0; key < 4000; ++key) {
    ASSERT_GE(sizes->of(key), 10U);
    ASSERT_LE(sizes->of(key), 13U);
    ++seen[sizes->of(key)];
  }
  for (std::uint32_t size = 10; size <= 13; ++size) EXPECT_NEAR(seen[size], 1000, 150) << size;
}

TEST(ValueSizes, WeighsItsParts) {
  auto sizes = ValueSizes::parse("100:9,1000-2000:1");
  ASSERT_TRUE(sizes);
  EXPECT_EQ(sizes->max(), 2000U);
  std::uint32_t small = 0;
  for (std::uint32_t key = 0; key < 10'000; ++key) {
    const std::uint32_t size = sizes->of(key);
    EXPECT_EQ(size, sizes->of(key));
    EXPECT_TRUE(size == 100 || (size >= 1000 && size <= 2000)) << size;
    if (size == 100) ++small;
  }
  EXPECT_NEAR(small, 9000, 150);
}

TEST(ValueSizes, AreOthersByAnotherSeed) {
  auto first = ValueSizes::parse("0-999");
  auto same = ValueSizes::parse("0-999", 0);
  auto other = ValueSizes::parse("0-999", 1);
  ASSERT_TRUE(first && same && other);
  std::uint32_t equal = 0;
  for (std::uint32_t key = 0; key < 10'000; ++key) {
    EXPECT_EQ(first->of(key), same->of(key));
    if (first->of(key) == other->of(key)) ++equal;
  }
  EXPECT_LT(equal, 40U);
}

// The paper's figures, with a key of 38 bytes.
TEST(ValueSizes, OfTwitterAreAsPublished) {
  auto sizes = ValueSizes::parse("twitter");
  ASSERT_TRUE(sizes);
  constexpr std::uint32_t kKeys = 100'000;
  std::uint32_t below_100 = 0;
  std::uint32_t below_230 = 0;
  std::uint32_t within_key = 0;
  std::uint32_t within_five = 0;
  for (std::uint32_t key = 0; key < kKeys; ++key) {
    const std::uint32_t value = sizes->of(key);
    if (value + kTwitterKeyBytes <= 100) ++below_100;
    if (value + kTwitterKeyBytes <= 230) ++below_230;
    if (value <= kTwitterKeyBytes) ++within_key;
    if (value <= 5 * kTwitterKeyBytes) ++within_five;
  }
  EXPECT_NEAR(below_100, 0.24 * kKeys, 0.01 * kKeys);
  EXPECT_NEAR(below_230, 0.5 * kKeys, 0.01 * kKeys);
  EXPECT_NEAR(within_key, 0.15 * kKeys, 0.01 * kKeys);
  EXPECT_NEAR(within_five, 0.5 * kKeys, 0.01 * kKeys);
}

TEST(ValueSizes, RefusesWhatIsNoSize) {
  for (const char* text : {"", "x", "-", "-5", "5-", "5-4", "1:", "1:0", "1:x", "1,", ",1", "1,,2",
                           "1 ", "1073741825", "99999999999"}) {
    EXPECT_FALSE(ValueSizes::parse(text)) << text;
  }
  EXPECT_TRUE(ValueSizes::parse("1073741824"));
  EXPECT_TRUE(ValueSizes::parse("0"));
}

}  // namespace
}  // namespace larder::cli::load

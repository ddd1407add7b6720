// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/keys.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>

namespace larder::cli::load {
namespace {

TEST(Keys, HaveTheLengthThatWasAskedFor) {
  auto keys = Keys::make(100'000, 30);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->text(0), "larder-bench-larder-bench00000");
  EXPECT_EQ(keys->text(99'999), "larder-bench-larder-bench1869f");
  EXPECT_EQ(keys->bytes(), 30U);
}

TEST(Keys, AreReadBackAndNothingElseIs) {
  auto keys = Keys::make(300, 5);
  ASSERT_TRUE(keys);
  for (std::uint32_t key = 0; key < 300; ++key) EXPECT_EQ(keys->parse(keys->text(key)), key);
  for (const char* text : {"", "la000x", "la00", "la12c", "xa001", "la0-1", "LA001"}) {
    EXPECT_FALSE(keys->parse(text)) << text;
  }
}

TEST(Keys, MayBeAsShortAsTheirNumberAllows) {
  EXPECT_FALSE(Keys::make(257, 2));
  auto keys = Keys::make(256, 2);
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->text(255), "ff");
  EXPECT_TRUE(Keys::make(1, 1));
  EXPECT_TRUE(Keys::make(0xFFFFFFFF, 250));
  EXPECT_FALSE(Keys::make(1, 251));
  EXPECT_FALSE(Keys::make(0, 30));
}

TEST(Keys, GiveEachRankAKeyOfItsOwn) {
  for (const std::uint32_t count : {1U, 2U, 3U, 10U, 1000U, 1024U, 99'990U}) {
    auto keys = Keys::make(count, 30);
    ASSERT_TRUE(keys);
    std::set<std::uint32_t> seen;
    for (std::uint32_t rank = 0; rank < count; ++rank) {
      const std::uint32_t key = keys->of_rank(rank);
      EXPECT_LT(key, count);
      seen.insert(key);
    }
    EXPECT_EQ(seen.size(), count);
  }
}

}  // namespace
}  // namespace larder::cli::load

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/bkey.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace larder::base {
namespace {

using namespace std::string_view_literals;

Bkey bytes(std::string_view of) { return Bkey::of(ShortBytes(of)); }

TEST(ShortBytes, HoldUpTo31OfThem) {
  EXPECT_TRUE(ShortBytes().empty());
  EXPECT_EQ(ShortBytes("\0\xff"sv).view(), "\0\xff"sv);
  const std::string most(ShortBytes::kMost, 'k');
  EXPECT_EQ(ShortBytes(most).view(), most);
  EXPECT_EQ(ShortBytes(most).size(), 31U);
}

TEST(ShortBytes, AreEqualByWhatTheyHoldAndNotByWhatTheyHeld) {
  ShortBytes longer("abc");
  longer.resize(2);
  EXPECT_EQ(longer, ShortBytes("ab"));
  EXPECT_NE(longer, ShortBytes("abc"));
}

TEST(ShortBytes, AreOrderedAsUnsignedBytesAndAPrefixComesFirst) {
  const std::vector<ShortBytes> ordered = {
      ShortBytes("\x00"sv),   ShortBytes("\x01"), ShortBytes("\x01\x00"sv),
      ShortBytes("\x01\xff"), ShortBytes("\x02"), ShortBytes("\x0a\x0b"),
      ShortBytes("\x7f"),     ShortBytes("\x80"), ShortBytes("\xff")};
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    for (std::size_t k = 0; k < ordered.size(); ++k) {
      EXPECT_EQ(ordered[i] <=> ordered[k], i <=> k) << i << ' ' << k;
      EXPECT_EQ(ordered[i] == ordered[k], i == k) << i << ' ' << k;
    }
  }
}

TEST(Bkey, IsANumberUnlessItHasBytes) {
  EXPECT_TRUE(Bkey().is_number());
  EXPECT_EQ(Bkey().number(), 0U);
  EXPECT_TRUE(Bkey::of(7).is_number());
  EXPECT_FALSE(bytes("\0"sv).is_number());
  EXPECT_EQ(bytes("\0"sv).bytes(), "\0"sv);
}

TEST(Bkey, OfNumbersIsOrderedByThem) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  EXPECT_LT(Bkey::of(9), Bkey::of(10));
  EXPECT_LT(Bkey::of(255), Bkey::of(256));  // not by their bytes
  EXPECT_LT(Bkey::of(kMost - 1), Bkey::of(kMost));
  EXPECT_EQ(Bkey::of(kMost), Bkey::of(kMost));
}

TEST(Bkey, OfBytesIsOrderedByThem) {
  EXPECT_LT(bytes("\x01\xff"), bytes("\x02"));
  EXPECT_LT(bytes("\x01"), bytes("\x01\0"sv));
  EXPECT_NE(bytes("\x01"), bytes("\x01\0"sv));
}

TEST(BkeyRange, RunsDownwardsWhenItsEndIsTheSmaller) {
  const BkeyRange up{.from = Bkey::of(3), .to = Bkey::of(8)};
  EXPECT_FALSE(up.is_downwards());
  EXPECT_EQ(up.least(), Bkey::of(3));
  EXPECT_EQ(up.most(), Bkey::of(8));

  const BkeyRange down{.from = bytes("\x80"), .to = bytes("\x7f\xff")};
  EXPECT_FALSE(down.is_number());
  EXPECT_TRUE(down.is_downwards());
  EXPECT_EQ(down.least(), down.to);
  EXPECT_EQ(down.most(), down.from);

  const BkeyRange one{.from = Bkey::of(3), .to = Bkey::of(3)};
  EXPECT_TRUE(one.is_number());
  EXPECT_FALSE(one.is_downwards());
}

}  // namespace
}  // namespace larder::base

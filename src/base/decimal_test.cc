// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/decimal.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace larder::base {
namespace {

template <class Number>
std::string written(Number number) {
  char text[kMaxDecimalBytes];
  return std::string(text, write_decimal(text, number));
}

TEST(Decimal, WritesTheExtremes) {
  EXPECT_EQ(written(0), "0");
  EXPECT_EQ(written(-1), "-1");
  EXPECT_EQ(written(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(written(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
}

TEST(Decimal, ParsesDigitsAndNothingElse) {
  EXPECT_EQ(parse_decimal<std::uint32_t>("0"), 0U);
  EXPECT_EQ(parse_decimal<std::uint32_t>("007"), 7U);
  EXPECT_EQ(parse_decimal<std::uint32_t>("4294967295"), 4294967295U);
  EXPECT_EQ(parse_decimal<std::int32_t>("-2147483648"), std::numeric_limits<std::int32_t>::min());
  for (const char* text : {"", "-", "+1", " 1", "1 ", "1x", "x", "0x1", "1.0", "4294967296"}) {
    EXPECT_FALSE(parse_decimal<std::uint32_t>(text)) << text;
  }
  EXPECT_FALSE(parse_decimal<std::uint32_t>("-1"));
  EXPECT_FALSE(parse_decimal<std::int32_t>("2147483648"));
}

}  // namespace
}  // namespace larder::base

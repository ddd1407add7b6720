// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/reply.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "wire/memcache/arcus/bkey.h"

namespace larder::wire::memcache::arcus {
namespace {

// A bkey as it was sent, as it is said.
std::string said(std::string_view word) {
  base::Bkey bkey;
  EXPECT_TRUE(parse_bkey(word, bkey)) << word;
  std::array<char, kMaxBkeyText> text{};
  return {text.data(), write_bkey(text.data(), bkey)};
}

TEST(arcus_reply, bkeys) {
  EXPECT_EQ(said("0"), "0");
  EXPECT_EQ(said("007"), "7");
  EXPECT_EQ(said("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(said("0x0a"), "0x0A");
  EXPECT_EQ(said("0x00ffAb"), "0x00FFAB");
  const std::string longest = "0x" + std::string(62, 'F');
  EXPECT_EQ(longest.size(), kMaxBkeyText);
  EXPECT_EQ(said(longest), longest);
}

TEST(arcus_reply, hex) {
  std::array<char, 16> text{};
  EXPECT_EQ(std::string(text.data(), write_hex(text.data(), std::string_view("\0\x9a\xf0", 3))),
            "0x009AF0");
}

TEST(arcus_bkey, words_that_are_none) {
  base::Bkey bkey;
  for (const std::string_view word :
       {"", "x", "-1", "1x", "18446744073709551616", "0x", "0x1", "0xg0", "0x0g", "0X01", "1..2"}) {
    EXPECT_FALSE(parse_bkey(word, bkey)) << word;
  }
}

TEST(arcus_bkey, ranges) {
  base::BkeyRange range;
  ASSERT_TRUE(parse_bkey_range("3..18446744073709551615", range));
  EXPECT_EQ(range.from, base::Bkey::of(3));
  EXPECT_EQ(range.to, base::Bkey::of(std::numeric_limits<std::uint64_t>::max()));
  ASSERT_TRUE(parse_bkey_range("0x02..0x01FF", range));
  EXPECT_TRUE(range.is_downwards());
  ASSERT_TRUE(parse_bkey_range("0x02", range));
  EXPECT_EQ(range.from, range.to);
  for (const std::string_view word :
       {"", "..", "1..", "..1", "1..0x01", "0x01..1", "1...2", "1..2..3"}) {
    EXPECT_FALSE(parse_bkey_range(word, range)) << word;
  }
}

}  // namespace
}  // namespace larder::wire::memcache::arcus

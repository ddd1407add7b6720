// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "wire/http/conditional.h"

namespace larder::wire::http {
namespace {

constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();

// `0-9 20-29`, `whole` or `unsatisfiable`
std::string told(std::string_view range, std::uint64_t size) {
  const RangeSet set = parse_range(range, size);
  if (set.state == RangeSet::State::kWhole) return "whole";
  if (set.state == RangeSet::State::kUnsatisfiable) return "unsatisfiable";
  std::string all;
  for (const auto& [first, last] : set.ranges) {
    all += (all.empty() ? "" : " ") + std::to_string(first) + "-" + std::to_string(last);
  }
  return all;
}

// RFC 9110, 14.1.2: its examples, of 10000 bytes.
TEST(Range, IsOfBytes) {
  EXPECT_EQ(told("bytes=0-499", 10'000), "0-499");
  EXPECT_EQ(told("bytes=500-999", 10'000), "500-999");
  EXPECT_EQ(told("bytes=-500", 10'000), "9500-9999");
  EXPECT_EQ(told("bytes=9500-", 10'000), "9500-9999");
  EXPECT_EQ(told("bytes=0-0,-1", 10'000), "0-0 9999-9999");
  EXPECT_EQ(told("bytes= 0-999, 4500-5499, -1000", 10'000), "0-999 4500-5499 9000-9999");
  EXPECT_EQ(told("bytes=500-600,601-999", 10'000), "500-600 601-999");
  EXPECT_EQ(told("bytes=500-700,601-999", 10'000), "500-700 601-999");
  EXPECT_EQ(told("BYTES=0-0", 10), "0-0");
  EXPECT_EQ(told("bytes=,0-0,,", 10), "0-0");
}

TEST(Range, EndsWhereTheWholeEnds) {
  EXPECT_EQ(told("bytes=5-100", 10), "5-9");
  EXPECT_EQ(told("bytes=0-", 10), "0-9");
  EXPECT_EQ(told("bytes=-100", 10), "0-9");
  EXPECT_EQ(told("bytes=5-99999999999999999999999", 10), "5-9");
  EXPECT_EQ(told("bytes=-99999999999999999999999", 10), "0-9");
  EXPECT_EQ(told("bytes=0-18446744073709551615", kEnd), "0-18446744073709551614");
}

TEST(Range, IsUnsatisfiableBehindTheEnd) {
  EXPECT_EQ(told("bytes=10-", 10), "unsatisfiable");
  EXPECT_EQ(told("bytes=10-20", 10), "unsatisfiable");
  EXPECT_EQ(told("bytes=99999999999999999999999-", 10), "unsatisfiable");
  EXPECT_EQ(told("bytes=-0", 10), "unsatisfiable");
  EXPECT_EQ(told("bytes=0-", 0), "unsatisfiable");
  EXPECT_EQ(told("bytes=10-,20-30", 10), "unsatisfiable");
  EXPECT_EQ(told("bytes=10-,2-3", 10), "2-3");
}

// RFC 9110, 14.1.2: of a shorter one a suffix is all of it, and no 206 could tell of nothing.
TEST(Range, IsTheWholeWhereTheLastBytesOfNothingAreAskedFor) {
  EXPECT_EQ(told("bytes=-5", 0), "whole");
  EXPECT_EQ(told("bytes=0-,-5", 0), "whole");
  EXPECT_EQ(told("bytes=-0", 0), "unsatisfiable");
}

// RFC 9110, 14.2: what is not understood is overlooked.
TEST(Range, IsOverlookedWhereItIsInvalid) {
  for (const std::string_view text :
       {"",           "bytes",      "bytes=",     "bytes=,",     "bytes=-",
        "bytes=a-b",  "bytes=1",    "bytes=5-4",  "bytes=1-2-3", "bytes=0-1,x",
        "bytes=--5",  "bytes=+1-2", "bytes=1 -2", "bytes=1- 2",  "bytes =0-1",
        " bytes=0-1", "items=0-1",  "bytes:0-1",  "bytes=0x1-2", "bytes=0-1;"}) {
    EXPECT_EQ(told(text, 10), "whole") << text;
  }
}

TEST(Range, IsOverlookedWhereItAsksForTooMuch) {
  EXPECT_EQ(told("bytes=0-9,0-0", 10), "whole");
  EXPECT_EQ(told("bytes=0-,0-,0-", 10), "whole");
  EXPECT_EQ(told("bytes=5-9,0-4", 10), "5-9 0-4");
  std::string many = "bytes=0-0";
  for (std::size_t i = 1; i < limits::kMaxRanges; ++i) many += ",0-0";
  EXPECT_EQ(parse_range(many, 1000).ranges.size(), limits::kMaxRanges);
  EXPECT_EQ(told(many + ",0-0", 1000), "whole");
}

TEST(OpenRange, IsOneThatBeginsSomewhere) {
  const auto open = [](std::string_view text) -> std::string {
    const auto range = parse_open_range(text);
    if (!range) return "none";
    return std::to_string(range->first) + "-" + (range->last ? std::to_string(*range->last) : "");
  };
  EXPECT_EQ(open("bytes=5-9"), "5-9");
  EXPECT_EQ(open("bytes=5-"), "5-");
  EXPECT_EQ(open("bytes=5-99999999999999999999999"), "5-");
  EXPECT_EQ(open("bytes=-5"), "none");
  EXPECT_EQ(open("bytes=0-1,5-6"), "none");
  EXPECT_EQ(open("bytes=6-5"), "none");
  EXPECT_EQ(open("items=0-1"), "none");
}

// RFC 9110, 14.4
TEST(ContentRange, IsOfAnAnswer) {
  const auto whole = parse_content_range("bytes 0-99/1234");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->range, (ByteRange{.first = 0, .last = 99}));
  EXPECT_EQ(whole->size, 1234);
  EXPECT_EQ(whole->range.size(), 100);
  const auto open = parse_content_range("bytes 42-1233/*");
  ASSERT_TRUE(open);
  EXPECT_EQ(open->range.first, 42);
  EXPECT_FALSE(open->size);
  EXPECT_TRUE(parse_content_range("Bytes 0-0/1"));
}

TEST(ContentRange, IsNothingElse) {
  for (const std::string_view text :
       {"", "bytes", "bytes */1234", "bytes 0-99", "bytes 99-0/1234", "bytes 0-99/99",
        "bytes 0-99/", "bytes 0-/100", "bytes -5/100", "bytes=0-99/100", "items 0-1/2",
        "bytes  0-99/100", "bytes 0-99 /100", "bytes 0-99/ 100", "bytes 0-99/x", "bytes/0-1 2",
        "bytes 0-18446744073709551615/*", "bytes 0-99999999999999999999999/*"}) {
    EXPECT_FALSE(parse_content_range(text)) << text;
  }
}

}  // namespace
}  // namespace larder::wire::http

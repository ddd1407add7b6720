// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/split_list.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace larder::wire::memcache::arcus {
namespace {

constexpr std::size_t kMostBytes = 5;
constexpr bool kCommas = true;

// The words in brackets; empty: it is no such list.
std::string split(std::string_view block, std::size_t count, bool commas = false) {
  std::string words;
  const bool is_list = split_list(block, count, commas, kMostBytes, [&](std::string_view word) {
    words += "[" + std::string(word) + "]";
  });
  return is_list ? words : "";
}

TEST(split_list, by_blanks) {
  EXPECT_EQ(split("a", 1), "[a]");
  EXPECT_EQ(split("a bb ccccc", 3), "[a][bb][ccccc]");
  EXPECT_EQ(split("a\tb \r", 2), "[a\tb][\r]");
}

TEST(split_list, by_commas) {
  EXPECT_EQ(split("a,b", 2, kCommas), "[a][b]");
  EXPECT_EQ(split("a,b", 2), "");
  EXPECT_EQ(split("a,b", 1, kCommas), "[a,b]");
  EXPECT_EQ(split("a,b c", 2, kCommas), "[a,b][c]");
  EXPECT_EQ(split("a,b c", 3, kCommas), "");
}

TEST(split_list, refuses) {
  EXPECT_EQ(split("a b", 1), "");
  EXPECT_EQ(split("a b", 3), "");
  EXPECT_EQ(split("a  b", 2), "");
  EXPECT_EQ(split(" a", 1), "");
  EXPECT_EQ(split("a ", 1), "");
  EXPECT_EQ(split("a ", 2), "");
  EXPECT_EQ(split("", 1), "");
  EXPECT_EQ(split("a,", 2, kCommas), "");
  EXPECT_EQ(split("cccccc", 1), "");
  EXPECT_EQ(split("a cccccc", 2), "");
}

}  // namespace
}  // namespace larder::wire::memcache::arcus

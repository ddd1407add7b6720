// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace larder::serve::memcache::arcus {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const auto glob = Glob::parse(pattern);
  EXPECT_TRUE(glob) << pattern;
  return glob && glob->matches(text);
}

TEST(GlobTest, TakesLettersAsTheyAre) {
  EXPECT_TRUE(matches("red:1", "red:1"));
  EXPECT_FALSE(matches("red:1", "red:12"));
  EXPECT_FALSE(matches("red:1", "red:"));
  EXPECT_FALSE(matches("red:1", "Red:1"));
  EXPECT_TRUE(matches("\xFF[a]", "\xFF[a]"));
}

TEST(GlobTest, TakesAnEmptyPatternForAnEmptyText) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a"));
}

TEST(GlobTest, TakesAQuestionMarkForOneLetter) {
  EXPECT_TRUE(matches("????:1", "blue:1"));
  EXPECT_FALSE(matches("????:1", "red:1"));
  EXPECT_FALSE(matches("?", ""));
}

TEST(GlobTest, TakesAStarForAnyText) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("*", "anything"));
  EXPECT_TRUE(matches("red:*", "red:"));
  EXPECT_TRUE(matches("*:1", "red:1:1"));
  EXPECT_TRUE(matches("a*b*c", "a.b.b.c"));
  EXPECT_FALSE(matches("a*b*c", "a.c.b"));
  EXPECT_TRUE(matches("**a**", "banana"));
  EXPECT_TRUE(matches("*?", "x"));
  EXPECT_FALSE(matches("*?", ""));
}

TEST(GlobTest, TakesWhatIsBehindABackslashAsItIs) {
  EXPECT_TRUE(matches("a\\*b", "a*b"));
  EXPECT_FALSE(matches("a\\*b", "aXb"));
  EXPECT_TRUE(matches("\\?\\\\", "?\\"));
}

TEST(GlobTest, RefusesABackslashBeforeAnythingElse) {
  EXPECT_FALSE(Glob::parse("a\\b"));
  EXPECT_FALSE(Glob::parse("x\\"));
}

TEST(GlobTest, RefusesMoreThanItsLimits) {
  const std::string longest(limits::kMaxPatternBytes, 'p');
  EXPECT_TRUE(matches(longest, longest));
  EXPECT_FALSE(matches(longest, longest.substr(1)));
  EXPECT_FALSE(Glob::parse(longest + "p"));
  EXPECT_TRUE(matches("a*b*c*d*", "abcd"));
  EXPECT_FALSE(Glob::parse("a*b*c*d*e*"));
  EXPECT_TRUE(Glob::parse("*\\*\\*\\*\\*\\*")) << "those are letters";
}

// One that goes back to the last star for each letter takes a second for this.
TEST(GlobTest, IsNotSlowedByAHostilePattern) {
  const std::string text(limits::kMaxArcusKeyBytes, 'a');
  const std::string pattern = "*" + std::string(58, 'a') + "b*";
  const auto glob = Glob::parse(pattern);
  ASSERT_TRUE(glob);
  for (int i = 0; i < 1000; ++i) ASSERT_FALSE(glob->matches(text));
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/pattern.h"

#include <gtest/gtest.h>

#include <chrono>

namespace larder::serve::edge {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const auto parsed = Pattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern;
  return parsed && (*parsed)->matches(text);
}

TEST(Pattern, IsTheTextAndNothingElse) {
  for (const char* pattern : {"=/a", "/a"}) {
    EXPECT_TRUE(matches(pattern, "/a"));
    EXPECT_FALSE(matches(pattern, "/a/"));
    EXPECT_FALSE(matches(pattern, "/A"));
    EXPECT_FALSE(matches(pattern, "x/a"));
  }
  EXPECT_TRUE(matches("=/a*", "/a*"));
  EXPECT_FALSE(matches("=/a*", "/ab"));
  EXPECT_TRUE(matches("", ""));
}

TEST(Pattern, HasAnyNumberOfStars) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("/images/*", "/images/"));
  EXPECT_TRUE(matches("/images/*", "/images/a/b.png"));
  EXPECT_FALSE(matches("/images/*", "/images"));
  EXPECT_TRUE(matches("*.example.com", "a.b.example.com"));
  EXPECT_FALSE(matches("*.example.com", "example.com"));
  EXPECT_TRUE(matches("/*/edit/*.html", "/wiki/edit/a.html"));
  EXPECT_FALSE(matches("/*/edit/*.html", "/wiki/edit.html"));
  EXPECT_FALSE(matches("a*a", "a"));  // what begins does not end as well
  EXPECT_TRUE(matches("a**a", "aa"));
}

TEST(Pattern, IsARegularExpression) {
  EXPECT_TRUE(matches(R"(~\.(png|jpg)$)", "/a.png"));
  EXPECT_FALSE(matches(R"(~\.(png|jpg)$)", "/a.PNG"));
  EXPECT_TRUE(matches(R"(~*\.(png|jpg)$)", "/a.PNG"));
  EXPECT_FALSE(matches("~^/a$", "/a\n"));
}

TEST(Pattern, SaysWhatIsWrongWithAnExpression) {
  const auto parsed = Pattern::parse("~(a");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.failure().what, "not a regular expression: (a: missing ): (a");
  EXPECT_FALSE(Pattern::parse("~a(?=b)"));
}

TEST(Pattern, ReplacesByItsGroups) {
  const auto parsed = Pattern::parse("~^/old/([^/]*)/(.*)$");
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)->replace("/old/a/b", "/new/$2/$1?from=$0&$args"),
            "/new/b/a?from=/old/a/b&$args");
  EXPECT_EQ((*parsed)->replace("/old/a/b", "/$7$"), "/$");
  EXPECT_EQ((*parsed)->replace("/new", "/x"), std::nullopt);
  const auto optional = Pattern::parse("~^/a(b)?");
  EXPECT_EQ((*optional)->replace("/a", "[$1]"), "[]");
  const auto wildcard = Pattern::parse("/a/*");
  EXPECT_EQ((*wildcard)->replace("/a/b", "$0$1"), "/a/b");
  EXPECT_EQ((*wildcard)->replace("/b", "$0"), std::nullopt);
}

// An engine that goes back over its tracks would take until the end of days.
TEST(Pattern, TakesTimeInTheLengthOfTheText) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(matches("~^(a+)+$", std::string(10'000, 'a') + "b"));
  EXPECT_FALSE(matches("*a*a*a*a*a*a*a*a*b", std::string(10'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/request_path.h"

#include <gtest/gtest.h>

#include <string>

namespace larder::serve::edge {
namespace {

constexpr const char* kNone = "(none)";

std::string normal(std::string_view path) { return normal_path(path).value_or(kNone); }

TEST(RequestPath, HasTwoParts) {
  EXPECT_EQ(path_of("/a%20b?x=1?2"), "/a%20b");
  EXPECT_EQ(query_of("/a?x=1?2"), "x=1?2");
  EXPECT_EQ(query_of("/a"), "");
  EXPECT_TRUE(has_query("/a?"));
  EXPECT_FALSE(has_query("/a"));
}

TEST(RequestPath, IsDecoded) {
  EXPECT_EQ(normal("/a"), "/a");
  EXPECT_EQ(normal("/a%20b%2fc%C3%A9"), "/a b/c\xC3\xA9");
  EXPECT_EQ(normal("/%"), kNone);
  EXPECT_EQ(normal("/%4"), kNone);
  EXPECT_EQ(normal("/%zz"), kNone);
  EXPECT_EQ(normal("/%00"), kNone);
  EXPECT_EQ(normal(std::string_view("/\0", 2)), kNone);
  EXPECT_EQ(normal("/%2541"), "/%41");  // once
}

TEST(RequestPath, HasNoDotsAndNoEmptySegments) {
  EXPECT_EQ(normal("//a///b/"), "/a/b/");
  EXPECT_EQ(normal("/a/./b/."), "/a/b/");
  EXPECT_EQ(normal("/a/b/.."), "/a/");
  EXPECT_EQ(normal("/a/../b"), "/b");
  EXPECT_EQ(normal("/.well-known/x"), "/.well-known/x");
  EXPECT_EQ(normal("/..."), "/...");
  EXPECT_EQ(normal("/"), "/");
}

TEST(RequestPath, NeverLeavesTheRoot) {
  for (const char* path : {"/..", "/../etc/passwd", "/a/../../b", "/%2e%2e/x", "/.%2e/", "/..%2fx",
                           "/a/..//../b", "*", "", "a"}) {
    EXPECT_EQ(normal(path), kNone) << path;
  }
}

TEST(RequestPath, NamesSomethingOrNothing) {
  for (const char* target : {"/", "/a?%zz/../..", "/a/../b", "/%61", "*", "", "/a%2e%2e"}) {
    EXPECT_TRUE(names_something(target)) << target;
  }
  for (const char* target : {"/..", "/a/../../b?x", "/%2e%2e/x", "/%61%00", "/%zz", "/%"}) {
    EXPECT_FALSE(names_something(target)) << target;
  }
}

TEST(RequestPath, HasOneWayToBeWritten) {
  EXPECT_EQ(canonical_path("/%61//b/./c"), "/a/b/c");
  EXPECT_EQ(canonical_path("/a%20b%3f%25"), "/a%20b%3F%25");
  EXPECT_EQ(canonical_path("/%c3%a9"), "/%C3%A9");
  EXPECT_EQ(canonical_path("/a-._~!$&'()*+,;=:@"), "/a-._~!$&'()*+,;=:@");
  EXPECT_FALSE(canonical_path("/.."));
}

TEST(RequestPath, AHostIsInLowerCase) {
  EXPECT_EQ(host_of("Example.COM:8080"), "example.com");
  EXPECT_EQ(host_of("[::1]:80"), "[::1]");
  EXPECT_EQ(host_of("[::1]"), "[::1]");
  EXPECT_EQ(host_of(""), "");
}

}  // namespace
}  // namespace larder::serve::edge

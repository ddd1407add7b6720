// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/cache_key.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

class CacheKeyTest : public testing::Test {
 protected:
  std::string key() const {
    std::string made;
    append_cache_key(made, rules_, test_.request);
    return made;
  }
  std::string key(std::string_view path) {
    test_.request.path = path;
    return key();
  }
  std::string key_of_cookie(std::string_view cookie) const {
    TestRequest test("/");
    test.with("Cookie", cookie);
    std::string made;
    append_cache_key(made, rules_, test.request);
    return made;
  }

  TestRequest test_;
  KeyRules rules_;
};

TEST_F(CacheKeyTest, KeepsTheParametersThatOriginsTakeForThem) {
  rules_.host = false;
  rules_.keep_parameters = {"id"};
  EXPECT_EQ(key("/p"), "/p");
  EXPECT_EQ(key("/p?x=1&id=2&id"), "/p?id=2&id");
  EXPECT_EQ(key("/p?%69d=evil"), "/p?%69d=evil");
  EXPECT_EQ(key("/p?x=\"&id=evil"), "/p?id=evil") << "quotes mean nothing";
  EXPECT_EQ(key("/p?i%zzd=1&id%=2"), "/p");
}

TEST_F(CacheKeyTest, DropsTheParametersThatOriginsTakeForThem) {
  rules_.host = false;
  rules_.drop_parameters = {"utm", "a b"};
  EXPECT_EQ(key("/p?utm=1&%75tm=2&a+b=3&a%20b=4&&id=5"), "/p?id=5");
  EXPECT_EQ(key("/p?utm=\"&a=evil"), "/p?a=evil");
}

TEST_F(CacheKeyTest, SortsByNameAndLeavesTheOrderOfOneName) {
  rules_.host = false;
  rules_.sort_parameters = true;
  EXPECT_EQ(key("/p?b=1&a=2&a=1"), "/p?a=2&a=1&b=1");
  EXPECT_EQ(key("/p?a=1&b=1&a=2"), "/p?a=1&a=2&b=1");
  EXPECT_EQ(key("/p?b=1&a=2&%61=1"), "/p?a=2&%61=1&b=1");
}

TEST_F(CacheKeyTest, HasAllCookiesOfAName) {
  rules_.host = false;
  rules_.cookies = {"lang"};
  EXPECT_EQ(key_of_cookie("langs=1"), "/");
  EXPECT_EQ(key_of_cookie("lang=en"), "/\nlang=en");
  EXPECT_EQ(key_of_cookie("a=\"; lang=xx"), "/\nlang=xx");
  EXPECT_EQ(key_of_cookie("lang=; lang=xx"), "/\nlang=\nlang=xx");
  EXPECT_EQ(key_of_cookie("lang =xx"), "/\nlang =xx");
}

TEST_F(CacheKeyTest, OfTheFirstCookieOfAName) {
  test_.with("Cookie", "a=\"; b=1").with("Cookie", "b=2");
  EXPECT_EQ(cookie_of(test_.request, "b"), "1");
  EXPECT_EQ(cookie_of(test_.request, "c"), "");
}

}  // namespace
}  // namespace larder::serve::edge

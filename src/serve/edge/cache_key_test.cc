// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/cache_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

class CacheKeyTest : public testing::Test {
 protected:
  CacheKeyTest() { rules_.site = "example.com"; }

  std::string key() const {
    std::string made;
    append_cache_key(made, rules_, test_.request);
    return made;
  }
  std::string key(std::string_view path) {
    test_.request.path = path;
    test_.request.authority = "example.com";
    return key();
  }
  std::string key_of_cookie(std::string_view cookie) const {
    TestRequest test("/");
    test.request.authority = "example.com";
    test.with("Cookie", cookie);
    std::string made;
    append_cache_key(made, rules_, test.request);
    return made;
  }

  TestRequest test_;
  KeyRules rules_;
};

TEST_F(CacheKeyTest, SaysWhoseItIs) {
  EXPECT_EQ(key(), "example.com:8080/a?b=1");
  test_.request.scheme = "HTTPS";
  EXPECT_EQ(key(), "example.com:8080^/a?b=1");
  test_.request.authority = "www.Example.com:443";
  EXPECT_EQ(key(), "www.example.com example.com^/a?b=1");
  rules_.origin = "shop";
  rules_.host = false;
  EXPECT_EQ(key(), " example.com>shop>^/a?b=1");
  rules_.scheme = false;
  EXPECT_EQ(key(), " example.com>shop>/a?b=1");
}

TEST_F(CacheKeyTest, OfAnotherUrlOfTheSameHost) {
  rules_.headers = {"x-a"};
  test_.with("X-A", "1");
  EXPECT_EQ(related_key(rules_, test_.request, "c"), "example.com:8080/c\nx-a: 1");
  EXPECT_EQ(related_key(rules_, test_.request, "http://other.com/c"), "");
}

TEST_F(CacheKeyTest, AreAllThatAUrlMayHaveAtItsSite) {
  std::vector<Site> made(1);
  made[0].name = "Example.com";
  made[0].policy.origin.name = "own";
  made[0].rules.resize(4);
  for (Rule& rule : made[0].rules) rule.policy = made[0].policy;
  made[0].rules[1].policy.origin.name = "shop";
  made[0].rules[2].policy.origin.path_prefix = "/pre";
  made[0].rules[3].policy.cache.key = {.scheme = false, .query = false};
  const Sites sites(std::move(made));
  test_.request.authority = "example.com:80";
  using testing::ElementsAre;
  EXPECT_THAT(keys_at_site(sites.all().front(), test_.request),
              ElementsAre("example.com/a", "example.com/a?b=1", "example.com>own>/pre>$host>/a?b=1",
                          "example.com>own>/pre>$host>^/a?b=1", "example.com>shop>/a?b=1",
                          "example.com>shop>^/a?b=1", "example.com^/a?b=1"));
}

TEST_F(CacheKeyTest, KeepsTheParametersThatOriginsTakeForThem) {
  rules_.keep_parameters = {"id"};
  EXPECT_EQ(key("/p"), "example.com/p");
  EXPECT_EQ(key("/p?x=1&id=2&id"), "example.com/p?id=2&id");
  EXPECT_EQ(key("/p?%69d=evil"), "example.com/p?%69d=evil");
  EXPECT_EQ(key("/p?x=\"&id=evil"), "example.com/p?id=evil") << "quotes mean nothing";
  EXPECT_EQ(key("/p?i%zzd=1&id%=2"), "example.com/p");
}

TEST_F(CacheKeyTest, DropsTheParametersThatOriginsTakeForThem) {
  rules_.drop_parameters = {"utm", "a b"};
  EXPECT_EQ(key("/p?utm=1&%75tm=2&a+b=3&a%20b=4&&id=5"), "example.com/p?id=5");
  EXPECT_EQ(key("/p?utm=\"&a=evil"), "example.com/p?a=evil");
}

TEST_F(CacheKeyTest, SortsByNameAndLeavesTheOrderOfOneName) {
  rules_.sort_parameters = true;
  EXPECT_EQ(key("/p?b=1&a=2&a=1"), "example.com/p?a=2&a=1&b=1");
  EXPECT_EQ(key("/p?a=1&b=1&a=2"), "example.com/p?a=1&a=2&b=1");
  EXPECT_EQ(key("/p?b=1&a=2&%61=1"), "example.com/p?a=2&%61=1&b=1");
}

TEST_F(CacheKeyTest, HasAllCookiesOfAName) {
  rules_.cookies = {"lang"};
  EXPECT_EQ(key_of_cookie("langs=1"), "example.com/");
  EXPECT_EQ(key_of_cookie("lang=en"), "example.com/\nlang=en");
  EXPECT_EQ(key_of_cookie("a=\"; lang=xx"), "example.com/\nlang=xx");
  EXPECT_EQ(key_of_cookie("lang=; lang=xx"), "example.com/\nlang=\nlang=xx");
  EXPECT_EQ(key_of_cookie("lang =xx"), "example.com/\nlang =xx");
}

TEST_F(CacheKeyTest, OfTheFirstCookieOfAName) {
  test_.with("Cookie", "a=\"; b=1").with("Cookie", "b=2");
  EXPECT_EQ(cookie_of(test_.request, "b"), "1");
  EXPECT_EQ(cookie_of(test_.request, "c"), "");
}

}  // namespace
}  // namespace larder::serve::edge

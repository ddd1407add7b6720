// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/referer_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace larder::serve::edge {
namespace {

bool allows(const std::vector<std::string>& allowed, std::optional<std::string_view> referer) {
  const auto rules =
      RefererRules::compile({.allowed = allowed, .none_allowed = false, .blocked_allowed = false});
  EXPECT_TRUE(rules);
  return rules->allow(referer, "shop.example");
}

TEST(RefererRules, WithoutAListEverybodyMay) { EXPECT_TRUE(allows({}, "http://evil.example/")); }

TEST(RefererRules, AHost) {
  EXPECT_TRUE(allows({"example.com"}, "http://example.com/a"));
  EXPECT_TRUE(allows({"example.com"}, "HTTPS://Example.COM"));
  EXPECT_TRUE(allows({"example.com"}, "http://example.com:8080/"));
  EXPECT_FALSE(allows({"example.com"}, "http://www.example.com/"));
  EXPECT_FALSE(allows({"example.com"}, "http://example.com.evil.example/"));
  EXPECT_FALSE(allows({"example.com"}, "http://evil.example/example.com"));
}

TEST(RefererRules, HostsBelow) {
  EXPECT_TRUE(allows({"*.example.com"}, "http://a.b.example.com/"));
  EXPECT_FALSE(allows({"*.example.com"}, "http://example.com/"));
  EXPECT_FALSE(allows({"*.example.com"}, "http://badexample.com/"));
  EXPECT_TRUE(allows({".example.com"}, "http://example.com/"));
  EXPECT_TRUE(allows({".example.com"}, "http://www.example.com/"));
  EXPECT_FALSE(allows({".example.com"}, "http://badexample.com/"));
}

TEST(RefererRules, HostsThatBeginSo) {
  EXPECT_TRUE(allows({"www.example.*"}, "http://www.example.co.kr/"));
  EXPECT_FALSE(allows({"www.example.*"}, "http://example.com/"));
  EXPECT_FALSE(allows({"www.example.*"}, "http://www.example./"));
}

TEST(RefererRules, APath) {
  EXPECT_TRUE(allows({"example.com/shop"}, "http://example.com/shop/1"));
  EXPECT_FALSE(allows({"example.com/shop"}, "http://example.com/"));
}

TEST(RefererRules, AnExpression) {
  EXPECT_TRUE(allows({"~\\.google\\."}, "https://www.google.co.kr/search"));
  EXPECT_TRUE(allows({"~\\.google\\."}, "https://WWW.GOOGLE.COM/"));
  EXPECT_TRUE(allows({"~^example\\.com/a"}, "http://example.com/a"));
  EXPECT_FALSE(allows({"~^example\\.com/a"}, "http://example.com/b"));
  EXPECT_FALSE(RefererRules::compile({.allowed = {"~("}}));
}

TEST(RefererRules, TheOwnHost) {
  EXPECT_TRUE(allows({"server_names"}, "http://shop.example/cart"));
  EXPECT_FALSE(allows({"server_names"}, "http://example.com/cart"));
}

TEST(RefererRules, NoneAndBlocked) {
  const auto rules = [](bool none, bool blocked) {
    return *RefererRules::compile(
        {.allowed = {"example.com"}, .none_allowed = none, .blocked_allowed = blocked});
  };
  EXPECT_TRUE(rules(true, false).allow(std::nullopt, "x"));
  EXPECT_FALSE(rules(true, false).allow("", "x"));
  EXPECT_FALSE(rules(true, false).allow("XXXX", "x"));
  EXPECT_FALSE(rules(false, true).allow(std::nullopt, "x"));
  EXPECT_TRUE(rules(false, true).allow("XXXX", "x"));
  EXPECT_TRUE(rules(false, true).allow("", "x"));
  EXPECT_FALSE(rules(true, true).allow("http://evil.example", "x"));
}

}  // namespace
}  // namespace larder::serve::edge

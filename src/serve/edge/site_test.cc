// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/site.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "serve/edge/pattern.h"

namespace larder::serve::edge {
namespace {

using Part = Selector::Part;

std::shared_ptr<const Pattern> pattern(std::string_view text) {
  auto parsed = Pattern::parse(text);
  EXPECT_TRUE(parsed) << text;
  return *parsed;
}

Condition condition(Part part, std::string name, std::initializer_list<const char*> patterns) {
  Condition made{.of = {.part = part, .name = std::move(name)}};
  for (const char* text : patterns) made.patterns.push_back(pattern(text));
  return made;
}

// ---- who serves a name

Site site(std::string name, std::vector<std::string> aliases = {}) {
  return {.name = std::move(name), .aliases = std::move(aliases), .policy = {}, .rules = {}};
}

std::string found(const Sites& sites, std::string_view authority) {
  const Site* one = sites.find(authority);
  return one == nullptr ? "-" : one->name;
}

TEST(Sites, FindANameThenAnAliasThenTheLongestStar) {
  const Sites sites({site("a.com", {"b.com", "*.a.com"}), site("b.com"),
                     site("c.com", {"*.img.a.com", "www.c.com", "x.a.com"})});
  EXPECT_EQ(found(sites, "a.com"), "a.com");
  EXPECT_EQ(found(sites, "b.com"), "b.com");  // a name comes before another's alias
  EXPECT_EQ(found(sites, "www.c.com"), "c.com");
  EXPECT_EQ(found(sites, "x.a.com"), "c.com");
  EXPECT_EQ(found(sites, "y.a.com"), "a.com");
  EXPECT_EQ(found(sites, "y.img.a.com"), "c.com");
  EXPECT_EQ(found(sites, ".a.com"), "-");  // a star stands for something
  EXPECT_EQ(found(sites, "d.com"), "-");
  EXPECT_EQ(found(sites, ""), "-");
}

TEST(Sites, TakeNoNoticeOfCasePortAndLastDot) {
  const Sites sites({site("A.com", {"*.B.com", "[::1]"})});
  for (const char* authority :
       {"a.COM", "a.com:8080", "a.com.", "a.com.:80", "X.b.com:1", "[::1]", "[::1]:80"}) {
    EXPECT_EQ(found(sites, authority), "A.com") << authority;
  }
}

TEST(Sites, MayMove) {
  Sites sites({site("a.com", {"*.a.com"}), site("b.com")}, "b.com");
  const Sites moved = std::move(sites);
  EXPECT_EQ(found(moved, "x.a.com"), "a.com");
  EXPECT_EQ(found(moved, "other"), "b.com");
  EXPECT_EQ(moved.find("a.com"), &moved.all().front());
}

TEST(Sites, HaveNoNameLongerThanDns) {
  const Sites sites({site("a.com", {"*.com"})}, "a.com");
  EXPECT_EQ(found(sites, std::string(251, 'x') + ".com"), "a.com");
  EXPECT_EQ(found(Sites({site("a", {"*.com"})}), std::string(252, 'x') + ".com"), "-");
}

TEST(Sites, HaveADefaultOfTheListener) {
  const Sites sites({site("a.com"), site("b.com", {"c.com"})}, "a.com");
  EXPECT_EQ(sites.find("x", "c.com")->name, "b.com");
  EXPECT_EQ(sites.find("a.com", "b.com")->name, "a.com");
  EXPECT_EQ(sites.find("x", "gone.com")->name, "a.com") << "a reload has taken it away";
}

TEST(Sites, HaveADefault) {
  const Sites sites({site("a.com"), site("b.com")}, "b.com");
  EXPECT_EQ(found(sites, "other"), "b.com");
  EXPECT_EQ(found(sites, ""), "b.com");
  EXPECT_EQ(found(sites, "a.com"), "a.com");
}

// ---- conditions

class Held : public testing::Test {
 protected:
  Held() {
    request_.method = "GET";
    request_.path = "/images/a.png?size=2&debug&none=&zero=0";
    request_.fields = &fields_;
    add("User-Agent", "curl/8", wire::http::Name::kUserAgent);
    add("X-Color", "red", wire::http::Name::kOther);
    add("x-color", "blue", wire::http::Name::kOther);
    add("Cookie", "a=1; session=xyz", wire::http::Name::kCookie);
    add("Cookie", "b=0", wire::http::Name::kCookie);
    client_.address = io::Address::resolve("10.1.2.3", 1).operator*().front();
  }
  void add(std::string_view name, std::string_view value, wire::http::Name known) {
    fields_.add({.name = name, .value = value, .known = known});
  }
  bool is(const Condition& one) const { return holds(one, request_, client_); }

  wire::http::Fields fields_;
  http::Request request_;
  http::Client client_;
};

TEST_F(Held, ByMethodAndPath) {
  EXPECT_TRUE(is(condition(Part::kMethod, "", {"POST", "GET"})));
  EXPECT_FALSE(is(condition(Part::kMethod, "", {"POST", "get"})));
  EXPECT_TRUE(is(condition(Part::kPath, "", {"/images/*"})));
  EXPECT_TRUE(is(condition(Part::kPath, "", {R"(~\.png$)"})));  // the query is no part of it
  EXPECT_FALSE(is(condition(Part::kPath, "", {"/videos/*"})));
}

TEST_F(Held, ByThePathThatIsMeant) {
  request_.path = "/public/..//%61dmin/x";
  EXPECT_TRUE(is(condition(Part::kPath, "", {"/admin/*"})));
  EXPECT_FALSE(is(condition(Part::kPath, "", {"/public/*"})));
}

TEST_F(Held, ByParametersOfTheQuery) {
  EXPECT_TRUE(is(condition(Part::kQuery, "size", {"2"})));
  EXPECT_FALSE(is(condition(Part::kQuery, "size", {"3"})));
  EXPECT_TRUE(is(condition(Part::kQuery, "size", {})));
  EXPECT_FALSE(is(condition(Part::kQuery, "siz", {})));
  EXPECT_TRUE(is(condition(Part::kQuery, "debug", {""})));
  for (const char* name : {"debug", "none", "zero", "absent"}) {
    EXPECT_FALSE(is(condition(Part::kQuery, name, {}))) << name;
  }
  EXPECT_TRUE(is(condition(Part::kQuery, "", {"*debug*"})));
}

TEST_F(Held, ByAnyParameterOfThatName) {
  request_.path = "/?a=0&a=1&%62=2&c+d=3&x=\"&e=4&%zz=5";
  EXPECT_TRUE(is(condition(Part::kQuery, "a", {})));
  EXPECT_TRUE(is(condition(Part::kQuery, "a", {"1"})));
  for (const char* name : {"b", "c d", "c+d", "e", "%zz"}) {
    EXPECT_TRUE(is(condition(Part::kQuery, name, {}))) << name;
  }
}

TEST_F(Held, ByAnyCookieOfThatName) {
  add("Cookie", "s=0; s; s=; s=real; q=\"; t=1", wire::http::Name::kCookie);
  EXPECT_TRUE(is(condition(Part::kCookie, "s", {})));
  EXPECT_TRUE(is(condition(Part::kCookie, "s", {"real"})));
  EXPECT_TRUE(is(condition(Part::kCookie, "s", {"0"})));
  EXPECT_TRUE(is(condition(Part::kCookie, "t", {})));
  Condition none = condition(Part::kCookie, "s", {"real"});
  none.negated = true;
  EXPECT_FALSE(is(none)) << "none of them, not: not all of them";
}

TEST_F(Held, ByHeadersAndCookies) {
  EXPECT_TRUE(is(condition(Part::kHeader, "user-agent", {"~curl"})));
  EXPECT_TRUE(is(condition(Part::kHeader, "X-Color", {"blue"})));  // any of its lines
  EXPECT_FALSE(is(condition(Part::kHeader, "X-Color", {"green"})));
  EXPECT_FALSE(is(condition(Part::kHeader, "X-None", {"*"})));
  EXPECT_TRUE(is(condition(Part::kCookie, "session", {})));
  EXPECT_TRUE(is(condition(Part::kCookie, "b", {"0"})));
  EXPECT_FALSE(is(condition(Part::kCookie, "b", {})));
  EXPECT_FALSE(is(condition(Part::kCookie, "ession", {})));
}

TEST_F(Held, ByTheClient) {
  Condition one{.of = {.part = Part::kClient}};
  one.networks = {*io::Network::parse("192.168.0.0/16"), *io::Network::parse("10.0.0.0/8")};
  EXPECT_TRUE(is(one));
  one.networks.pop_back();
  EXPECT_FALSE(is(one));
}

TEST_F(Held, OrNot) {
  Condition one = condition(Part::kMethod, "", {"POST"});
  one.negated = true;
  EXPECT_TRUE(is(one));
  one = condition(Part::kHeader, "X-None", {});
  one.negated = true;
  EXPECT_TRUE(is(one));
}

TEST_F(Held, DecidesWhichPolicyIsUsed) {
  Site one = site("a.com");
  one.policy.root = "site";
  one.rules.push_back(
      {.name = "1",
       .when = {condition(Part::kPath, "", {"/images/*"}), condition(Part::kMethod, "", {"POST"})},
       .policy = {.root = "first"}});
  EXPECT_EQ(one.policy_for(request_, client_).root, "site");
  one.rules.push_back({.name = "2", .when = {}, .policy = {.root = "second"}});
  EXPECT_EQ(one.policy_for(request_, client_).root, "second");
  request_.method = "POST";
  EXPECT_EQ(one.policy_for(request_, client_).root, "first");
}

}  // namespace
}  // namespace larder::serve::edge

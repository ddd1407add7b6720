// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/rewriter.h"

#include <gtest/gtest.h>

#include <string>

#include "serve/edge/pattern.h"
#include "serve/edge/prepared_policy.h"
#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

class RewriterTest : public testing::Test {
 protected:
  static RewriteRule rule(const std::string& pattern, const std::string& replacement,
                          unsigned redirect = 0, bool last = false) {
    return {.pattern = *Pattern::parse(pattern),
            .replacement = replacement,
            .redirect = redirect,
            .last = last};
  }
  Rule& add_rule(const std::string& path) {
    Rule rule{
        .name = path,
        .when = {{.of = {.part = Selector::Part::kPath}, .patterns = {*Pattern::parse(path)}}},
        .policy = site_.policy};
    return site_.rules.emplace_back(std::move(rule));
  }
  Routed routed(std::string_view path) {
    EXPECT_TRUE(prepare(site_.policy));
    for (Rule& each : site_.rules) EXPECT_TRUE(prepare(each.policy));
    const TestRequest test(path);
    const Policy& policy = site_.policy_for(test.request, test.client);
    return route(site_, policy, {.request = test.request, .client = test.client, .site = "a"});
  }
  std::string path(std::string_view of) { return routed(of).path; }
  std::string answer(std::string_view of) {
    const Judged judged = routed(of).judged;
    if (judged.kind != Judged::Kind::kAnswer) return "pass";
    const std::string lines = judged.lines.substr(0, judged.lines.find('\r'));
    return std::to_string(judged.status) + " " + lines;
  }

  Site site_;
};

TEST_F(RewriterTest, WithoutRulesThePathStays) {
  const Routed unchanged = routed("/a?b");
  EXPECT_EQ(unchanged.path, "");
  EXPECT_EQ(unchanged.policy, &site_.policy);
  EXPECT_EQ(unchanged.judged.kind, Judged::Kind::kPass);
}

TEST_F(RewriterTest, GroupsAreFilledIn) {
  site_.policy.rewrites = {rule("~^/user/(\\d+)/(.*)$", "/u?id=$1&rest=$2")};
  EXPECT_EQ(path("/user/7/a/b"), "/u?id=7&rest=a/b");
  EXPECT_EQ(path("/user/x/a"), "");
}

TEST_F(RewriterTest, TheQueryStays) {
  site_.policy.rewrites = {rule("~^/a$", "/b"), rule("~^/c$", "/d?x=1"), rule("~^/e$", "/f?"),
                           rule("~^/g$", "/h?x=1?")};
  EXPECT_EQ(path("/a?q=1"), "/b?q=1");
  EXPECT_EQ(path("/a"), "/b");
  EXPECT_EQ(path("/c?q=1"), "/d?x=1&q=1");
  EXPECT_EQ(path("/e?q=1"), "/f");
  EXPECT_EQ(path("/g?q=1"), "/h?x=1");
}

TEST_F(RewriterTest, EveryWayToWriteAPathIsTheSame) {
  site_.policy.rewrites = {rule("~^/admin/(.*)$", "/x/$1")};
  EXPECT_EQ(path("/%61dmin/a%20b"), "/x/a%20b");
  EXPECT_EQ(path("/y/..//admin/a"), "/x/a");
}

TEST_F(RewriterTest, RulesFollowEachOtherUntilTheLast) {
  site_.policy.rewrites = {rule("~^/a$", "/b"), rule("~^/b$", "/c", 0, true), rule("~^/c$", "/d")};
  EXPECT_EQ(path("/a"), "/c");
  EXPECT_EQ(path("/c"), "/d");
}

TEST_F(RewriterTest, AnotherPathMayHaveAnotherPolicy) {
  site_.policy.rewrites = {rule("~^/old/(.*)$", "/new/$1")};
  Rule& other = add_rule("/new/*");
  other.policy.rewrites = {rule("~^/new/(.*)$", "/newest/$1")};
  const Routed found = routed("/old/x");
  EXPECT_EQ(found.path, "/newest/x");
  EXPECT_EQ(found.policy, &site_.policy);
}

TEST_F(RewriterTest, RulesOfASiteAreAppliedOnce) {
  site_.policy.rewrites = {rule("~^/(.*)$", "/app/$1")};
  Rule& other = add_rule("/app/*");
  const Routed found = routed("/x");
  EXPECT_EQ(found.path, "/app/x");
  EXPECT_EQ(found.policy, &other.policy);
}

TEST_F(RewriterTest, ACircleEnds) {
  site_.policy.rewrites = {rule("~^/a$", "/b")};
  add_rule("/b").policy.rewrites = {rule("~^/b$", "/a")};
  EXPECT_EQ(answer("/a").substr(0, 4), "500 ");
}

TEST_F(RewriterTest, Redirects) {
  site_.policy.rewrites = {rule("~^/a/(.*)$", "/b/$1", 301), rule("~^/c$", "https://x.example/c"),
                           rule("~^/d$", "$scheme://$host/e", 308)};
  EXPECT_EQ(answer("/a/x?q"), "301 Location: /b/x?q");
  EXPECT_EQ(answer("/c?q"), "302 Location: https://x.example/c?q");
  EXPECT_EQ(answer("/d"), "308 Location: http://example.com/e");
}

TEST_F(RewriterTest, NobodyWritesALineOfItsOwn) {
  site_.policy.rewrites = {rule("~^/a(.*)$", "/b $1", 301)};
  EXPECT_EQ(answer("/a%0d%0aX:%20y"), "301 Location: /b%20%0D%0AX:%20y");
}

TEST_F(RewriterTest, AFixedAnswer) {
  site_.policy.answer = {200, "hello $remote_addr"};
  EXPECT_EQ(answer("/a"), "200 Content-Type: text/plain; charset=utf-8");
  EXPECT_EQ(routed("/a").judged.body, "hello 192.0.2.7");
  site_.policy.answer = {301, "https://$host$request_uri"};
  EXPECT_EQ(answer("/a?b"), "301 Location: https://example.com/a?b");
  site_.policy.answer = {204, ""};
  EXPECT_EQ(answer("/a"), "204 ");
  EXPECT_EQ(routed("/a").judged.body, "");
  site_.policy.answer = {404, ""};
  EXPECT_EQ(answer("/a"), "404 Content-Type: text/html; charset=utf-8");
}

}  // namespace
}  // namespace larder::serve::edge

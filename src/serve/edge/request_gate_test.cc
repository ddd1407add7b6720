// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/request_gate.h"

#include <gtest/gtest.h>

#include <string>

#include "serve/edge/prepared_policy.h"
#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

constexpr base::SteadyMs kNow = 1'000'000;

class RequestGateTest : public testing::Test {
 protected:
  Judged judge() {
    const base::Status status = prepare(policy_);
    EXPECT_TRUE(status) << status.failure().what;
    return admit(policy_,
                 {.request = test_.request,
                  .client = test_.client,
                  .site = "example.com",
                  .steady_now = now_},
                 rates_, admission_);
  }
  unsigned status() { return judge().status; }
  Judged::Kind kind() { return judge().kind; }
  static Condition from(const std::string& network) {
    return {.of = {.part = Selector::Part::kClient}, .networks = {*io::Network::parse(network)}};
  }

  TestRequest test_;
  Policy policy_;
  RateTable rates_;
  Admission admission_;
  base::SteadyMs now_ = kNow;
};

TEST_F(RequestGateTest, APolicyThatSaysNothingPasses) { EXPECT_EQ(kind(), Judged::Kind::kPass); }

TEST_F(RequestGateTest, PlainRequestsAreSentToHttps) {
  policy_.to_https = true;
  const Judged judged = judge();
  EXPECT_EQ(judged.status, 307U);
  EXPECT_EQ(judged.lines,
            "Location: https://example.com/a?b=1\r\nContent-Type: text/html; charset=utf-8\r\n");
  test_.client.encrypted = true;
  EXPECT_EQ(kind(), Judged::Kind::kPass);
}

TEST_F(RequestGateTest, TheFirstAccessRuleThatHoldsDecides) {
  policy_.access = {{.allow = true, .conditions = {from("192.0.2.7")}},
                    {.allow = false, .conditions = {from("192.0.2.0/24")}, .status = 401},
                    {.allow = true, .conditions = {from("192.0.0.0/8")}},
                    {.allow = false}};
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.client.address = test_address("192.0.2.8", 1);
  EXPECT_EQ(status(), 401U);
  test_.client.address = test_address("192.9.2.8", 1);
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.client.address = test_address("10.0.0.1", 1);
  EXPECT_EQ(status(), 403U);
}

TEST_F(RequestGateTest, AllConditionsOfAnAccessRuleMustHold) {
  Condition get{.of = {.part = Selector::Part::kMethod}, .patterns = {*Pattern::parse("=GET")}};
  policy_.access = {{.allow = false, .conditions = {from("192.0.2.7"), get}}};
  EXPECT_EQ(status(), 403U);
  test_.request.method = "POST";
  EXPECT_EQ(kind(), Judged::Kind::kPass);
}

TEST_F(RequestGateTest, AClientHasToShowACertificateForThisName) {
  policy_.needs_certificate = true;
  EXPECT_EQ(status(), 403U);
  test_.client.encrypted = true;
  test_.client.server_name = "EXAMPLE.com";
  EXPECT_EQ(status(), 403U);
  test_.client.certificate_subject = "CN=me";
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.client.server_name = "other.example.com";
  EXPECT_EQ(status(), 421U);
}

TEST_F(RequestGateTest, AForeignRefererIsRefused) {
  policy_.referer.allowed = {"server_names", "*.partner.example"};
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.with("Referer", "http://evil.example/");
  EXPECT_EQ(status(), 403U);
  test_.fields.clear();
  test_.with("Referer", "http://www.partner.example/");
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.fields.clear();
  test_.with("Referer", "http://example.com/");
  EXPECT_EQ(kind(), Judged::Kind::kPass);
}

TEST_F(RequestGateTest, ABodyThatIsDeclaredTooLongIsRefused) {
  policy_.most_body_bytes = 100;
  test_.request.has_body = true;
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.request.body_bytes = 100;
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.request.body_bytes = 101;
  EXPECT_EQ(status(), 413U);
  policy_.most_body_bytes = 0;
  EXPECT_EQ(kind(), Judged::Kind::kPass);
}

TEST_F(RequestGateTest, TooManyRequestsAreRefused) {
  policy_.limits = {{.name = "all", .per_second = 10, .burst = 1}};
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  EXPECT_EQ(status(), 429U);
  test_.client.address = test_address("192.0.2.9", 1);
  EXPECT_EQ(kind(), Judged::Kind::kPass);
}

TEST_F(RequestGateTest, ADelayedBurstWaits) {
  policy_.limits = {{.name = "all", .per_second = 10, .burst = 2, .delay = true, .status = 503}};
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  const Judged second = judge();
  EXPECT_EQ(second.kind, Judged::Kind::kWait);
  EXPECT_EQ(second.wait_ms, 100);
  EXPECT_EQ(judge().wait_ms, 200);
  EXPECT_EQ(status(), 503U);
}

TEST_F(RequestGateTest, RequestsInProgressAreCounted) {
  policy_.limits = {{.name = "all", .connections = 2}};
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  EXPECT_EQ(admission_.size(), 2U);
  EXPECT_EQ(status(), 429U);
  admission_.pop_back();
  EXPECT_EQ(kind(), Judged::Kind::kPass);
}

TEST_F(RequestGateTest, AKeyIsATemplateAndNotCountedWhenEmpty) {
  policy_.limits = {{.name = "all", .per_second = 1, .key = "$http_x_user"}};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(kind(), Judged::Kind::kPass);
  test_.with("X-User", "a");
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  EXPECT_EQ(status(), 429U);
}

TEST_F(RequestGateTest, LimitsOfOneNameCountTogether) {
  policy_.limits = {{.name = "all", .per_second = 1}};
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  Policy other;
  other.limits = {{.name = "other", .per_second = 1}};
  std::swap(other, policy_);
  EXPECT_EQ(kind(), Judged::Kind::kPass);
  policy_.limits.front().name = "all";
  EXPECT_EQ(status(), 429U);
}

TEST_F(RequestGateTest, AccessIsJudgedBeforeRates) {
  policy_.access = {{.allow = false}};
  policy_.limits = {{.name = "all", .per_second = 1}};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status(), 403U);
  policy_.access.clear();
  EXPECT_EQ(kind(), Judged::Kind::kPass);
}

TEST_F(RequestGateTest, SaysWhichTextIsWrong) {
  policy_.limits = {{.name = "all", .per_second = 1, .key = "$remote_adr"}};
  const base::Status status = prepare(policy_);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.failure().what,
            "the key of the limit all: unknown variable $remote_adr; did you mean $remote_addr?");
}

}  // namespace
}  // namespace larder::serve::edge

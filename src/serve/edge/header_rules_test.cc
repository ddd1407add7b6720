// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/header_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "serve/edge/prepared_policy.h"
#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using wire::http::Name;
using Action = HeaderRule::Action;
using Side = HeaderRule::Side;

class HeaderRulesTest : public testing::Test {
 protected:
  std::string sent(std::vector<Name> without = {}) {
    EXPECT_TRUE(prepare(policy_));
    return fields_for_origin(policy_, test_.facts(), without);
  }
  std::string received() {
    EXPECT_TRUE(prepare(policy_));
    return fields_from_origin(policy_, head_, test_.facts());
  }
  std::string told(unsigned status, std::string lines = {}) {
    EXPECT_TRUE(prepare(policy_));
    wire::http::FieldLines all(std::move(lines));
    apply_headers(policy_, Side::kToClient, status, test_.facts(), all);
    return std::string(all.text());
  }
  void answer(std::string_view name, std::string_view value) {
    head_.fields.add({.name = name, .value = value, .known = wire::http::name_of(name)});
  }

  TestRequest test_;
  Policy policy_;
  wire::http::ResponseHead head_;
};

TEST_F(HeaderRulesTest, AnOriginIsToldOfTheClient) {
  test_.with("Host", "Example.com:8080").with("Accept", "*/*");
  EXPECT_EQ(sent(),
            "Host: example.com\r\nAccept: */*\r\nX-Forwarded-For: 192.0.2.7\r\n"
            "X-Forwarded-Proto: http\r\nX-Forwarded-Host: Example.com:8080\r\n"
            "X-Real-IP: 192.0.2.7\r\nVia: 1.1 larder\r\n");
}

TEST_F(HeaderRulesTest, HopsAreCountedDown) {
  test_.with("Max-Forwards", "5").with("max-forwards", "5");
  EXPECT_THAT(sent(), HasSubstr("Max-Forwards: 5\r\n"));
  test_.request.method = "TRACE";
  EXPECT_THAT(sent(), AllOf(HasSubstr("Max-Forwards: 4\r\n"), Not(HasSubstr(": 5"))));
}

TEST_F(HeaderRulesTest, NobodyPosesAsTheEdgeByUnderscores) {
  policy_.headers = {{.side = Side::kToOrigin, .name = "X-Client", .value = "me"}};
  test_.with("X_Forwarded_For", "1").with("x-real_ip", "2");
  test_.with("Content_Length", "3").with("Transfer_Encoding", "4").with("X_Client", "5");
  test_.with("X_Other", "6");
  EXPECT_EQ(sent(),
            "Host: example.com\r\nX_Other: 6\r\nX-Forwarded-For: 192.0.2.7\r\n"
            "X-Forwarded-Proto: http\r\nX-Forwarded-Host: Example.com:8080\r\n"
            "X-Real-IP: 192.0.2.7\r\nVia: 1.1 larder\r\nX-Client: me\r\n");
}

TEST_F(HeaderRulesTest, OrNot) {
  policy_.origin.forward_client = false;
  test_.with("Host", "example.com").with("X-Forwarded-For", "a");
  EXPECT_EQ(sent(), "Host: example.com\r\nX-Forwarded-For: a\r\nVia: 1.1 larder\r\n");
}

TEST_F(HeaderRulesTest, WhatIsOfTheConnectionStays) {
  test_.with("Connection", "close, X-Mine").with("X-Mine", "1").with("Keep-Alive", "5");
  test_.with("TE", "trailers").with("Transfer-Encoding", "chunked").with("Upgrade", "h2c");
  test_.with("Proxy-Connection", "close").with("Content-Length", "5").with("X-Other", "2");
  test_.with("Expect", "100-continue");
  policy_.origin.forward_client = false;
  EXPECT_EQ(sent(), "Host: example.com\r\nX-Other: 2\r\nVia: 1.1 larder\r\n");
}

TEST_F(HeaderRulesTest, WhatConnectionListsBeginsAnew) {
  test_.request.method = "TRACE";
  test_.with("Connection", "Cookie, x-forwarded-for").with("Connection", "Via, Max-Forwards, Host");
  test_.with("Cookie", "a=1").with("X-Forwarded-For", "9.9.9.9").with("Via", "1.0 other");
  test_.with("Max-Forwards", "5");
  EXPECT_EQ(sent(),
            "Host: example.com\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\n"
            "X-Forwarded-Host: Example.com:8080\r\nX-Real-IP: 192.0.2.7\r\nVia: 1.1 larder\r\n");
  answer("Connection", "Via");
  answer("Via", "1.0 other");
  EXPECT_EQ(received(), "Via: 1.1 larder\r\n");
}

TEST_F(HeaderRulesTest, SomeAreNotWanted) {
  policy_.origin.forward_client = false;
  test_.with("Range", "bytes=0-1").with("If-Range", "\"a\"").with("Cookie", "a=1");
  EXPECT_EQ(sent({Name::kRange, Name::kIfRange, Name::kCookie}),
            "Host: example.com\r\nVia: 1.1 larder\r\n");
}

TEST_F(HeaderRulesTest, CookiesAreOneField) {
  policy_.origin.forward_client = false;
  test_.request.version = wire::http::Version::k20;
  test_.with("cookie", "a=1").with("cookie", "b=2");
  EXPECT_EQ(sent(), "Host: example.com\r\nCookie: a=1; b=2\r\nVia: 2 larder\r\n");
}

TEST_F(HeaderRulesTest, AChainOfProxiesGrows) {
  test_.with("X-Forwarded-For", "203.0.113.9").with("Via", "1.0 other");
  const std::string lines = sent();
  EXPECT_THAT(lines, HasSubstr("X-Forwarded-For: 203.0.113.9, 192.0.2.7\r\n"));
  EXPECT_THAT(lines, HasSubstr("Via: 1.0 other, 1.1 larder\r\n"));
}

TEST_F(HeaderRulesTest, AClientIsNotBelievedAndABalancerIs) {
  test_.with("X-Forwarded-Proto", "https").with("X-Forwarded-Host", "shop.example");
  test_.with("X-Real-IP", "203.0.113.9");
  EXPECT_THAT(sent(), HasSubstr("X-Forwarded-Proto: http\r\nX-Forwarded-Host: Example.com"));
  EXPECT_THAT(sent(), HasSubstr("X-Real-IP: 192.0.2.7\r\n"));
  test_.client.address = test_address("203.0.113.9", 1);
  EXPECT_THAT(sent(), HasSubstr("X-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example"));
  EXPECT_THAT(sent(), HasSubstr("X-Real-IP: 203.0.113.9\r\n"));
  EXPECT_THAT(sent(), HasSubstr("X-Forwarded-For: 192.0.2.7\r\n"));
}

TEST_F(HeaderRulesTest, TheSchemeIsHowTheClientCame) {
  test_.request.scheme = "https";
  test_.with("X-Forwarded-Proto", "HTTPS");
  EXPECT_EQ(forwarded_scheme(test_.request, test_.client), "http");
  test_.client.encrypted = true;
  EXPECT_EQ(forwarded_scheme(test_.request, test_.client), "https");
  test_.client.encrypted = false;
  test_.client.address = test_address("203.0.113.9", 1);
  EXPECT_EQ(forwarded_scheme(test_.request, test_.client), "https");
}

TEST_F(HeaderRulesTest, TheHostIsAsThePolicySays) {
  policy_.origin.host = "origin.internal:81";
  EXPECT_THAT(sent(), HasSubstr("Host: origin.internal:81\r\n"));
  policy_.origin.host = "$http_host";
  test_.with("Host", "Example.com:8080");
  EXPECT_THAT(sent(), HasSubstr("Host: Example.com:8080\r\n"));
}

TEST_F(HeaderRulesTest, RulesToTheOrigin) {
  policy_.origin.forward_client = false;
  policy_.headers = {
      {.side = Side::kToOrigin, .action = Action::kSet, .name = "X-User", .value = "$cookie_u"},
      {.side = Side::kToOrigin, .action = Action::kAdd, .name = "X-Path", .value = "$uri"},
      {.side = Side::kToOrigin, .action = Action::kRemove, .name = "Accept-Encoding"},
      {.side = Side::kToClient, .action = Action::kAdd, .name = "X-No", .value = "1"},
      {.side = Side::kToOrigin, .action = Action::kSet, .name = "X-Empty", .value = "$cookie_no"}};
  test_.with("Accept-Encoding", "gzip").with("X-User", "forged").with("X-Empty", "forged");
  test_.with("Cookie", "u=me");
  EXPECT_EQ(sent(),
            "Host: example.com\r\nCookie: u=me\r\nVia: 1.1 larder\r\nX-User: me\r\nX-Path: /a\r\n");
}

TEST_F(HeaderRulesTest, AValueIsNeverTwoLines) {
  TestRequest split("/a%0d%0aX-Evil:%201");
  policy_.headers = {{.side = Side::kToClient, .name = "X-Path", .value = "$uri"}};
  ASSERT_TRUE(prepare(policy_));
  wire::http::FieldLines lines;
  apply_headers(policy_, Side::kToClient, 200, split.facts(), lines);
  EXPECT_EQ(lines.text(), "X-Path: /a  X-Evil: 1\r\n");
}

TEST_F(HeaderRulesTest, OfAResponseWhatIsOfTheConnectionStays) {
  answer("Content-Type", "text/css");
  answer("Connection", "X-Mine");
  answer("X-Mine", "1");
  answer("Transfer-Encoding", "chunked");
  answer("Content-Length", "5");
  answer("ETag", "\"a\"");
  EXPECT_EQ(received(), "Content-Type: text/css\r\nETag: \"a\"\r\nVia: 1.1 larder\r\n");
}

TEST_F(HeaderRulesTest, ALocationIsWrittenForClients) {
  policy_.origin.redirects = {{"http://10.0.0.1/app/", "https://example.com/"}};
  answer("Location", "http://10.0.0.1/app/login");
  EXPECT_THAT(received(), HasSubstr("Location: https://example.com/login\r\n"));
}

TEST_F(HeaderRulesTest, RulesFromTheOrigin) {
  policy_.headers = {
      {.side = Side::kFromOrigin, .action = Action::kRemove, .name = "Set-Cookie"},
      {.side = Side::kFromOrigin, .action = Action::kSet, .name = "Cache-Control", .value = "a"}};
  answer("Set-Cookie", "a=1");
  answer("Set-Cookie", "b=2");
  answer("Cache-Control", "no-store");
  EXPECT_EQ(received(), "Via: 1.1 larder\r\nCache-Control: a\r\n");
}

TEST_F(HeaderRulesTest, RulesToClientsAreForGoodAnswersUnlessTheySayAlways) {
  policy_.headers = {
      {.side = Side::kToClient, .action = Action::kSet, .name = "A", .value = "$status"},
      {.side = Side::kToClient, .action = Action::kAdd, .name = "B", .value = "1", .always = true}};
  EXPECT_EQ(told(200, "A: 0\r\n"), "A: 200\r\nB: 1\r\n");
  EXPECT_EQ(told(404, "A: 0\r\n"), "A: 0\r\nB: 1\r\n");
  EXPECT_TRUE(has_headers(policy_, Side::kToClient));
  EXPECT_FALSE(has_headers(policy_, Side::kToOrigin));
}

}  // namespace
}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "serve/edge/access_log.h"
#include "serve/edge/test_request.h"

namespace larder::serve::edge {
namespace {

std::string written(std::string_view text, const LogFacts& facts,
                    Escape escape = Escape::kDefault) {
  const auto parsed = Template::parse(text);
  if (!parsed) return "failure: " + parsed.failure().what;
  std::string out;
  parsed->append_to(out, facts, escape);
  return out;
}

TEST(Template, OfTheRequest) {
  TestRequest test("/a%20b/../c?x=1&Y=2");
  test.with("User-Agent", "curl/8").with("Cookie", "a=1; sid=xyz").with("Cookie", "b=2");
  test.with("X-Two_Words", "no").with("X-Odd", "odd").with("Content-Type", "text/css");
  const std::pair<std::string, std::string> expected[] = {
      {"$request", "GET /a%20b/../c?x=1&Y=2 HTTP/1.1"},
      {"$request_method", "GET"},
      {"$request_uri", "/a%20b/../c?x=1&Y=2"},
      {"$uri", "/c"},
      {"$document_uri", "/c"},
      {"$args", "x=1&Y=2"},
      {"$query_string", "x=1&Y=2"},
      {"$is_args", "?"},
      {"$host", "example.com"},
      {"$scheme", "http"},
      {"$server_protocol", "HTTP/1.1"},
      {"$arg_x", "1"},
      {"$arg_y", "2"},
      {"$arg_z", "-"},
      {"$http_host", "Example.com:8080"},  // without a field: of HTTP/2
      {"$http_user_agent", "curl/8"},
      {"$http_x_odd", "odd"},
      {"$http_accept", "-"},
      {"$http_cookie", "a=1; sid=xyz; b=2"},
      {"$cookie_sid", "xyz"},
      {"$cookie_b", "2"},
      {"$cookie_none", "-"},
      {"$content_type", "text/css"},
      {"$request_length", "100"},
  };
  for (const auto& [text, value] : expected) EXPECT_EQ(written(text, test.facts()), value) << text;
}

TEST(Template, OfTheConnection) {
  TestRequest test;
  test.client.encrypted = true;
  test.client.tls_version = "TLSv1.3";
  test.client.cipher = "TLS_AES_128_GCM_SHA256";
  test.client.server_name = "example.com";
  test.with("X-Forwarded-For", "203.0.113.1");
  const std::pair<std::string, std::string> expected[] = {
      {"$remote_addr", "192.0.2.7"},
      {"$remote_port", "4711"},
      {"$server_addr", "198.51.100.1"},
      {"$server_port", "8080"},
      {"$server_name", "example.com"},
      {"$scheme", "https"},
      {"$https", "on"},
      {"$connection", "12"},
      {"$connection_requests", "3"},
      {"$ssl_protocol", "TLSv1.3"},
      {"$ssl_cipher", "TLS_AES_128_GCM_SHA256"},
      {"$ssl_server_name", "example.com"},
      {"$proxy_add_x_forwarded_for", "203.0.113.1, 192.0.2.7"},
  };
  for (const auto& [text, value] : expected) EXPECT_EQ(written(text, test.facts()), value) << text;
  test.client.address = test_address("2001:db8::1", 1);
  EXPECT_EQ(written("$remote_addr", test.facts()), "2001:db8::1");
}

TEST(Template, OfTheResponse) {
  const TestRequest test;
  LogFacts facts = test.facts();
  facts.response_lines = "Content-Type: text/html\r\nX-A: 1\r\nX-A: 2\r\n";
  facts.body_bytes = 4096;
  const std::pair<std::string, std::string> expected[] = {
      {"$status", "200"},
      {"$body_bytes_sent", "1024"},
      {"$bytes_sent", "1224"},
      {"$request_time", "1.250"},
      {"$request_time_ms", "1250"},
      {"$first_byte_time", "0.001"},
      {"$msec", "1795960709.125"},
      {"$date_utc $time_utc", "2026-11-29 13:58:29"},
      {"$sent_http_content_type", "text/html"},
      {"$sent_http_x_a", "1, 2"},
      {"$sent_http_content_length", "4096"},
      {"$sent_http_etag", "-"},
      {"$request_completion", "OK"},
      {"$verdict", "TCP_HIT"},
      {"$upstream_cache_status", "HIT"},
      {"$upstream_addr", "-"},
      {"$upstream_response_time", "-"},
  };
  for (const auto& [text, value] : expected) EXPECT_EQ(written(text, facts), value) << text;
}

TEST(Template, OfTheOrigin) {
  const TestRequest test;
  const origin::FetchFacts fetch = {.servers = "10.0.0.1:80, 10.0.0.2:80",
                                    .statuses = "502, 200",
                                    .tries = 2,
                                    .connect_ms = 3,
                                    .head_ms = 1007,
                                    .end_ms = -1};
  LogFacts facts = test.facts();
  facts.fetch = &fetch;
  EXPECT_EQ(written("$upstream_addr|$upstream_status", facts), "10.0.0.1:80, 10.0.0.2:80|502, 200");
  EXPECT_EQ(written("$upstream_connect_time $upstream_header_time $upstream_response_time", facts),
            "0.003 1.007 -");
}

TEST(Template, CacheStatusIsNginxs) {
  const TestRequest test;
  LogFacts facts = test.facts();
  const std::pair<Verdict, std::string> expected[] = {
      {Verdict::kImsHit, "HIT"},       {Verdict::kNegativeHit, "HIT"},
      {Verdict::kMiss, "MISS"},        {Verdict::kRefreshMiss, "EXPIRED"},
      {Verdict::kRefFailHit, "STALE"}, {Verdict::kRefreshHit, "REVALIDATED"},
      {Verdict::kDenied, "-"},         {Verdict::kClientRefreshMiss, "BYPASS"},
      {Verdict::kError, "-"},          {Verdict::kNone, "-"},
  };
  for (const auto& [verdict, text] : expected) {
    facts.verdict = verdict;
    EXPECT_EQ(written("$upstream_cache_status", facts), text);
  }
}

TEST(Template, UserOfBasicCredentials) {
  const std::pair<std::string, std::string> expected[] = {
      {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin"},
      {"basic QWxhZGRpbg==", "Aladdin"},
      {"Basic !", "-"},
      {"Basic", "-"},
      {"Bearer QWxhZGRpbjpv", "-"},
  };
  for (const auto& [value, user] : expected) {
    TestRequest test;
    test.with("Authorization", value);
    EXPECT_EQ(written("$remote_user", test.facts()), user) << value;
  }
}

TEST(Template, TextStandsBetween) {
  const TestRequest test;
  EXPECT_EQ(written("[${host}x] $status", test.facts()), "[example.comx] 200");
  EXPECT_EQ(written("5$ $1 $", test.facts()), "5$ $1 $");
  EXPECT_EQ(written("", test.facts()), "");
}

TEST(Template, SaysWhatIsLikelyMeant) {
  const TestRequest test;
  EXPECT_EQ(written("$request_url", test.facts()),
            "failure: unknown variable $request_url; did you mean $request_uri?");
  EXPECT_EQ(written("$upsteam_addr", test.facts()),
            "failure: unknown variable $upsteam_addr; did you mean $upstream_addr?");
  EXPECT_EQ(written("$entirely_else", test.facts()), "failure: unknown variable $entirely_else");
  EXPECT_EQ(written("${host", test.facts()), "failure: ${ without a }");
  EXPECT_EQ(written("$http_", test.facts()).substr(0, 33), "failure: unknown variable $http_;");
}

TEST(Template, NobodysBytesEndAValue) {
  TestRequest test("/\"x\\y");
  test.with("User-Agent", "a \"b\" \t\xE9+");
  const LogFacts facts = test.facts();
  EXPECT_EQ(written("\"$http_user_agent\"", facts), R"("a \x22b\x22 \x09\xE9+")");
  EXPECT_EQ(written("$request_uri", facts), R"(/\x22x\x5Cy)");
  EXPECT_EQ(written("\"$http_user_agent\"", facts, Escape::kJson), R"("a \"b\" \u0009\u00E9+")");
  EXPECT_EQ(written("$http_user_agent", facts, Escape::kW3c), "a+%22b%22+%09%E9%2B");
  EXPECT_EQ(written("$http_user_agent", facts, Escape::kNone), "a \"b\" \t\xE9+");
}

TEST(Template, NothingIsADashInLogsOnly) {
  const TestRequest test;
  EXPECT_EQ(written("<$http_referer>", test.facts(), Escape::kW3c), "<->");
  EXPECT_EQ(written("<$http_referer>", test.facts(), Escape::kJson), "<>");
  EXPECT_EQ(written("<$http_referer>", test.facts(), Escape::kNone), "<>");
}

TEST(Template, ARewrittenPathIsTheUri) {
  const TestRequest test("/old?x");
  LogFacts facts = test.facts();
  facts.rewritten_path = "/new?y";
  EXPECT_EQ(written("$uri $request_uri", facts), "/new /old?x");
}

}  // namespace
}  // namespace larder::serve::edge

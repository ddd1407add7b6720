// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

#include "serve/edge/freshness.h"
#include "wire/http/test_fields.h"

namespace larder::serve::edge {

void PrintTo(Storing::Verdict verdict, std::ostream* out) {  // NOLINT: GoogleTest's name.
  constexpr std::string_view kTexts[] = {"store",   "no store",   "method",
                                         "status",  "set-cookie", "vary all",
                                         "useless", "client",     "authorization"};
  *out << kTexts[static_cast<std::size_t>(verdict)];
}

namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;
using wire::http::Fields;
using wire::http::fields_of;
using Verdict = Storing::Verdict;

constexpr base::UnixMs kNow = 784'111'777'000;
constexpr std::string_view kDayAgo = "Sat, 05 Nov 1994 08:49:37 GMT";

struct Asked {
  std::string_view method = "GET";
  Fields request = {};
  CachePolicy policy = {};
};

Storing judged(const Fields& response, unsigned status = 200, const Asked& asked = {}) {
  return judge_storing({.method = asked.method,
                        .request = asked.request,
                        .status = status,
                        .response = response,
                        .requested = kNow,
                        .received = kNow},
                       asked.policy);
}

Verdict verdict(std::string_view cache_control, unsigned status = 200, const Asked& asked = {}) {
  return judged(fields_of({{"Cache-Control", cache_control}}), status, asked).verdict;
}

// RFC 9111, 3: the method is understood. Only what a GET is answered with is kept.
TEST(Storing, IsOfGetAndHead) {
  EXPECT_EQ(verdict("max-age=60"), Verdict::kStore);
  EXPECT_EQ(verdict("max-age=60", 200, {.method = "HEAD"}), Verdict::kStore);
  for (const std::string_view method : {"POST", "PUT", "DELETE", "OPTIONS", "get", "M-SEARCH"}) {
    EXPECT_EQ(verdict("max-age=60", 200, {.method = method}), Verdict::kMethod) << method;
  }
  const Fields located = fields_of({{"Cache-Control", "max-age=60"}, {"Content-Location", "/"}});
  EXPECT_EQ(judged(located, 200, {.method = "POST"}).verdict, Verdict::kMethod);
}

// RFC 9111, 3: any final status that says how long.
TEST(Storing, IsOfAnyStatusWithAFreshness) {
  for (const unsigned status : {200U, 201U, 203U, 204U, 299U, 301U, 302U, 303U, 307U, 308U, 400U,
                                403U, 404U, 410U, 429U, 499U, 500U, 502U, 503U, 504U, 599U}) {
    EXPECT_EQ(verdict("max-age=60", status), Verdict::kStore) << status;
  }
  EXPECT_EQ(judged(fields_of({{"Expires", "Sun, 06 Nov 1994 09:49:37 GMT"}}), 302).verdict,
            Verdict::kStore);
}

TEST(Storing, IsNotOfAnswersToOneRequest) {
  for (const unsigned status : {100U, 101U, 103U, 206U, 304U, 412U, 416U}) {
    EXPECT_EQ(verdict("max-age=60", status), Verdict::kStatus) << status;
  }
}

// RFC 9111, 3, and RFC 9110, 15.1
TEST(Storing, IsOfSomeStatusesWithoutAFreshness) {
  const Fields tagged = fields_of({{"ETag", "\"a\""}});
  for (const unsigned status : {200U, 203U, 204U, 300U, 301U, 308U, 404U, 405U, 410U, 414U, 501U}) {
    EXPECT_EQ(judged(tagged, status).verdict, Verdict::kStore) << status;
  }
  for (const unsigned status : {201U, 202U, 302U, 307U, 400U, 403U, 500U, 502U, 503U, 504U, 599U}) {
    EXPECT_EQ(judged(tagged, status).verdict, Verdict::kStatus) << status;
  }
  const Fields open = fields_of({{"ETag", "\"a\""}, {"Cache-Control", "public"}});
  EXPECT_EQ(judged(open, 599).verdict, Verdict::kStore);
}

// RFC 9111, 5.2.2.5 and 5.2.2.7
TEST(Storing, IsForbidden) {
  EXPECT_EQ(verdict("no-store"), Verdict::kNoStore);
  EXPECT_EQ(verdict("max-age=60, No-StOrE"), Verdict::kNoStore);
  EXPECT_EQ(verdict("private, max-age=60"), Verdict::kNoStore);
  EXPECT_EQ(verdict("max-age=60, s-maxage=60, public, private"), Verdict::kNoStore);
  EXPECT_EQ(verdict("max-age=60, x=\"y"), Verdict::kNoStore);
}

// RFC 9111, 5.2.2.3
TEST(Storing, MustUnderstand) {
  EXPECT_EQ(verdict("max-age=60, no-store, must-understand"), Verdict::kStore);
  EXPECT_EQ(verdict("max-age=60, no-store, must-understand", 404), Verdict::kStore);
  EXPECT_EQ(verdict("max-age=60, no-store, must-understand", 599), Verdict::kStatus);
  EXPECT_EQ(verdict("max-age=60, must-understand", 299), Verdict::kStatus);
  EXPECT_EQ(verdict("max-age=60, private, must-understand"), Verdict::kNoStore);
}

// RFC 9213, 2.2
TEST(Storing, ObeysWhatIsTargetedAtIt) {
  const auto both = [](std::string_view targeted, std::string_view others) {
    return judged(fields_of({{"CDN-Cache-Control", targeted}, {"Cache-Control", others}})).verdict;
  };
  EXPECT_EQ(both("max-age=60", "no-store"), Verdict::kStore);
  EXPECT_EQ(both("max-age=60", "private"), Verdict::kStore);
  EXPECT_EQ(both("no-store", "max-age=60"), Verdict::kNoStore);
  EXPECT_EQ(both("private", "max-age=60"), Verdict::kNoStore);
  EXPECT_EQ(both("max-age=60, &&&&&", "no-store"), Verdict::kNoStore);
  EXPECT_EQ(both("max-age=\"60\"", "no-store"), Verdict::kNoStore);
}

// RFC 9111, 5.2.1.5
TEST(Storing, HeedsTheClientIfThePolicyDoes) {
  const Fields request = fields_of({{"Cache-Control", "no-store"}});
  EXPECT_EQ(verdict("max-age=60", 200, {.request = request}), Verdict::kClient);
  EXPECT_EQ(verdict("no-store", 200, {.request = request}), Verdict::kNoStore);
  EXPECT_EQ(
      verdict("max-age=60", 200, {.request = request, .policy = {.heed_client_refresh = false}}),
      Verdict::kStore);
}

// RFC 9111, 3.5
TEST(Storing, NeedsPermissionWithAuthorization) {
  const Asked asked{.request = fields_of({{"Authorization", "Basic eDp5"}})};
  EXPECT_EQ(verdict("max-age=60", 200, asked), Verdict::kAuthorization);
  EXPECT_EQ(verdict("max-age=60, proxy-revalidate", 200, asked), Verdict::kAuthorization);
  EXPECT_EQ(verdict("max-age=60, private", 200, asked), Verdict::kNoStore) << "for all";
  EXPECT_EQ(verdict("max-age=60, public", 200, asked), Verdict::kStore);
  EXPECT_EQ(verdict("max-age=60, must-revalidate", 200, asked), Verdict::kStore);
  EXPECT_EQ(verdict("s-maxage=60", 200, asked), Verdict::kStore);
}

TEST(Storing, OfACookieIsAMatterOfPolicy) {
  const Asked refuses{.policy = {.store_set_cookie = false}};
  const Fields fresh = fields_of({{"Cache-Control", "max-age=60"}, {"Set-Cookie", "a=b"}});
  const Fields guessed = fields_of({{"Last-Modified", kDayAgo}, {"Set-Cookie", "a=b"}});
  EXPECT_EQ(judged(fresh).verdict, Verdict::kStore);
  EXPECT_EQ(judged(guessed).verdict, Verdict::kSetCookie);
  EXPECT_EQ(judged(fresh, 200, refuses).verdict, Verdict::kSetCookie);
  EXPECT_EQ(judged(guessed, 200, refuses).verdict, Verdict::kSetCookie);
}

// RFC 9111, 5.2.2.4 and 5.2.2.7
TEST(Storing, LeavesNamedFieldsOut) {
  const Storing named =
      judged(fields_of({{"Cache-Control", "max-age=60, private=\"Set-Cookie, X\""},
                        {"Cache-Control", "no-cache=y"},
                        {"Set-Cookie", "a=b"},
                        {"X", "1"},
                        {"Y", "2"},
                        {"Z", "3"}}));
  EXPECT_EQ(named.verdict, Verdict::kStore);
  EXPECT_THAT(named.without, UnorderedElementsAre("set-cookie", "x", "y"));
  EXPECT_FALSE(named.freshness.needs_validation);
}

// RFC 9111, 3.1. What others leave out anyway is not named: who asked would see it twice.
TEST(Storing, LeavesOutWhatIsOfAProxy) {
  const Storing proxied =
      judged(fields_of({{"Cache-Control", "max-age=60, private=\"connection, age, x, missing\""},
                        {"Cache-Control", "no-cache=\"content-length, keep-alive\""},
                        {"Proxy-Authenticate", "Basic"},
                        {"Connection", "x"},
                        {"Age", "1"},
                        {"Content-Length", "1"},
                        {"Keep-Alive", "timeout=5"},
                        {"X", "1"}}));
  EXPECT_THAT(proxied.without, UnorderedElementsAre("proxy-authenticate"));
  EXPECT_THAT(judged(fields_of({{"X", "1"}})).without, IsEmpty());
}

// RFC 9111, 4.1
TEST(Storing, IsOfNoUseWhereEverythingDecides) {
  EXPECT_EQ(judged(fields_of({{"Cache-Control", "max-age=60"}, {"Vary", "a, *"}})).verdict,
            Verdict::kVaryAll);
  EXPECT_EQ(judged(fields_of({{"Cache-Control", "max-age=60"}, {"Vary", "a"}})).verdict,
            Verdict::kStore);
}

TEST(Storing, IsOfNoUseWithoutFreshnessAndValidator) {
  EXPECT_EQ(judged({}).verdict, Verdict::kUseless);
  EXPECT_EQ(verdict("max-age=0"), Verdict::kUseless);
  EXPECT_EQ(verdict("public"), Verdict::kUseless);
  EXPECT_EQ(verdict("no-cache, max-age=60"), Verdict::kUseless);
  EXPECT_EQ(verdict("max-age=0, stale-if-error=60"), Verdict::kStore);
  EXPECT_EQ(verdict("max-age=0, stale-while-revalidate=60"), Verdict::kStore);
  EXPECT_EQ(verdict("max-age=0, stale-if-error=60, must-revalidate"), Verdict::kUseless);
  EXPECT_EQ(judged(fields_of({{"Cache-Control", "max-age=60"}, {"Age", "60"}})).verdict,
            Verdict::kUseless);
  EXPECT_EQ(judged(fields_of({{"ETag", "a"}})).verdict, Verdict::kUseless);
  EXPECT_EQ(judged(fields_of({{"Last-Modified", kDayAgo}})).verdict, Verdict::kStore);
  const Fields checked = fields_of({{"Cache-Control", "no-cache"}, {"ETag", "W/\"a\""}});
  EXPECT_EQ(judged(checked).verdict, Verdict::kStore);
  EXPECT_TRUE(judged(checked).freshness.needs_validation);
}

}  // namespace
}  // namespace larder::serve::edge

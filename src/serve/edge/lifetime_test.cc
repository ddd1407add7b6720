// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/lifetime.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "wire/http/test_fields.h"

namespace larder::serve::edge {
namespace {

using wire::http::Fields;
using wire::http::fields_of;

constexpr std::string_view kNowText = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr base::UnixMs kNow = 784'111'777'000;
constexpr std::string_view kHourAgo = "Sun, 06 Nov 1994 07:49:37 GMT";
constexpr std::string_view kInAnHour = "Sun, 06 Nov 1994 09:49:37 GMT";
constexpr std::string_view kDayAgo = "Sat, 05 Nov 1994 08:49:37 GMT";
constexpr std::int64_t kHourMs = 3'600'000;

// Of a response that was asked for and came at kNow.
Freshness of(const Fields& response, unsigned status = 200, const CachePolicy& policy = {}) {
  const Fields request;
  const Received received{.method = "GET",
                          .request = request,
                          .status = status,
                          .response = response,
                          .requested = kNow,
                          .received = kNow};
  return freshness_of(received, storing_terms(response), policy);
}

// Dated now, with these lines.
Freshness with(std::initializer_list<std::pair<std::string_view, std::string_view>> lines) {
  Fields fields = fields_of(lines);
  fields.add({"Date", kNowText, wire::http::Name::kDate});
  return of(fields);
}

struct Row {
  std::string_view what;
  Freshness freshness;
  std::int64_t lifetime_s;
};

// RFC 9111, 4.2.1: s-maxage, max-age, Expires, in this order; RFC 9213, 2.2 before all of them.
TEST(Lifetime, IsWhatTheResponseSays) {
  const Row rows[] = {
      {"max-age", with({{"Cache-Control", "max-age=3600"}}), 3600},
      {"max-age=0", with({{"Cache-Control", "max-age=0"}, {"Expires", kInAnHour}}), 0},
      {"max-age before Expires", with({{"Cache-Control", "max-age=60"}, {"Expires", kInAnHour}}),
       60},
      {"max-age before a bad Expires", with({{"Cache-Control", "max-age=60"}, {"Expires", "0"}}),
       60},
      {"a bad max-age", with({{"Cache-Control", "max-age=x"}, {"Expires", kInAnHour}}), 0},
      {"s-maxage before a longer max-age", with({{"Cache-Control", "max-age=3600, s-maxage=1"}}),
       1},
      {"s-maxage before a shorter max-age",
       with({{"Cache-Control", "s-maxage=3600"}, {"Cache-Control", "max-age=1"}}), 3600},
      {"s-maxage before a past Expires",
       with({{"Expires", kHourAgo}, {"Cache-Control", "max-age=0, s-maxage=3600"}}), 3600},
      {"the most", with({{"Cache-Control", "max-age=99999999999"}}), std::int64_t{1} << 31},
      {"targeted before a shorter max-age",
       with({{"Cache-Control", "max-age=1"}, {"CDN-Cache-Control", "max-age=3600"}}), 3600},
      {"targeted before a longer s-maxage",
       with({{"Cache-Control", "s-maxage=3600"}, {"CDN-Cache-Control", "max-age=1"}}), 1},
      {"targeted before Expires",
       with({{"Expires", kInAnHour}, {"CDN-Cache-Control", "max-age=0"}}), 0},
      {"targeted that says no lifetime",
       with({{"Cache-Control", "max-age=9"}, {"CDN-Cache-Control", "public"}}), 0},
      {"targeted that cannot be read",
       with({{"Cache-Control", "max-age=9"}, {"CDN-Cache-Control", "max-age=\"1\""}}), 9},
      {"nothing", with({}), 0},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.freshness.lifetime_ms, row.lifetime_s * 1000) << row.what;
    EXPECT_FALSE(row.freshness.heuristic) << row.what;
  }
}

// RFC 9111, 5.3
TEST(Lifetime, IsUntilExpires) {
  const Row rows[] = {
      {"in an hour", with({{"Expires", kInAnHour}}), 3600},
      {"now", with({{"Expires", kNowText}}), 0},
      {"an hour ago", with({{"Expires", kHourAgo}}), 0},
      {"0", with({{"Expires", "0"}}), 0},
      {"another zone", with({{"Expires", "Thu, 18 Aug 2050 02:01:18 UTC"}}), 0},
      {"two lines", with({{"Expires", kInAnHour}, {"Expires", kInAnHour}}), 0},
      {"the second form", with({{"Expires", "Sunday, 06-Nov-94 09:49:37 GMT"}}), 3600},
      {"without a Date", of(fields_of({{"Expires", kInAnHour}})), 3600},
      {"with a bad Date", of(fields_of({{"Expires", kInAnHour}, {"Date", "x"}})), 3600},
      {"of a Date ago", of(fields_of({{"Expires", kInAnHour}, {"Date", kHourAgo}})), 7200},
  };
  for (const Row& row : rows)
    EXPECT_EQ(row.freshness.lifetime_ms, row.lifetime_s * 1000) << row.what;
}

// RFC 9111, 4.2.2
TEST(Lifetime, IsGuessedFromLastModified) {
  const Freshness guessed = with({{"Last-Modified", kDayAgo}});
  EXPECT_EQ(guessed.lifetime_ms, 8'640'000);
  EXPECT_TRUE(guessed.heuristic);
  EXPECT_EQ(with({{"Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"}}).lifetime_ms, 86'400'000);
  EXPECT_EQ(with({{"Last-Modified", kInAnHour}}).lifetime_ms, 0);
  EXPECT_EQ(with({{"Last-Modified", "x"}}).lifetime_ms, 0);
  EXPECT_EQ(with({{"Last-Modified", kDayAgo}, {"Expires", "0"}}).lifetime_ms, 0);
  EXPECT_EQ(with({{"Last-Modified", kDayAgo}, {"Cache-Control", "max-age=0"}}).lifetime_ms, 0);
  EXPECT_EQ(with({{"Last-Modified", kDayAgo}, {"CDN-Cache-Control", "x"}}).lifetime_ms, 8'640'000);
  const Fields modified = fields_of({{"Last-Modified", kDayAgo}, {"Date", kNowText}});
  EXPECT_EQ(of(modified, 200, {.heuristic_percent = 50}).lifetime_ms, 43'200'000);
  EXPECT_EQ(of(modified, 200, {.heuristic_percent = 0}).lifetime_ms, 0);
  EXPECT_EQ(of(modified, 200, {.heuristic_max_s = 60}).lifetime_ms, 60'000);
}

// RFC 9110, 15.1
TEST(Lifetime, IsGuessedOfSomeStatuses) {
  const Fields modified = fields_of({{"Last-Modified", kDayAgo}, {"Date", kNowText}});
  for (const unsigned status : {200U, 203U, 204U, 300U, 301U, 308U, 404U, 405U, 410U, 414U, 501U}) {
    EXPECT_TRUE(of(modified, status).heuristic) << status;
  }
  for (const unsigned status :
       {201U, 202U, 302U, 303U, 307U, 400U, 403U, 500U, 502U, 503U, 504U, 599U}) {
    EXPECT_FALSE(of(modified, status).heuristic) << status;
  }
  const Fields open =
      fields_of({{"Last-Modified", kDayAgo}, {"Date", kNowText}, {"Cache-Control", "public"}});
  EXPECT_TRUE(of(open, 599).heuristic);
}

// RFC 9111, 4.2.3
TEST(Age, IsTheLargestOfWhatIsKnown) {
  struct AgeRow {
    std::string_view age;
    std::string_view date;
    std::int64_t age_s;
  };
  const AgeRow rows[] = {
      {"", kNowText, 0},
      {"30", kNowText, 30},
      {"30", kHourAgo, 3599},  // from the end of its second
      {"7200", kHourAgo, 7200},
      {"", kInAnHour, 0},
      {"", "x", 0},
      {"abc", kNowText, 0},
      {"-7200", kNowText, 0},
      {"7200.0", kNowText, 0},
      {"7200;foo=bar", kNowText, 0},
      {"7200, 0", kNowText, 7200},
      {"0, 7200", kNowText, 0},
      {"2147483648", kNowText, 2'147'483'648},
      {"99999999999", kNowText, 2'147'483'648},
  };
  for (const AgeRow& row : rows) {
    const Freshness freshness = of(fields_of({{"Age", row.age}, {"Date", row.date}}));
    EXPECT_EQ(freshness.age_ms(kNow) / 1000, row.age_s) << row.age << " " << row.date;
    EXPECT_EQ(freshness.age_ms(kNow + 5000) / 1000, row.age_s + 5) << row.age << " " << row.date;
  }
  EXPECT_EQ(of(fields_of({{"Age", "5"}, {"Age", "9"}})).age_ms(kNow), 5000);
}

TEST(Age, CountsTheTimeThatTheRequestTook) {
  const Fields request;
  const auto age_ms = [&](const Fields& response) {
    const Received slow{.method = "GET",
                        .request = request,
                        .status = 200,
                        .response = response,
                        .requested = kNow - 5000,
                        .received = kNow};
    return freshness_of(slow, storing_terms(response), {}).age_ms(kNow);
  };
  EXPECT_EQ(age_ms(fields_of({{"Date", kNowText}})), 5000);
  EXPECT_EQ(age_ms(fields_of({{"Date", kNowText}, {"Age", "30"}})), 35'000);
  EXPECT_EQ(age_ms(fields_of({{"Date", kHourAgo}, {"Age", "30"}})), kHourMs - 999);
}

// RFC 5861
TEST(Windows, AreWhatTheResponseSaysOrThePolicy) {
  const Freshness said =
      with({{"Cache-Control", "max-age=1, stale-while-revalidate=2, stale-if-error=3"}});
  EXPECT_EQ(said.while_revalidate_ms, 2000);
  EXPECT_EQ(said.if_error_ms, 3000);
  EXPECT_EQ(with({}).while_revalidate_ms, 0);
  EXPECT_EQ(with({}).if_error_ms, 0);
  const CachePolicy policy{.stale_if_error_s = 60, .stale_while_revalidate_s = 70};
  EXPECT_EQ(of({}, 200, policy).while_revalidate_ms, 70'000);
  EXPECT_EQ(of({}, 200, policy).if_error_ms, 60'000);
  const Fields none = fields_of({{"Cache-Control", "stale-while-revalidate=0, stale-if-error=0"}});
  EXPECT_EQ(of(none, 200, policy).while_revalidate_ms, 0);
  EXPECT_EQ(of(none, 200, policy).if_error_ms, 0);
}

TEST(Freshness, SaysWhatElseHolds) {
  EXPECT_TRUE(with({{"Cache-Control", "no-cache"}}).needs_validation);
  EXPECT_FALSE(with({{"Cache-Control", "no-cache=\"a\""}}).needs_validation);
  EXPECT_TRUE(with({{"Cache-Control", "must-revalidate"}}).must_revalidate);
  EXPECT_TRUE(with({{"Cache-Control", "proxy-revalidate"}}).must_revalidate);
  EXPECT_TRUE(with({{"Cache-Control", "s-maxage=5"}}).must_revalidate);
  EXPECT_FALSE(with({{"Cache-Control", "max-age=5"}}).must_revalidate);
  EXPECT_TRUE(with({{"Cache-Control", "immutable"}}).immutable);
  const Freshness targeted =
      with({{"Cache-Control", "no-cache, must-revalidate"}, {"CDN-Cache-Control", "max-age=1"}});
  EXPECT_FALSE(targeted.needs_validation);
  EXPECT_FALSE(targeted.must_revalidate);
}

}  // namespace
}  // namespace larder::serve::edge

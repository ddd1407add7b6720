// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/date.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace larder::wire::http {
namespace {

constexpr Seconds kNow = 1'780'000'000;     // May 2026
constexpr Seconds kExample = 784'111'777;   // that of RFC 9110, 5.6.7
constexpr Seconds kFuture = 2'544'400'878;  // 18 August 2050 02:01:18

std::string text_of(Seconds at) {
  const auto text = format_date(at);
  return {text.data(), text.size()};
}

TEST(Date, IsReadInItsThreeForms) {
  EXPECT_EQ(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(parse_date("Sun Nov  6 08:49:37 1994", kNow), kExample);
  EXPECT_EQ(parse_date("Wed Nov 16 08:49:37 1994", kNow), kExample + 10 * 86'400);
  EXPECT_EQ(parse_date("Thu, 01 Jan 1970 00:00:00 GMT", kNow), 0);
  EXPECT_EQ(parse_date("Thu, 18 Aug 2050 02:01:18 GMT", kNow), kFuture);
  EXPECT_EQ(parse_date("Sun, 31 Dec 2016 23:59:60 GMT", kNow), 1'483'228'800);
  EXPECT_EQ(parse_date("Tue, 29 Feb 2000 00:00:00 GMT", kNow), 951'782'400);
}

TEST(Date, MayHaveLettersOfAnyCase) {
  EXPECT_EQ(parse_date("THU, 18 Aug 2050 02:01:18 GMT", kNow), kFuture);
  EXPECT_EQ(parse_date("Thu, 18 AUG 2050 02:01:18 GMT", kNow), kFuture);
  EXPECT_EQ(parse_date("Thu, 18 Aug 2050 02:01:18 gMT", kNow), kFuture);
}

TEST(Date, IsNothingElse) {
  for (const std::string_view text :
       {"",
        "0",
        "-1",
        "now",
        "Thu, 18 Aug 2050 02:01:18 UTC",
        "Thu, 18 Aug 2050 02:01:18 AEST",
        "Thu, 18 Aug 2050 02:01:18",
        "Thu, 18 Aug 2050 02:01:18 +0000",
        "Thu, 18 Aug 50 02:01:18 GMT",
        "Thu 18 Aug 2050 02:01:18 GMT",
        "Thu,18 Aug 2050 02:01:18 GMT",
        "Thu, 18  Aug  2050 02:01:18 GMT",
        "Thu, 18-Aug-2050 02:01:18 GMT",
        "Thu, 18 Aug 2050 02.01.18 GMT",
        "Thu, 18 Aug 2050 2:01:18 GMT",
        "Thu, 8 Aug 2050 02:01:18 GMT",
        "Thu,  8 Aug 2050 02:01:18 GMT",
        "Xyz, 18 Aug 2050 02:01:18 GMT",
        "Thu, 18 Foo 2050 02:01:18 GMT",
        "Thu, 00 Aug 2050 02:01:18 GMT",
        "Thu, 32 Aug 2050 02:01:18 GMT",
        "Wed, 31 Jun 2050 02:01:18 GMT",
        "Wed, 29 Feb 2023 02:01:18 GMT",
        "Thu, 29 Feb 1900 02:01:18 GMT",
        "Thu, 18 Aug 2050 24:01:18 GMT",
        "Thu, 18 Aug 2050 02:60:18 GMT",
        "Thu, 18 Aug 2050 02:01:61 GMT",
        "Thu, 18 Aug 2050 02:01:18 GMT ",
        " Thu, 18 Aug 2050 02:01:18 GMT",
        "Thu, 18 Aug 20500 02:01:18 GMT",
        "Thursday, 18-Aug-2050 02:01:18 GMT",
        "Thu, 18-Aug-50 02:01:18 GMT",
        "Thursday, 18 Aug 50 02:01:18 GMT",
        "Thursday, 8-Aug-50 02:01:18 GMT",
        "Thu Aug 8 02:01:18 2050",
        "Thu Aug  8 02:01:18 50",
        "Thu Aug  8 02:01:18 2050 GMT",
        "Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT"}) {
    EXPECT_FALSE(parse_date(text, kNow)) << text;
  }
}

TEST(Date, CutAnywhereIsNone) {
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    for (std::size_t cut = 0; cut < text.size(); ++cut) {
      EXPECT_FALSE(parse_date(text.substr(0, cut), kNow)) << text.substr(0, cut);
    }
  }
}

// RFC 9110, 5.6.7: what seems to be more than fifty years ahead is the latest past year.
TEST(Date, OfTwoDigitsIsAtMostFiftyYearsAhead) {
  EXPECT_EQ(parse_date("Thursday, 18-Aug-50 02:01:18 GMT", kNow), kFuture);
  const auto year = [](std::string_view text, Seconds now) {
    const auto at = parse_date(text, now);
    return at ? text_of(*at).substr(12, 4) : "none";
  };
  EXPECT_EQ(year("Friday, 01-May-76 00:00:00 GMT", kNow), "2076");
  EXPECT_EQ(year("Friday, 01-Jul-76 00:00:00 GMT", kNow), "1976");
  EXPECT_EQ(year("Friday, 01-Jan-99 00:00:00 GMT", kNow), "1999");
  EXPECT_EQ(year("Friday, 01-Jan-03 00:00:00 GMT", 4'070'908'800), "2103");  // in 2099
  EXPECT_EQ(year("Thursday, 29-Feb-00 00:00:00 GMT", 4'070'908'800), "2000");
  EXPECT_EQ(year("Friday, 29-Feb-01 00:00:00 GMT", kNow), "none");
}

TEST(Date, IsWrittenInTheFirstForm) {
  EXPECT_EQ(text_of(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(text_of(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(text_of(kFuture), "Thu, 18 Aug 2050 02:01:18 GMT");
  EXPECT_EQ(text_of(-5), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(text_of(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(Date, OfEveryDayIsReadAsItIsWritten) {
  for (Seconds at = 0; at < 4'102'444'800; at += 86'399) {
    ASSERT_EQ(parse_date(text_of(at), kNow), at);
  }
}

}  // namespace
}  // namespace larder::wire::http

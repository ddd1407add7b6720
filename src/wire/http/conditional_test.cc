// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/conditional.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "wire/http/test_fields.h"

namespace larder::wire::http {

void PrintTo(Condition condition, std::ostream* out) {  // NOLINT: GoogleTest's name.
  constexpr std::string_view kTexts[] = {"passed", "not modified", "failed"};
  *out << kTexts[static_cast<std::size_t>(condition)];
}

namespace {

constexpr Seconds kNow = 1'780'000'000;
constexpr Condition kPassed = Condition::kPassed;
constexpr Condition kNotModified = Condition::kNotModified;
constexpr Condition kFailed = Condition::kPreconditionFailed;

constexpr std::string_view kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view kModified = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view kAfter = "Sun, 06 Nov 1994 08:49:38 GMT";
constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:50:37 GMT";

// What is stored, in most of these tests.
const Fields& stored() {
  static const Fields kFields =
      fields_of({{"ETag", "\"a\""}, {"Last-Modified", kModified}, {"Date", kDate}});
  return kFields;
}

Condition judged(const Fields& request, std::string_view method = "GET",
                 const Fields& of = stored()) {
  return judge(request, method, validators_of(of, kNow), kNow);
}

TEST(Validators, AreOfAResponse) {
  const Validators all = validators_of(stored(), kNow);
  EXPECT_EQ(all.etag->opaque, "\"a\"");
  EXPECT_EQ(all.last_modified, 784'111'777);
  EXPECT_EQ(all.date, 784'111'837);
  const Validators none = validators_of({}, kNow);
  EXPECT_FALSE(none.etag || none.last_modified || none.date);
  const Validators bad = validators_of(
      fields_of({{"ETag", "a"}, {"Last-Modified", "0"}, {"Date", kDate}, {"Date", kDate}}), kNow);
  EXPECT_FALSE(bad.etag || bad.last_modified || bad.date);
}

// RFC 9110, 13.1.1: strong comparison.
TEST(Conditional, IfMatch) {
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"a\""}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"x\", \"a\""}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"x\""}, {"If-Match", "\"a\""}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "*"}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "*"}}), "PUT", {}), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"b\""}})), kFailed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "W/\"a\""}})), kFailed);
  EXPECT_EQ(judged(fields_of({{"If-Match", ""}})), kFailed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"a\""}}), "GET", {}), kFailed);
}

// RFC 9110, 13.1.2: weak comparison.
TEST(Conditional, IfNoneMatch) {
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"a\""}})), kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "W/\"a\""}}), "HEAD"), kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"x\", \"a\", \"y\""}})), kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"x\""}, {"If-None-Match", "\"a\""}})),
            kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "*"}})), kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"b\""}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "a"}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"a\""}}), "GET", {}), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"a\""}}), "PUT"), kFailed);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "*"}}), "PUT"), kFailed);
  const Fields weak = fields_of({{"ETag", "W/\"a\""}});
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"a\""}}), "GET", weak), kNotModified);
}

// RFC 9110, 13.1.3
TEST(Conditional, IfModifiedSince) {
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kBefore}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kModified}})), kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kAfter}})), kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"}})),
            kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", "yesterday"}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kAfter}, {"If-Modified-Since", kAfter}})),
            kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kAfter}}), "POST"), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kAfter}}), "GET", {}), kPassed);
}

// RFC 9111, 4.3.2: where there is no Last-Modified.
TEST(Conditional, IfModifiedSinceOfADate) {
  const Fields dated = fields_of({{"Date", kModified}});
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kBefore}}), "GET", dated), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Modified-Since", kModified}}), "GET", dated), kNotModified);
}

// RFC 9110, 13.1.4
TEST(Conditional, IfUnmodifiedSince) {
  EXPECT_EQ(judged(fields_of({{"If-Unmodified-Since", kBefore}})), kFailed);
  EXPECT_EQ(judged(fields_of({{"If-Unmodified-Since", kModified}}), "PUT"), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Unmodified-Since", "x"}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Unmodified-Since", kBefore}}), "GET", {}), kPassed);
}

// RFC 9110, 13.2.2
TEST(Conditional, HasAnOrder) {
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"a\""}, {"If-Unmodified-Since", kBefore}})), kPassed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"b\""}, {"If-None-Match", "\"a\""}})), kFailed);
  EXPECT_EQ(judged(fields_of({{"If-Match", "\"a\""}, {"If-None-Match", "\"a\""}})), kNotModified);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"b\""}, {"If-Modified-Since", kAfter}})),
            kPassed);
  EXPECT_EQ(judged(fields_of({{"If-None-Match", "\"a\""}, {"If-Modified-Since", kBefore}})),
            kNotModified);
  EXPECT_EQ(judged({}), kPassed);
}

// RFC 9110, 13.1.5 and 8.8.2.2
TEST(Conditional, IfRange) {
  const auto holds = [](std::string_view value, const Fields& of) {
    return if_range_holds(fields_of({{"If-Range", value}}), validators_of(of, kNow), kNow);
  };
  EXPECT_TRUE(if_range_holds({}, {}, kNow));
  EXPECT_TRUE(holds("\"a\"", stored()));
  EXPECT_FALSE(holds("\"b\"", stored()));
  EXPECT_FALSE(holds("W/\"a\"", stored()));
  EXPECT_FALSE(holds("W/\"a\"", fields_of({{"ETag", "W/\"a\""}})));
  EXPECT_FALSE(holds("\"a\"", {}));
  EXPECT_TRUE(holds(kModified, stored()));
  EXPECT_TRUE(holds("Sunday, 06-Nov-94 08:49:37 GMT", stored()));
  EXPECT_FALSE(holds(kBefore, stored()));
  EXPECT_FALSE(holds(kAfter, stored()));
  EXPECT_FALSE(holds("x", stored()));
  EXPECT_FALSE(holds(kModified, fields_of({{"Last-Modified", kModified}})));
  EXPECT_FALSE(holds(kModified, fields_of({{"Last-Modified", kModified}, {"Date", kAfter}})));
  const Fields twice = fields_of({{"If-Range", "\"a\""}, {"If-Range", "\"a\""}});
  EXPECT_FALSE(if_range_holds(twice, validators_of(stored(), kNow), kNow));
}

}  // namespace
}  // namespace larder::wire::http

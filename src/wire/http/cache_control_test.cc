// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/cache_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "wire/http/test_fields.h"

namespace larder::wire::http {
namespace {

using testing::ElementsAre;
using testing::Optional;

constexpr std::int64_t kMost = std::int64_t{1} << 31;

ResponseDirectives of(std::string_view text) {
  return response_directives(fields_of({{"Cache-Control", text}}));
}
RequestDirectives asked(std::string_view text) {
  return request_directives(fields_of({{"Cache-Control", text}}));
}
std::optional<ResponseDirectives> targeted(std::string_view text) {
  return targeted_directives(fields_of({{"CDN-Cache-Control", text}}));
}

TEST(CacheControl, HasDirectivesWithoutArgument) {
  EXPECT_TRUE(of("no-store").no_store);
  EXPECT_TRUE(of("No-StOrE").no_store);
  EXPECT_TRUE(of("max-age=1, no-cache").no_cache);
  EXPECT_TRUE(of("private").is_private);
  EXPECT_TRUE(of("public").is_public);
  EXPECT_TRUE(of("must-revalidate").must_revalidate);
  EXPECT_TRUE(of("proxy-revalidate").proxy_revalidate);
  EXPECT_TRUE(of("must-understand").must_understand);
  EXPECT_TRUE(of("no-transform").no_transform);
  EXPECT_TRUE(of("immutable").immutable);
  EXPECT_FALSE(of("no-stores, xno-store").no_store);
  EXPECT_FALSE(response_directives({}).no_store);
}

TEST(CacheControl, HasDeltas) {
  EXPECT_THAT(of("max-age=3600").max_age, Optional(3600));
  EXPECT_THAT(of("MaX-aGe=3600").max_age, Optional(3600));
  EXPECT_THAT(of("max-age=003600").max_age, Optional(3600));
  EXPECT_THAT(of("max-age=\"3600\"").max_age, Optional(3600));
  EXPECT_THAT(of("foobar, x=y, max-age=3600").max_age, Optional(3600));
  EXPECT_THAT(of("s-maxage=7").s_maxage, Optional(7));
  EXPECT_THAT(of("stale-while-revalidate=8").stale_while_revalidate, Optional(8));
  EXPECT_THAT(of("stale-if-error=9").stale_if_error, Optional(9));
  EXPECT_EQ(of("public").max_age, std::nullopt);
}

// RFC 9111, 1.2.2
TEST(CacheControl, HasDeltasUpTo31Bits) {
  EXPECT_THAT(of("max-age=2147483647").max_age, Optional(kMost - 1));
  EXPECT_THAT(of("max-age=2147483648").max_age, Optional(kMost));
  EXPECT_THAT(of("max-age=2147483649").max_age, Optional(kMost));
  EXPECT_THAT(of("max-age=99999999999").max_age, Optional(kMost));
  EXPECT_THAT(of("max-age=99999999999999999999999999").max_age, Optional(kMost));
}

// RFC 9111, 4.2.1: what cannot be read is stale.
TEST(CacheControl, HasDeltasOfNothingWhereTheyCannotBeRead) {
  for (const std::string_view text :
       {"max-age=-3600", "max-age=1.5", "max-age=3600.0", "max-age=a3600", "max-age=3600a",
        "max-age='3600'", "max-age= 3600", "max-age=", "max-age", "max-age=\"\"", "max-age=+1"}) {
    EXPECT_THAT(of(text).max_age, Optional(0)) << text;
  }
  EXPECT_EQ(of("max-age =3600").max_age, std::nullopt);
}

// RFC 9111, 4.2.1: the first of several.
TEST(CacheControl, CountsTheFirstOfSeveral) {
  EXPECT_THAT(of("max-age=1800, max-age=1").max_age, Optional(1800));
  EXPECT_THAT(of("max-age=1, max-age=1800").max_age, Optional(1));
  EXPECT_THAT(of("max-age=x, max-age=1800").max_age, Optional(0));
  const Fields lines = fields_of({{"Cache-Control", "max-age=1800"},
                                  {"X", "max-age=2"},
                                  {"cache-control", "max-age=1, no-cache"}});
  EXPECT_THAT(response_directives(lines).max_age, Optional(1800));
  EXPECT_TRUE(response_directives(lines).no_cache);
}

TEST(CacheControl, DoesNotLookIntoQuotedStrings) {
  EXPECT_THAT(of("extension=\"max-age=3600\", max-age=1").max_age, Optional(1));
  EXPECT_THAT(of("max-age=1, extension=\"max-age=3600\"").max_age, Optional(1));
  EXPECT_THAT(of("extension=\"a, max-age=3600, b\", max-age=1").max_age, Optional(1));
  EXPECT_THAT(of("extension=\"a\\\", no-store, b\", max-age=1").max_age, Optional(1));
  EXPECT_FALSE(of("extension=\"a\\\", no-store, b\", max-age=1").no_store);
}

TEST(CacheControl, ForbidsToStoreWhatNobodyCanRead) {
  EXPECT_TRUE(of("max-age=3600, extension=\"no-store").no_store);
  EXPECT_TRUE(of("extension=\"a\"b, max-age=3600").no_store);
  EXPECT_TRUE(of("extension=\"a\\").no_store);
}

TEST(CacheControl, NamesFields) {
  EXPECT_THAT(of("no-cache=\"Set-Cookie, X-A\"").no_cache_fields, ElementsAre("set-cookie", "x-a"));
  EXPECT_FALSE(of("no-cache=\"Set-Cookie, X-A\"").no_cache);
  EXPECT_THAT(of("private=\"a\", private=b").private_fields, ElementsAre("a", "b"));
  EXPECT_FALSE(of("private=\"a\", private=b").is_private);
  EXPECT_TRUE(of("private=\"a\", private").is_private);
}

TEST(CacheControl, MeansTheWholeResponseWhereNamesCannotBeRead) {
  for (const std::string_view text :
       {"private", "private=", "private=\"\"", "private=\"a b\"", "private=\"a", "private=\",\""}) {
    EXPECT_TRUE(of(text).is_private) << text;
  }
  EXPECT_TRUE(of("no-cache=\"a:\"").no_cache);
}

// ---- RFC 9213

TEST(TargetedCacheControl, HasDirectives) {
  const auto all =
      targeted("max-age=3600, s-maxage=5, must-revalidate, stale-if-error=7, foo=bar, no-store=?0");
  ASSERT_TRUE(all);
  EXPECT_THAT(all->max_age, Optional(3600));
  EXPECT_THAT(all->s_maxage, Optional(5));
  EXPECT_THAT(all->stale_if_error, Optional(7));
  EXPECT_TRUE(all->must_revalidate);
  EXPECT_FALSE(all->no_store);
  EXPECT_TRUE(targeted("no-store")->no_store);
  EXPECT_TRUE(targeted("private;x=1")->is_private);
  EXPECT_THAT(targeted("max-age=99999999999")->max_age, Optional(kMost));
  EXPECT_THAT(targeted("max-age=-1")->max_age, Optional(0));
  EXPECT_THAT(targeted("max-age=1, max-age=2")->max_age, Optional(2));
  EXPECT_THAT(targeted("max-age=\"1\", max-age=2")->max_age, Optional(2));
  EXPECT_THAT(targeted("no-cache=\"A, b\"")->no_cache_fields, ElementsAre("a", "b"));
  EXPECT_EQ(targeted("foo")->max_age, std::nullopt);
}

TEST(TargetedCacheControl, IsIgnoredWhereItCannotBeRead) {
  for (const std::string_view text :
       {"", "max-age=10000, &&&&&", "max-age=\"10000\"", "max-age=1.5", "max-age=a", "max-age",
        "max-age =100", "max-age= 100", "MaX-aGe=3600", "max-age=3600,", "no-store=1",
        "no-store=yes", "private=a", "max-age=1234567890123456"}) {
    EXPECT_FALSE(targeted(text)) << text;
  }
  EXPECT_FALSE(targeted_directives({}));
}

TEST(TargetedCacheControl, JoinsItsLines) {
  const Fields lines =
      fields_of({{"CDN-Cache-Control", "max-age=5"}, {"cdn-cache-control", "must-revalidate"}});
  EXPECT_THAT(targeted_directives(lines)->max_age, Optional(5));
  EXPECT_TRUE(targeted_directives(lines)->must_revalidate);
}

// ---- requests (RFC 9111, 5.2.1)

TEST(RequestCacheControl, HasDirectives) {
  EXPECT_TRUE(asked("no-store").no_store);
  EXPECT_TRUE(asked("No-Cache").no_cache);
  EXPECT_TRUE(asked("no-transform").no_transform);
  EXPECT_TRUE(asked("only-if-cached").only_if_cached);
  EXPECT_THAT(asked("max-age=5").max_age, Optional(5));
  EXPECT_THAT(asked("min-fresh=6").min_fresh, Optional(6));
  EXPECT_THAT(asked("max-stale=7").max_stale, Optional(7));
  EXPECT_THAT(asked("max-stale").max_stale, Optional(kMost));
  EXPECT_THAT(asked("stale-if-error=8").stale_if_error, Optional(8));
}

TEST(RequestCacheControl, AsksForNothingStaleWhereItCannotBeRead) {
  EXPECT_THAT(asked("max-age=x").max_age, Optional(0));
  EXPECT_EQ(asked("max-stale=x").max_stale, std::nullopt);
  EXPECT_EQ(asked("min-fresh=-5").min_fresh, std::nullopt);
  EXPECT_EQ(asked("stale-if-error").stale_if_error, std::nullopt);
}

// RFC 9111, 5.4
TEST(RequestCacheControl, IsPragmaWhereThereIsNone) {
  EXPECT_TRUE(request_directives(fields_of({{"Pragma", "no-cache"}})).no_cache);
  EXPECT_TRUE(request_directives(fields_of({{"pragma", "foo, No-Cache"}})).no_cache);
  EXPECT_FALSE(request_directives(fields_of({{"Pragma", "foo"}})).no_cache);
  EXPECT_FALSE(
      request_directives(fields_of({{"Pragma", "no-cache"}, {"Cache-Control", "x"}})).no_cache);
  EXPECT_FALSE(request_directives({}).no_cache);
}

TEST(Delta, IsDigitsOnly) {
  EXPECT_THAT(parse_delta("0"), Optional(0));
  EXPECT_THAT(parse_delta("00012"), Optional(12));
  EXPECT_THAT(parse_delta("4294967296"), Optional(kMost));
  for (const std::string_view text : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1,2"}) {
    EXPECT_EQ(parse_delta(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace larder::wire::http

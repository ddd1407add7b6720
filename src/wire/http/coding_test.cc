// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "wire/http/negotiation.h"
#include "wire/http/quality.h"
#include "wire/http/test_fields.h"

namespace larder::wire::http {
namespace {

constexpr Coding kZstd = Coding::kZstd;
constexpr Coding kBrotli = Coding::kBrotli;
constexpr Coding kGzip = Coding::kGzip;
constexpr Coding kIdentity = Coding::kIdentity;

Coding chosen(std::string_view accepted,
              const std::vector<Coding>& offered = {kZstd, kBrotli, kGzip}) {
  return choose_coding(fields_of({{"Accept-Encoding", accepted}}), offered);
}

TEST(Coding, IsTheFirstThatIsAccepted) {
  EXPECT_EQ(chosen("gzip"), kGzip);
  EXPECT_EQ(chosen("gzip, deflate, br"), kBrotli);
  EXPECT_EQ(chosen("gzip, deflate, br, zstd"), kZstd);
  EXPECT_EQ(chosen("GZIP"), kGzip);
  EXPECT_EQ(chosen("x-gzip"), kGzip);
  EXPECT_EQ(chosen("gzip", {kBrotli}), kIdentity);
  EXPECT_EQ(chosen("gzip", {}), kIdentity);
}

// RFC 9110, 12.5.3
TEST(Coding, IsTheOneOfTheBestQuality) {
  EXPECT_EQ(chosen("gzip;q=1.0, br;q=0.8"), kGzip);
  EXPECT_EQ(chosen("gzip;q=0.8, br;Q=0.9"), kBrotli);
  EXPECT_EQ(chosen("gzip ; q=0.8 , br ; q=0.9"), kBrotli);
  EXPECT_EQ(chosen("gzip;q=0"), kIdentity);
  EXPECT_EQ(chosen("gzip;q=0.0, br"), kBrotli);
  EXPECT_EQ(chosen("gzip;q=x, br;q=0.1"), kBrotli);
  EXPECT_EQ(chosen("gzip;q=2"), kIdentity);
}

TEST(Coding, IsAnyWithAStar) {
  EXPECT_EQ(chosen("*"), kZstd);
  EXPECT_EQ(chosen("*;q=0.1, gzip;q=0.2"), kGzip);
  EXPECT_EQ(chosen("*, zstd;q=0, br;q=0"), kGzip);
  EXPECT_EQ(chosen("*;q=0, gzip"), kGzip);
  EXPECT_EQ(chosen("*;q=0"), kIdentity);
}

TEST(Coding, IsNoneWhereThatIsLikedBetterOrNothingIsSaid) {
  EXPECT_EQ(chosen("identity, gzip;q=0.5"), kIdentity);
  EXPECT_EQ(chosen("identity, gzip"), kGzip);
  EXPECT_EQ(chosen("identity;q=0.5, *;q=0.5"), kZstd);
  EXPECT_EQ(chosen("identity;q=0, gzip"), kGzip);
  EXPECT_EQ(chosen("identity;q=0"), kIdentity);
  EXPECT_EQ(chosen(""), kIdentity);
  EXPECT_EQ(choose_coding({}, std::vector{kGzip}), kIdentity);
  EXPECT_EQ(choose_coding(fields_of({{"Accept-Encoding", "br;q=0.1"}, {"accept-encoding", "gzip"}}),
                          std::vector{kBrotli, kGzip}),
            kGzip);
}

TEST(Coding, HasAName) {
  EXPECT_EQ(text_of(kIdentity), "identity");
  EXPECT_EQ(text_of(kGzip), "gzip");
  EXPECT_EQ(text_of(kBrotli), "br");
  EXPECT_EQ(text_of(kZstd), "zstd");
}

TEST(Quality, HasThreeDigitsAtMost) {
  EXPECT_EQ(parse_quality("1"), 1000);
  EXPECT_EQ(parse_quality("1."), 1000);
  EXPECT_EQ(parse_quality("1.000"), 1000);
  EXPECT_EQ(parse_quality("0"), 0);
  EXPECT_EQ(parse_quality("0.5"), 500);
  EXPECT_EQ(parse_quality("0.05"), 50);
  EXPECT_EQ(parse_quality("0.123"), 123);
  for (const std::string_view text : {"", ".5", "2", "1.001", "0.1234", "01", "-0", "0,5", "0.x"}) {
    EXPECT_EQ(parse_quality(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace larder::wire::http

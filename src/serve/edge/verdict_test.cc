// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/verdict.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace larder::serve::edge {
namespace {

using Source = Outcome::Source;

constexpr unsigned kFirstStatus = 100;
constexpr unsigned kLastStatus = 599;

bool is_about_the_request(unsigned status) { return status == 412 || status == 416; }

// The same once more, as sentences.
Verdict expected_from_here(Source source, unsigned status) {
  if (source == Source::kRule) {
    if (status >= 300 && status < 400) return Verdict::kRedirectHit;
    return status >= 400 && !is_about_the_request(status) ? Verdict::kDenied : Verdict::kHit;
  }
  if (status == 304) return Verdict::kImsHit;
  if (status < 400 || is_about_the_request(status)) return Verdict::kHit;
  return Verdict::kNegativeHit;
}

Verdict expected(const Outcome& outcome) {
  if (outcome.status == 0) return Verdict::kNone;
  switch (outcome.source) {
    case Source::kNothing: return Verdict::kNone;
    case Source::kRule:
    case Source::kFile:
    case Source::kMemcached:
    case Source::kStored: return expected_from_here(outcome.source, outcome.status);
    case Source::kValidated: return Verdict::kRefreshHit;
    case Source::kMasked: return Verdict::kRefFailHit;
    case Source::kOrigin:
      if (outcome.bypassed) return Verdict::kClientRefreshMiss;
      return outcome.had_stored ? Verdict::kRefreshMiss : Verdict::kMiss;
    case Source::kFailure: return Verdict::kError;
  }
  return Verdict::kCount;
}

void expect_right(const Outcome& outcome) {
  EXPECT_EQ(text_of(verdict_of(outcome)), text_of(expected(outcome)))
      << "source " << static_cast<int>(outcome.source) << ", status " << outcome.status
      << ", had_stored " << outcome.had_stored << ", bypassed " << outcome.bypassed;
}

TEST(Verdict, EveryOutcomeHasOne) {
  for (int source = 0; source <= static_cast<int>(Source::kFailure); ++source) {
    for (const bool had_stored : {false, true}) {
      for (const bool bypassed : {false, true}) {
        Outcome outcome = {
            .source = static_cast<Source>(source), .had_stored = had_stored, .bypassed = bypassed};
        expect_right(outcome);
        for (outcome.status = kFirstStatus; outcome.status <= kLastStatus; ++outcome.status) {
          expect_right(outcome);
        }
      }
    }
  }
}

TEST(Verdict, A304OfAFreshObjectIsAnImsHit) {
  EXPECT_EQ(verdict_of({.source = Source::kStored, .status = 304}), Verdict::kImsHit);
  EXPECT_EQ(verdict_of({.source = Source::kStored, .status = 200}), Verdict::kHit);
  EXPECT_EQ(verdict_of({.source = Source::kStored, .status = 206}), Verdict::kHit);
  EXPECT_EQ(verdict_of({.source = Source::kValidated, .status = 304, .had_stored = true}),
            Verdict::kRefreshHit);
}

TEST(Verdict, AStoredErrorIsNegative) {
  EXPECT_EQ(verdict_of({.source = Source::kStored, .status = 404}), Verdict::kNegativeHit);
  EXPECT_EQ(verdict_of({.source = Source::kStored, .status = 416}), Verdict::kHit);
  EXPECT_EQ(verdict_of({.source = Source::kStored, .status = 301}), Verdict::kHit);
}

TEST(Verdict, WhatTheOriginDoes) {
  EXPECT_EQ(verdict_of({.source = Source::kOrigin, .status = 503}), Verdict::kMiss);
  EXPECT_EQ(verdict_of({.source = Source::kFailure, .status = 502}), Verdict::kError);
  EXPECT_EQ(verdict_of({.source = Source::kFailure, .status = 504, .had_stored = true}),
            Verdict::kError);
}

TEST(Verdict, NamesAreTheSeeds) {
  std::set<std::string> names;
  for (int i = 0; i < static_cast<int>(Verdict::kCount); ++i) {
    names.emplace(text_of(static_cast<Verdict>(i)));
  }
  EXPECT_EQ(names, (std::set<std::string>{
                       "TCP_HIT", "TCP_IMS_HIT", "TCP_REFRESH_HIT", "TCP_REF_FAIL_HIT",
                       "TCP_NEGATIVE_HIT", "TCP_REDIRECT_HIT", "TCP_MISS", "TCP_REFRESH_MISS",
                       "TCP_CLIENT_REFRESH_MISS", "TCP_ERROR", "TCP_DENIED", "TCP_NONE"}));
}

TEST(Verdict, HitsAreThoseOfTheRatio) {
  for (int i = 0; i < static_cast<int>(Verdict::kCount); ++i) {
    const auto verdict = static_cast<Verdict>(i);
    EXPECT_EQ(is_hit(verdict), text_of(verdict).ends_with("_HIT")) << text_of(verdict);
  }
}

}  // namespace
}  // namespace larder::serve::edge

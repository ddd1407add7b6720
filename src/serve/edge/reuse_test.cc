// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ostream>
#include <string_view>

#include "serve/edge/freshness.h"
#include "wire/http/test_fields.h"

namespace larder::serve::edge {

void PrintTo(Reuse reuse, std::ostream* out) {  // NOLINT: GoogleTest's name.
  constexpr std::string_view kTexts[] = {"serve", "serve and revalidate", "revalidate", "fetch",
                                         "refuse"};
  *out << kTexts[static_cast<std::size_t>(reuse)];
}

namespace {

using wire::http::RequestDirectives;

constexpr base::UnixMs kBorn = 784'111'777'000;
constexpr base::UnixMs kS = 1000;

// Fresh for 100 s from kBorn.
constexpr Freshness kPlain{.generated = kBorn, .lifetime_ms = 100 * kS};

Freshness changed(void (*change)(Freshness&)) {
  Freshness freshness = kPlain;
  change(freshness);
  return freshness;
}

RequestDirectives asked(std::string_view text) {
  return wire::http::request_directives(wire::http::fields_of({{"Cache-Control", text}}));
}

// `after_s` seconds of age, with a validator.
Reuse judged(const Freshness& freshness, std::int64_t after_s, std::string_view request = "",
             const CachePolicy& policy = {}) {
  const Stored stored{.freshness = freshness, .has_validator = true};
  return judge_reuse(asked(request), &stored, kBorn + after_s * kS, policy);
}

bool masked(const Freshness& freshness, std::int64_t after_s, std::string_view request = "",
            const CachePolicy& policy = {}) {
  const Stored stored{.freshness = freshness, .has_validator = true};
  return masks_error(asked(request), stored, kBorn + after_s * kS, policy);
}

// RFC 9111, 4.2: fresh as long as its lifetime exceeds its age.
TEST(Reuse, IsOfWhatIsFresh) {
  EXPECT_EQ(judged(kPlain, 0), Reuse::kServe);
  EXPECT_EQ(judged(kPlain, 99), Reuse::kServe);
  EXPECT_EQ(judged(kPlain, 100), Reuse::kRevalidate);
  EXPECT_EQ(judged(kPlain, 1'000'000), Reuse::kRevalidate);
  EXPECT_EQ(judged(kPlain, -5), Reuse::kServe);  // the clock was set back
}

TEST(Reuse, IsOfNothingStaleWithoutAValidator) {
  const Stored stored{.freshness = kPlain, .has_validator = false};
  EXPECT_EQ(judge_reuse({}, &stored, kBorn, {}), Reuse::kServe);
  EXPECT_EQ(judge_reuse({}, &stored, kBorn + 100 * kS, {}), Reuse::kFetch);
}

// RFC 9111, 5.2.2.4
TEST(Reuse, NeedsValidationEachTime) {
  const Freshness checked = changed([](Freshness& it) {
    it.needs_validation = true;
    it.while_revalidate_ms = it.if_error_ms = 100 * kS;
  });
  EXPECT_EQ(judged(checked, 0), Reuse::kRevalidate);
  EXPECT_EQ(judged(checked, 150), Reuse::kRevalidate);
  EXPECT_EQ(judged(checked, 0, "max-stale"), Reuse::kRevalidate);
  EXPECT_FALSE(masked(checked, 0));
  EXPECT_FALSE(masked(checked, 150));
}

// RFC 5861, 3
TEST(Reuse, IsStaleWhileRevalidating) {
  const Freshness window = changed([](Freshness& it) { it.while_revalidate_ms = 10 * kS; });
  EXPECT_EQ(judged(window, 99), Reuse::kServe);
  EXPECT_EQ(judged(window, 100), Reuse::kServeRevalidate);
  EXPECT_EQ(judged(window, 109), Reuse::kServeRevalidate);
  EXPECT_EQ(judged(window, 110), Reuse::kRevalidate);
}

// RFC 9111, 4.2.4: not even for a client that would take it.
TEST(Reuse, IsNeverStaleWhereThatIsForbidden) {
  const Freshness strict = changed([](Freshness& it) {
    it.must_revalidate = true;
    it.while_revalidate_ms = it.if_error_ms = 100 * kS;
  });
  EXPECT_EQ(judged(strict, 99), Reuse::kServe);
  EXPECT_EQ(judged(strict, 100), Reuse::kRevalidate);
  EXPECT_EQ(judged(strict, 101, "max-stale"), Reuse::kRevalidate);
  EXPECT_TRUE(masked(strict, 99));
  EXPECT_FALSE(masked(strict, 100));
  EXPECT_FALSE(masked(strict, 101, "stale-if-error=50"));
}

// RFC 9111, 5.2.1
TEST(Reuse, HeedsTheClient) {
  struct Row {
    std::string_view request;
    std::int64_t after_s;
    Reuse heeded;
    Reuse overlooked;
  };
  const Row rows[] = {
      {"no-cache", 1, Reuse::kRevalidate, Reuse::kServe},
      {"max-age=0", 1, Reuse::kRevalidate, Reuse::kServe},
      {"max-age=50", 50, Reuse::kServe, Reuse::kServe},
      {"max-age=50", 51, Reuse::kRevalidate, Reuse::kServe},
      {"min-fresh=50", 50, Reuse::kServe, Reuse::kServe},
      {"min-fresh=50", 51, Reuse::kRevalidate, Reuse::kServe},
      {"min-fresh=200", 0, Reuse::kRevalidate, Reuse::kServe},
      {"max-stale=50", 150, Reuse::kServe, Reuse::kRevalidate},
      {"max-stale=50", 151, Reuse::kRevalidate, Reuse::kRevalidate},
      {"max-stale", 1'000'000, Reuse::kServe, Reuse::kRevalidate},
      {"max-stale, max-age=50", 120, Reuse::kRevalidate, Reuse::kRevalidate},
      {"no-store", 1, Reuse::kServe, Reuse::kServe},
      {"nonsense", 1, Reuse::kServe, Reuse::kServe},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(judged(kPlain, row.after_s, row.request), row.heeded) << row.request;
    EXPECT_EQ(judged(kPlain, row.after_s, row.request, {.heed_client_refresh = false}),
              row.overlooked)
        << row.request;
  }
}

// RFC 8246
TEST(Reuse, DoesNotAskAgainForWhatIsImmutable) {
  const Freshness settled = changed([](Freshness& it) { it.immutable = true; });
  EXPECT_EQ(judged(settled, 1, "max-age=0"), Reuse::kServe);
  EXPECT_EQ(judged(settled, 100, "max-age=0"), Reuse::kRevalidate);
  EXPECT_EQ(judged(settled, 1, "no-cache"), Reuse::kRevalidate);
}

// RFC 9111, 5.2.1.7
TEST(Reuse, IsAllThatOnlyIfCachedAllows) {
  EXPECT_EQ(judge_reuse(asked("only-if-cached"), nullptr, kBorn, {}), Reuse::kRefuse);
  EXPECT_EQ(judge_reuse({}, nullptr, kBorn, {}), Reuse::kFetch);
  EXPECT_EQ(judged(kPlain, 1, "only-if-cached"), Reuse::kServe);
  EXPECT_EQ(judged(kPlain, 100, "only-if-cached"), Reuse::kRefuse);
  EXPECT_EQ(judged(kPlain, 1, "only-if-cached, max-age=0"), Reuse::kRefuse);
  EXPECT_EQ(judged(kPlain, 150, "only-if-cached, max-stale=60"), Reuse::kServe);
  EXPECT_EQ(judged(kPlain, 100, "only-if-cached", {.heed_client_refresh = false}), Reuse::kRefuse);
}

// RFC 5861, 4
TEST(MaskedError, IsWithinItsWindow) {
  const Freshness window = changed([](Freshness& it) { it.if_error_ms = 10 * kS; });
  EXPECT_TRUE(masked(window, 100));
  EXPECT_TRUE(masked(window, 109));
  EXPECT_FALSE(masked(window, 110));
  EXPECT_TRUE(masked(window, 105, "no-cache"));
  EXPECT_FALSE(masked(kPlain, 100));
}

TEST(MaskedError, HeedsTheClient) {
  const CachePolicy deaf{.heed_client_refresh = false};
  EXPECT_TRUE(masked(kPlain, 120, "stale-if-error=30"));
  EXPECT_FALSE(masked(kPlain, 130, "stale-if-error=30"));
  EXPECT_FALSE(masked(kPlain, 120, "stale-if-error=30", deaf));
  const Freshness window = changed([](Freshness& it) { it.if_error_ms = 10 * kS; });
  EXPECT_FALSE(masked(window, 105, "stale-if-error=0"));
  EXPECT_TRUE(masked(window, 105, "stale-if-error=0", deaf));
}

TEST(MaskedError, IsByWhatIsFreshUnlessTheClientWillNotHaveIt) {
  EXPECT_TRUE(masked(kPlain, 1));
  EXPECT_TRUE(masked(kPlain, 1, "max-age=0"));
  EXPECT_FALSE(masked(kPlain, 1, "no-cache"));
  EXPECT_TRUE(masked(kPlain, 1, "no-cache", {.heed_client_refresh = false}));
}

}  // namespace
}  // namespace larder::serve::edge

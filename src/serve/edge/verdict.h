// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "wire/http/negotiation.h"

namespace larder::serve::edge {

// What came of one request, told once it is over: the access log's sc-cachehit, in Squid's words.
enum class Verdict : std::uint8_t {
  kNone,  // the client left before there was one
  kHit,
  kImsHit,       // 304 from what is stored
  kRefreshHit,   // stale; the origin said 304
  kRefFailHit,   // stale; the origin failed
  kNegativeHit,  // an error that is stored
  kRedirectHit,  // a redirect of a rule
  kMiss,
  kRefreshMiss,        // stale; the origin sent another
  kClientRefreshMiss,  // passed to the origin without a look at the cache
  kError,              // nothing stored, and the origin failed
  kDenied,
  kCount,
};
std::string_view text_of(Verdict verdict) noexcept;  // `TCP_HIT`
bool is_hit(Verdict verdict) noexcept;               // counts in the numerator of the hit ratio

// Everything that decides it.
struct Outcome {
  enum class Source : std::uint8_t {
    kNothing,  // no response
    kRule,     // denied, limited, redirected, answered
    kFile,     // static root
    kMemcached,
    kStored,     // of the cache, as it was
    kValidated,  // of the cache, after the origin said 304
    kMasked,     // of the cache, for the origin failed
    kOrigin,     // as it came
    kFailure,    // our own page, for the origin failed
  };
  Source source = Source::kNothing;
  unsigned status = 0;
  bool had_stored = false;  // something stale was there
  bool bypassed = false;    // the cache was not asked
};
Verdict verdict_of(const Outcome& outcome) noexcept;  // total

}  // namespace larder::serve::edge

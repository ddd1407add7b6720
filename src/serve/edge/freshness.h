// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "serve/edge/policy.h"
#include "wire/http/cache_control.h"
#include "wire/http/head.h"

namespace larder::serve::edge {

// How long a stored response may be used, and for what (RFC 9111, 4.2; RFC 5861). Plain data: a
// part of every object. All in milliseconds.
//
//   generated           fresh until        stale: while revalidating     stale: if error
//   ────┼───────────────────────┼──────────────────────┼───────────────────────┼────────► now
//       └──── lifetime_ms ──────┴ while_revalidate_ms ─┘
//                               └──────────── if_error_ms ─────────────────────┘
struct Freshness {
  base::UnixMs generated = 0;  // the response's time less its age then: now - it is Age
  std::int64_t lifetime_ms = 0;
  std::int64_t while_revalidate_ms = 0;
  std::int64_t if_error_ms = 0;
  bool needs_validation = false;  // no-cache: each time, however fresh
  bool must_revalidate = false;   // never stale, whatever goes wrong: 504
  bool heuristic = false;         // nobody has said how long
  bool immutable = false;         // while fresh, a client's max-age is no reason to ask again
  bool operator==(const Freshness&) const = default;

  std::int64_t age_ms(base::UnixMs now) const { return now > generated ? now - generated : 0; }
  std::int64_t ttl_ms(base::UnixMs now) const { return lifetime_ms - age_ms(now); }
};

// ---- storing (RFC 9111, 3)

// A response and what it answers, as the one who decides to store it sees it.
struct Received {
  std::string_view method;
  const wire::http::Fields& request;
  unsigned status;
  const wire::http::Fields& response;
  base::UnixMs requested = 0;  // when the request was sent
  base::UnixMs received = 0;   // when its response's head came
};

struct Storing {
  enum class Verdict : std::uint8_t {
    kStore,
    kNoStore,  // the response says so, or is private
    kMethod,   // the method is none that is cached
    kStatus,   // a status that is not understood, or partial without what is needed
    kSetCookie,
    kVaryAll,        // Vary: *
    kUseless,        // neither fresh nor a validator
    kClient,         // the request says so: another's answer may be stored
    kAuthorization,  // the request has credentials: the same
  };
  Verdict verdict = Verdict::kUseless;
  Freshness freshness = {};
  // Fields that are not stored, in lower case, beside those of the connection, Age and what frames
  // the body: who asked may see them, nobody else (private="x", no-cache="x").
  std::vector<std::string> without = {};
};
Storing judge_storing(const Received& received, const CachePolicy& policy);
// Whether it says nothing of what others are answered.
constexpr bool is_of_one_request(Storing::Verdict verdict) {
  return verdict == Storing::Verdict::kClient || verdict == Storing::Verdict::kAuthorization;
}

// What a 304 makes of stored fields: those that it updates, in the stored lines (RFC 9111, 3.2).
// Date and Age are the 304's, or there is none: judged as a response that came just now, they are
// as fresh as the 304 says. An Age that is there must not be stored.
std::string updated_lines(std::string_view stored_lines, const wire::http::Fields& validated);

// ---- reuse (RFC 9111, 4)

struct Stored {
  const Freshness& freshness;
  bool has_validator = false;
};

enum class Reuse : std::uint8_t {
  kServe,            // fresh, or stale in a way that the client or the response allows
  kServeRevalidate,  // stale while a revalidation goes on behind it
  kRevalidate,       // ask the origin whether it still holds
  kFetch,            // of no use, not even for a validation
  kRefuse,           // only-if-cached: 504
};
// `stored` null: there is none.
Reuse judge_reuse(const wire::http::RequestDirectives& request, const Stored* stored,
                  base::UnixMs now, const CachePolicy& policy);
// Whether it may be served instead of an error: the origin cannot be reached, or says 500, 502,
// 503 or 504.
constexpr bool is_masked_error(unsigned status) {
  return status == 500 || (status >= 502 && status <= 504);
}
bool masks_error(const wire::http::RequestDirectives& request, const Stored& stored,
                 base::UnixMs now, const CachePolicy& policy);

// ---- invalidation (RFC 9111, 4.4)

bool is_safe(std::string_view method) noexcept;
// Whether a response to an unsafe method takes what is stored under its URL away, and under those
// of Location and Content-Location where they are of the same host.
bool invalidates(std::string_view method, unsigned status) noexcept;

}  // namespace larder::serve::edge

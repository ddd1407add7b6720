// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "serve/edge/freshness.h"
#include "wire/http/cache_control.h"

namespace larder::serve::edge {

// What a response says of how it may be stored: CDN-Cache-Control, or else Cache-Control with
// Expires (RFC 9213, 2.2).
struct StoringTerms {
  wire::http::ResponseDirectives directives;
  bool targeted = false;  // Expires says nothing then
};
StoringTerms storing_terms(const wire::http::Fields& response);

// How long it says itself that it is fresh, 0 included (RFC 9111, 4.2.1). Nothing: it does not.
std::optional<std::int64_t> explicit_lifetime_s(const Received& received,
                                                const StoringTerms& terms);

// Whether a lifetime may be guessed (RFC 9110, 15.1; RFC 9111, 4.2.2).
bool allows_heuristic(unsigned status, const StoringTerms& terms);

Freshness freshness_of(const Received& received, const StoringTerms& terms,
                       const CachePolicy& policy);

}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/lifetime.h"

#include <algorithm>
#include <array>
#include <string>

#include "wire/http/date.h"

namespace larder::serve::edge {
namespace {

using wire::http::Fields;
using wire::http::Name;
using wire::http::Seconds;

constexpr std::int64_t kMsPerS = 1000;
constexpr std::array kHeuristicStatuses = {200U, 203U, 204U, 300U, 301U, 308U,
                                           404U, 405U, 410U, 414U, 501U};

Seconds received_s(const Received& received) { return received.received / kMsPerS; }

std::optional<Seconds> date_of(const Received& received, Name name) {
  const std::optional<std::string_view> text = received.response.value(name);
  return text ? wire::http::parse_date(*text, received_s(received)) : std::nullopt;
}

// Without a Date that can be read, a response is of the moment when it came (RFC 9110, 6.6.1).
Seconds date_value(const Received& received) {
  return date_of(received, Name::kDate).value_or(received_s(received));
}

// The first of a list, in case several caches have written there; what is no number says nothing.
std::int64_t age_value_ms(const Fields& response) {
  if (!response.has(Name::kAge)) return 0;
  wire::http::Items ages(*response.value(Name::kAge));
  if (!ages.next()) return 0;
  return wire::http::parse_delta(ages.item()).value_or(0) * kMsPerS;
}

// RFC 9111, 4.2.3. A Date names a second, and the response may be from its end: what it took to
// come here is counted anyway, from when it was asked for.
std::int64_t initial_age_ms(const Received& received) {
  const base::UnixMs dated = date_value(received) * kMsPerS + (kMsPerS - 1);
  const std::int64_t delay = std::max<std::int64_t>(0, received.received - received.requested);
  const std::int64_t apparent = std::max<std::int64_t>(0, received.received - dated);
  return std::max(apparent, age_value_ms(received.response) + delay);
}

// One Expires that is a date is what it says. Anything else has expired (RFC 9111, 5.3).
std::int64_t expires_in_s(const Received& received) {
  if (received.response.count(Name::kExpires) != 1) return 0;
  const std::optional<Seconds> expires = date_of(received, Name::kExpires);
  return expires ? std::max<std::int64_t>(0, *expires - date_value(received)) : 0;
}

// RFC 9111, 4.2.2: a part of the time for which it has not changed.
std::int64_t heuristic_lifetime_s(const Received& received, const CachePolicy& policy) {
  const std::optional<Seconds> modified = date_of(received, Name::kLastModified);
  if (!modified) return 0;
  const Seconds unchanged = std::max<Seconds>(0, date_value(received) - *modified);
  return std::min(unchanged * policy.heuristic_percent / 100, policy.heuristic_max_s);
}

std::int64_t window_ms(std::optional<std::int64_t> said_s, std::optional<std::int64_t> else_s) {
  return said_s.value_or(else_s.value_or(0)) * kMsPerS;
}

}  // namespace

StoringTerms storing_terms(const Fields& response) {
  if (auto targeted = wire::http::targeted_directives(response)) {
    return {.directives = *std::move(targeted), .targeted = true};
  }
  return {.directives = wire::http::response_directives(response)};
}

std::optional<std::int64_t> explicit_lifetime_s(const Received& received,
                                                const StoringTerms& terms) {
  if (terms.directives.s_maxage) return terms.directives.s_maxage;
  if (terms.directives.max_age) return terms.directives.max_age;
  if (terms.targeted || !received.response.has(Name::kExpires)) return std::nullopt;
  return expires_in_s(received);
}

bool allows_heuristic(unsigned status, const StoringTerms& terms) {
  return terms.directives.is_public ||
         std::ranges::find(kHeuristicStatuses, status) != kHeuristicStatuses.end();
}

Freshness freshness_of(const Received& received, const StoringTerms& terms,
                       const CachePolicy& policy) {
  const wire::http::ResponseDirectives& said = terms.directives;
  const std::optional<std::int64_t> lifetime_s = explicit_lifetime_s(received, terms);
  const bool guesses = !lifetime_s && allows_heuristic(received.status, terms);
  const std::int64_t guessed_s = guesses ? heuristic_lifetime_s(received, policy) : 0;
  return {
      .generated = received.received - initial_age_ms(received),
      .lifetime_ms = lifetime_s.value_or(guessed_s) * kMsPerS,
      .while_revalidate_ms =
          window_ms(said.stale_while_revalidate, policy.stale_while_revalidate_s),
      .if_error_ms = window_ms(said.stale_if_error, policy.stale_if_error_s),
      .needs_validation = said.no_cache,
      // s-maxage says so, too (RFC 9111, 5.2.2.10).
      .must_revalidate = said.must_revalidate || said.proxy_revalidate || said.s_maxage,
      .heuristic = guessed_s != 0,
      .immutable = said.immutable,
  };
}

}  // namespace larder::serve::edge

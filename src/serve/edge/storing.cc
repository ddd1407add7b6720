// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "serve/edge/freshness.h"
#include "serve/edge/lifetime.h"
#include "wire/http/conditional.h"
#include "wire/http/negotiation.h"

namespace larder::serve::edge {
namespace {

using wire::http::Fields;
using wire::http::Name;
using wire::http::ResponseDirectives;
using Verdict = Storing::Verdict;

bool is_between(unsigned status, unsigned first, unsigned last) {
  return status >= first && status <= last;
}

// Answers to the conditions or the ranges of one request, which others have not (206, 304, 412,
// 416), and what is no final answer at all.
bool answers_one_request(unsigned status) {
  constexpr std::array kOfOne = {206U, 304U, 412U, 416U};
  return status < 200 || std::ranges::find(kOfOne, status) != kOfOne.end();
}

// The statuses of RFC 9110, 15: what they mean for a cache is known (RFC 9111, 5.2.2.3).
bool is_understood(unsigned status) {
  return is_between(status, 200, 205) || is_between(status, 300, 303) ||
         is_between(status, 307, 308) || is_between(status, 400, 411) ||
         is_between(status, 413, 417) || is_between(status, 421, 422) || status == 426 ||
         is_between(status, 500, 505);
}

// RFC 9111, 3: it says how long it is fresh, or that it is public, or has a status that says so.
bool is_storable(const Received& received, const StoringTerms& terms) {
  if (answers_one_request(received.status)) return false;
  if (terms.directives.must_understand && !is_understood(received.status)) return false;
  return explicit_lifetime_s(received, terms) || allows_heuristic(received.status, terms);
}

bool is_forbidden(const ResponseDirectives& said) {
  return said.is_private || (said.no_store && !said.must_understand);
}

bool is_forbidden_by_client(const Received& received, const CachePolicy& policy) {
  return policy.heed_client_refresh && wire::http::request_directives(received.request).no_store;
}

// RFC 9111, 3.5
bool lacks_permission(const Received& received, const ResponseDirectives& said) {
  return received.request.has(Name::kAuthorization) && !said.is_public && !said.must_revalidate &&
         !said.s_maxage;
}

// ---- fields that are not stored

// Whoever answers from the cache writes these anew, whatever a directive says of them.
bool is_ours(const std::string& name, const Fields& response) {
  const wire::http::Field field{.name = name, .value = {}, .known = wire::http::name_of(name)};
  return field.known == Name::kAge || field.known == Name::kContentLength ||
         wire::http::is_of_connection(field, response);
}

std::vector<std::string> fields_left_out(const Fields& response, const ResponseDirectives& said) {
  // Of one hop to a proxy (RFC 9111, 3.1).
  std::vector<std::string> names = {"proxy-authenticate", "proxy-authentication-info",
                                    "proxy-authorization"};
  names.insert(names.end(), said.private_fields.begin(), said.private_fields.end());
  names.insert(names.end(), said.no_cache_fields.begin(), said.no_cache_fields.end());
  std::erase_if(names, [&](const std::string& name) {
    return !response.value(name) || is_ours(name, response);
  });
  return names;
}

bool sets_cookie(const Fields& response, const std::vector<std::string>& without) {
  return response.has(Name::kSetCookie) &&
         std::ranges::find(without, "set-cookie") == without.end();
}

// ---- use

// Whether there is, or may be, a request that it answers.
bool is_useful(const Received& received, const Freshness& freshness) {
  const auto validators = wire::http::validators_of(received.response, received.received / 1000);
  if (validators.etag || validators.last_modified) return true;
  if (freshness.needs_validation) return false;
  const std::int64_t stale_ms =
      freshness.must_revalidate ? 0
                                : std::max(freshness.while_revalidate_ms, freshness.if_error_ms);
  return freshness.ttl_ms(received.received) + stale_ms > 0;
}

// What holds for all requests comes first.
Verdict verdict_of(const Received& received, const StoringTerms& terms, const Storing& storing,
                   const CachePolicy& policy) {
  const ResponseDirectives& said = terms.directives;
  if (received.method != "GET" && received.method != "HEAD") return Verdict::kMethod;
  if (!is_storable(received, terms)) return Verdict::kStatus;
  if (is_forbidden(said)) return Verdict::kNoStore;
  const bool keeps_cookies = policy.store_set_cookie && explicit_lifetime_s(received, terms);
  if (!keeps_cookies && sets_cookie(received.response, storing.without)) return Verdict::kSetCookie;
  if (wire::http::vary_names(received.response).by_all) return Verdict::kVaryAll;
  if (!is_useful(received, storing.freshness)) return Verdict::kUseless;
  if (is_forbidden_by_client(received, policy)) return Verdict::kClient;
  return lacks_permission(received, said) ? Verdict::kAuthorization : Verdict::kStore;
}

}  // namespace

Storing judge_storing(const Received& received, const CachePolicy& policy) {
  const StoringTerms terms = storing_terms(received.response);
  Storing storing;
  storing.freshness = freshness_of(received, terms, policy);
  storing.without = fields_left_out(received.response, terms.directives);
  storing.verdict = verdict_of(received, terms, storing, policy);
  return storing;
}

}  // namespace larder::serve::edge

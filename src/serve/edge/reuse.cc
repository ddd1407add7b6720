// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/freshness.h"

namespace larder::serve::edge {
namespace {

using wire::http::RequestDirectives;

constexpr std::int64_t kMsPerS = 1000;

// What is left where what is stored may not be used as it is.
Reuse otherwise(const RequestDirectives& request, const Stored& stored) {
  if (request.only_if_cached) return Reuse::kRefuse;
  return stored.has_validator ? Reuse::kRevalidate : Reuse::kFetch;
}

// Whether the client would have something newer (RFC 9111, 5.2.1).
bool wants_newer(const RequestDirectives& request, const Freshness& freshness, base::UnixMs now) {
  const bool is_settled = freshness.immutable && freshness.ttl_ms(now) > 0;  // RFC 8246
  if (request.no_cache) return true;
  const bool asks_again = request.max_age && *request.max_age == 0;  // so do browsers that reload
  if (request.max_age && !is_settled &&
      (asks_again || freshness.age_ms(now) > *request.max_age * kMsPerS)) {
    return true;
  }
  return request.min_fresh && freshness.ttl_ms(now) < *request.min_fresh * kMsPerS;
}

}  // namespace

Reuse judge_reuse(const RequestDirectives& request, const Stored* stored, base::UnixMs now,
                  const CachePolicy& policy) {
  if (stored == nullptr) return request.only_if_cached ? Reuse::kRefuse : Reuse::kFetch;
  const Freshness& freshness = stored->freshness;
  const bool heeds = policy.heed_client_refresh;
  if (freshness.needs_validation || (heeds && wants_newer(request, freshness, now))) {
    return otherwise(request, *stored);
  }
  const std::int64_t stale_ms = -freshness.ttl_ms(now);
  if (stale_ms < 0) return Reuse::kServe;
  if (freshness.must_revalidate) return otherwise(request, *stored);
  if (stale_ms < freshness.while_revalidate_ms) return Reuse::kServeRevalidate;
  const bool is_wanted = heeds && request.max_stale && stale_ms <= *request.max_stale * kMsPerS;
  return is_wanted ? Reuse::kServe : otherwise(request, *stored);
}

bool masks_error(const RequestDirectives& request, const Stored& stored, base::UnixMs now,
                 const CachePolicy& policy) {
  const Freshness& freshness = stored.freshness;
  if (freshness.needs_validation) return false;
  const bool heeds = policy.heed_client_refresh;
  const std::int64_t window_ms =
      heeds && request.stale_if_error ? *request.stale_if_error * kMsPerS : freshness.if_error_ms;
  const std::int64_t stale_ms = -freshness.ttl_ms(now);
  // Fresh, and asked for only because this client wanted it: better than nothing, unless it has
  // said that this is what it does not want.
  if (stale_ms < 0) return !(heeds && request.no_cache) || window_ms > 0;
  return !freshness.must_revalidate && stale_ms < window_ms;
}

}  // namespace larder::serve::edge

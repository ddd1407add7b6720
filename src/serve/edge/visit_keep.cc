// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// What passes the cache by, and still says something of what it has.
#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "serve/edge/cache_key.h"
#include "serve/edge/header_rules.h"
#include "serve/edge/refreshed.h"
#include "serve/edge/stored_fields.h"
#include "serve/edge/visit.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {

using wire::http::Name;

// 200 to HEAD, which went forward for what is stored is stale.
void Visit::heed_head(const wire::http::ResponseHead& head) {
  wire::http::FieldLines lines(fields_from_origin(*policy_, head, facts()));
  if (const auto length = head.fields.value(Name::kContentLength)) {
    lines.add(Name::kContentLength, *length);
  }
  refresh_by_head(edge_.store(),
                  {.key = key_,
                   .stored = *stale_,
                   .request = fields(),
                   .said = fields_of(lines.text()),
                   .requested = now(),
                   .received = now()},
                  policy_->cache);
}

// What answers POST, and is what GET of the same URI would have: 2xx alone says so by
// Content-Location (RFC 9110, 8.7 and 9.3.3).
bool Visit::may_keep_answer(const wire::http::ResponseHead& head) const {
  const CachePolicy& cache = policy_->cache;
  const auto location = head.fields.value(Name::kContentLocation);
  const bool is_success = head.status / 100 == 2;
  if (request().method != "POST" || !is_success || !cache.enabled || !location) return false;
  const auto holds_now = [this](const Condition& condition) {
    return holds(condition, request(), stream_.client());
  };
  if (std::ranges::any_of(cache.bypass, holds_now)) return false;
  if (std::ranges::any_of(cache.no_store, holds_now)) return false;
  std::string key;
  append_cache_key(key, cache.key, request());
  return related_key(cache.key, request(), *location) == key;
}

// As its body goes out. A purge of whatever URL in the meantime is one of this, to be on the safe
// side: it is looked for behind the storing, so that none is missed.
void Visit::keep_answer(const wire::http::ResponseHead& head, http::Response& response) {
  const std::string lines = fields_from_origin(*policy_, head, facts());
  const wire::http::Fields passed = fields_of(lines);
  const Storing storing = judge_storing({.method = "GET",
                                         .request = fields(),
                                         .status = head.status,
                                         .response = passed,
                                         .requested = now(),
                                         .received = now()},
                                        policy_->cache);
  const bool is_said = !storing.freshness.heuristic && storing.freshness.lifetime_ms > 0;
  if (storing.verdict != Storing::Verdict::kStore || !is_said || response.body == nullptr) return;
  const auto validators = wire::http::validators_of(passed, now() / 1000);
  const ObjectHead object{.id = edge_.store().new_id(),
                          .freshness = storing.freshness,
                          .status = static_cast<std::uint16_t>(head.status),
                          .has_strong_validator = validators.etag && !validators.etag->weak,
                          .has_validator = validators.etag || validators.last_modified};
  append_cache_key(key_, policy_->cache.key, request());
  kept_.emplace(*response.body, limits::kInlineBodyBytes,
                [this, object, stored = stored_lines(passed, storing.without, now()),
                 vary = wire::http::vary_names(passed),
                 purges = edge_.fills().purges()](std::string_view body) {
                  edge_.store().put(
                      key_, fields(),
                      {.head = object, .field_lines = stored, .body = body, .vary = vary}, now());
                  if (edge_.fills().purges() != purges) edge_.store().remove(key_, now());
                });
  response.body = &*kept_;
}

}  // namespace larder::serve::edge

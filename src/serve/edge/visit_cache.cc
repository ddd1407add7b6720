// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "serve/edge/cache_key.h"
#include "serve/edge/stored_fields.h"
#include "serve/edge/visit.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {
namespace {

using wire::http::CacheStatus;
using wire::http::Name;
using wire::http::text_of;

bool holds_any(const std::vector<Condition>& conditions, const http::Request& request,
               const http::Client& client) {
  return std::ranges::any_of(
      conditions, [&](const Condition& condition) { return holds(condition, request, client); });
}

}  // namespace

bool Visit::asks_cache() const {
  const CachePolicy& cache = policy_->cache;
  const bool has_body = request().has_body && request().body_bytes != 0;
  if (!cache.enabled || request().wants_upgrade || has_body) return false;
  if (request().method != "GET" && !is_head()) return false;
  // They are about what the origin has, and not about what is stored (RFC 9111, 4.3.2).
  if (fields().has(Name::kIfMatch) || fields().has(Name::kIfUnmodifiedSince)) return false;
  return !holds_any(cache.bypass, request(), stream_.client());
}

void Visit::look_up() {
  constexpr unsigned kMostLooks = 3;  // what was found may be gone again each time
  if (++looks_ > kMostLooks) return pass();
  LookedUp found = edge_.store().find(key_, fields(), now());
  if (found.state == LookedUp::State::kObject && is_usable(found.object))
    return use_object(std::move(found.object));
  told_.forward = found.state == LookedUp::State::kVaryMiss ? CacheStatus::Forward::kVaryMiss
                                                            : CacheStatus::Forward::kUriMiss;
  if (directives_.only_if_cached) return answer_error(kGatewayTimeout, "nothing is stored");
  const bool alone = found.state == LookedUp::State::kHitForMiss || is_alone();
  if (alone || !is_worth_storing()) return pass();
  join();
}

// Whether what answers it is nobody else's.
bool Visit::is_alone() const {
  const bool says_so = policy_->cache.heed_client_refresh && directives_.no_store;
  if (is_head() || says_so) return true;
  return fields().has(Name::kAuthorization) && edge_.store().is_marked_authorized(key_, now());
}

// Parts that are not there can be fetched, where it is sure that they are of the same body.
bool Visit::is_usable(const Object& object) const {
  const ObjectHead& head = object.head();
  if (head.inline_body) return true;
  const bool may_fetch = !directives_.only_if_cached;
  if (may_fetch && head.status == kOk && head.has_strong_validator) return true;
  return has_all_parts(edge_.store(), head, now());
}

// Whether enough have asked for it, and nothing says that it is not to be stored.
bool Visit::is_worth_storing() {
  const CachePolicy& cache = policy_->cache;
  if (holds_any(cache.no_store, request(), stream_.client())) return false;
  return cache.min_uses <= 1 || edge_.store().note_use(key_, now()) >= cache.min_uses;
}

Reuse Visit::judge(const Object& object) const {
  const ObjectHead& head = object.head();
  const Stored stored{.freshness = head.freshness, .has_validator = head.has_validator};
  return judge_reuse(directives_, &stored, now(), policy_->cache);
}

void Visit::use_object(Object object) {
  const ObjectHead& head = object.head();
  switch (judge(object)) {
    case Reuse::kServe: return serve_object(std::move(object), Outcome::Source::kStored);
    case Reuse::kServeRevalidate:
      if (is_head() || !is_alone()) revalidate_behind();
      return serve_object(std::move(object), Outcome::Source::kStored);
    case Reuse::kRevalidate:
    case Reuse::kFetch:
      outcome_.had_stored = true;
      told_.forward = !head.freshness.needs_validation && head.freshness.ttl_ms(now()) > 0
                          ? CacheStatus::Forward::kRequest
                          : CacheStatus::Forward::kStale;
      stale_ = std::move(object);
      return is_alone() ? pass() : join();
    case Reuse::kRefuse: return answer_error(kGatewayTimeout, "what is stored is not fresh");
  }
}

// ---- a stored response

void Visit::serve_object(Object object, Outcome::Source source) {
  stored_ = std::move(object);
  const ObjectHead& head = stored_->head();
  outcome_.source = source;
  told_.hit = source == Outcome::Source::kStored;  // and not forwarded (RFC 9211, 2.1)
  if (told_.hit) told_.forward = CacheStatus::Forward::kNone;
  if (intercepts(head.status)) return intercept(head.status, stored_->field_lines());
  if (head.status == kOk) {
    if (has_conditions() && meets_condition(stored_->field_lines(), true))
      return answer_unchanged(stored_->field_lines(), &head.freshness);
    if (fields().has(Name::kRange) && serve_range()) return;
  }
  if (!is_head() && head.body_bytes != 0 && waits_for_part(0, head.body_bytes - 1)) return;
  const std::string_view lines = stored_->field_lines();
  const std::string ours = our_lines(&head.freshness);
  http::Response response{.status = head.status, .body_bytes = head.body_bytes};
  if (!is_head() && head.body_bytes != 0) put_body(response);
  send({lines, ours}, std::move(response));
}

// From where it lies, if that is one place.
void Visit::put_body(http::Response& response) {
  if (stored_->head().inline_body && stored_->is_contiguous()) {
    response.whole = stored_->inline_body();
    response.frozen = stored_->frozen();
    response.pin = stored_->take_pin();
    return;
  }
  put_ranges(response, {{.first = 0, .last = stored_->head().body_bytes - 1}}, {});
}

// Those bytes of what is stored, which the body holds from now on.
RangeBody& Visit::put_ranges(http::Response& response, std::vector<wire::http::ByteRange> ranges,
                             std::string_view content_type) {
  const ObjectHead& head = stored_->head();
  PartialBody of{.id = head.id, .bytes = head.body_bytes};
  if (!head.inline_body) of.etag = strong_etag_of(stored_->field_lines()).value_or("");
  parts_.emplace(
      edge_.store(), stream_.loop(), of, ranges,
      [this, of](const FillSpan& span, bool alone) { return fill_parts(of, span, alone); });
  auto body = std::make_unique<RangeBody>(*std::exchange(stored_, std::nullopt), std::move(ranges),
                                          content_type, &*parts_);
  RangeBody& put = *body;
  if (!head.inline_body) parts_->supply(put);
  response.body = body.get();
  body_ = std::move(body);
  return put;
}

bool Visit::has_conditions() const {
  return fields().has(Name::kIfNoneMatch) || fields().has(Name::kIfModifiedSince);
}

// Whether a response with those lines is what the client has. Only of what is stored the Date may
// stand for a Last-Modified (RFC 9111, 4.3.2; RFC 9110, 13.1.3).
bool Visit::meets_condition(std::string_view lines, bool is_stored) const {
  const wire::http::Seconds seconds = now() / 1000;
  const wire::http::Fields stored = fields_of(lines);
  wire::http::Validators validators = wire::http::validators_of(stored, seconds);
  if (!is_stored) validators.date.reset();
  return wire::http::judge(fields(), request().method, validators, seconds) ==
         wire::http::Condition::kNotModified;
}

// 304, without what describes a body that does not come (RFC 9110, 15.4.5).
void Visit::answer_unchanged(std::string_view lines, const Freshness* stored) {
  wire::http::FieldLines kept{std::string(lines)};
  for (const Name name : {Name::kContentType, Name::kContentEncoding}) kept.remove(text_of(name));
  kept.remove("Content-Language");
  send({kept.text(), our_lines(stored)}, {.status = kNotModified});
}

// 206, 416. False: the whole is to be sent.
bool Visit::serve_range() {
  if (request().method != "GET") return false;
  const wire::http::Seconds seconds = now() / 1000;
  const wire::http::Fields stored = fields_of(stored_->field_lines());
  if (!wire::http::if_range_holds(fields(), wire::http::validators_of(stored, seconds), seconds)) {
    return false;
  }
  const std::uint64_t size = stored_->head().body_bytes;
  wire::http::RangeSet set = wire::http::parse_range(*fields().value(Name::kRange), size);
  switch (set.state) {
    case wire::http::RangeSet::State::kWhole: return false;
    case wire::http::RangeSet::State::kUnsatisfiable: refuse_range(size); return true;
    case wire::http::RangeSet::State::kSome: send_ranges(std::move(set.ranges)); return true;
  }
  return false;
}

void Visit::send_ranges(std::vector<wire::http::ByteRange> ranges) {
  const std::uint64_t size = stored_->head().body_bytes;
  const wire::http::ByteRange first = ranges.front();
  if (waits_for_part(first.first, first.last)) return;
  const std::string ours = our_lines(&stored_->head().freshness);
  wire::http::FieldLines lines{std::string(stored_->field_lines())};
  const std::string type(fields_of(stored_->field_lines()).value(Name::kContentType).value_or(""));
  http::Response response{.status = kPartialContent};
  const RangeBody& body = put_ranges(response, std::move(ranges), type);
  response.body_bytes = body.size();
  if (body.is_multipart()) {
    lines.set(text_of(Name::kContentType), body.response_type());
  } else {
    lines.add(Name::kContentRange, content_range_of(first, size));
  }
  send({lines.text(), ours}, std::move(response));
}

// Not one of the bytes that are asked for is there.
void Visit::refuse_range(std::uint64_t size) {
  wire::http::FieldLines lines;
  lines.add(Name::kContentRange, fmt::format("bytes */{}", size));
  send({lines.text(), date_line(now()), our_lines(nullptr)},
       {.status = kRangeNotSatisfiable, .body_bytes = 0});
}

}  // namespace larder::serve::edge

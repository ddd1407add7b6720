// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "serve/edge/fill.h"
#include "serve/edge/fills.h"
#include "serve/edge/header_rules.h"
#include "serve/edge/origin_request.h"
#include "serve/edge/refreshed.h"
#include "serve/edge/stored_fields.h"
#include "wire/http/conditional.h"

// What the head of a response makes of a fill.
namespace larder::serve::edge {
namespace {

constexpr unsigned kNotModified = 304;

bool offers_ranges(std::string_view field_lines) {
  const auto units = fields_of(field_lines).value(wire::http::Name::kAcceptRanges);
  return units && wire::http::lists(*units, "bytes");
}

}  // namespace

FillHead Fill::judge(const wire::http::ResponseHead& head) {
  if (terms_.span.id != 0) return judge_more(head);
  FillHead judged{.status = head.status};
  if (head.status == kNotModified && terms_.revalidates) {
    refresh(head, owner_.now());
    judged.verdict = FillHead::Verdict::kNotModified;
    judged.validated = terms_.revalidates->head().id;
    return judged;
  }
  describe_body(head, judged);
  describe(head, judged);
  return judged;
}

void Fill::describe(const wire::http::ResponseHead& head, FillHead& judged) {
  const base::UnixMs now = owner_.now();
  wire::http::FieldLines all(fields_from_origin(*terms_.policy, head, request_facts()));
  const wire::http::Fields changed = fields_of(all.text());
  const Storing storing = judge_storing({.method = terms_.request.request().method,
                                         .request = terms_.request.fields(),
                                         .status = judged.part ? kOk : judged.status,
                                         .response = changed,
                                         .requested = requested_,
                                         .received = now},
                                        terms_.policy->cache);
  const bool fits = judged.body_bytes.value_or(0) <= terms_.policy->cache.most_bytes;
  const bool storable = terms_.stores && fits && storing.verdict == Storing::Verdict::kStore;
  judged.freshness = storing.freshness;
  judged.is_of_one_request = is_of_one_request(storing.verdict);
  const bool is_range = judged.part || judged.status != head.status;
  if (is_range) all.remove(text_of(wire::http::Name::kContentRange));
  const std::string lines = compress(judged, std::string(all.text()));
  const wire::http::Fields passed = fields_of(lines);
  std::vector<std::string> own = storing.without;
  own.emplace_back("age");  // as an earlier cache has said it
  wire::http::FieldLines own_lines(lines_of(passed, own));
  add_sticky_cookie(own_lines, terms_.policy->origin, fetch_->facts());
  judged.own_lines = own_lines.text();
  judged.field_lines = stored_lines(passed, storing.without, now);
  judged.vary = wire::http::vary_names(passed);
  judged.selecting = wire::http::selecting_text(terms_.request.fields(), judged.vary.names);
  if (storable) judged.verdict = verdict_of(judged);
}

// What is longer than a fill may retain is stored in parts, as they are asked for, or not at all.
FillHead::Verdict Fill::verdict_of(const FillHead& head) const {
  const bool is_long = head.body_bytes.value_or(0) > fills_.most_bytes_of_one();
  if (!head.part && !is_long) return FillHead::Verdict::kStorable;
  const bool has_parts = head.part || (head.status == kOk && offers_ranges(head.field_lines));
  return has_parts && strong_etag_of(head.field_lines) ? FillHead::Verdict::kPartial
                                                       : FillHead::Verdict::kPrivate;
}

// A range that is all of it is no part.
void Fill::describe_body(const wire::http::ResponseHead& head, FillHead& judged) const {
  judged.verdict = FillHead::Verdict::kPrivate;
  const wire::http::Framed framed = wire::http::frame(head, terms_.request.request().method);
  const bool has_length = framed.framing.kind == wire::http::Framing::Kind::kLength;
  if (has_length) judged.body_bytes = framed.framing.length;
  const bool has_none = framed.framing.kind == wire::http::Framing::Kind::kNone;
  if (has_none && head.status != kNotModified) judged.body_bytes = 0;
  if (head.status != kPartialContent) return;
  const auto part = judge_first_parts(head.fields, terms_.span);
  if (!part || (has_length && framed.framing.length != part->range.size())) return;
  judged.body_bytes = part->size;
  judged.part = part->range;
  if (part->range.size() != *part->size) return;
  judged.status = kOk;
  judged.part.reset();
}

// In the coding that the request, which says one alone, is answered in. → its lines.
std::string Fill::compress(FillHead& judged, std::string lines) const {
  const CompressPolicy& policy = terms_.policy->cache.compress;
  if (!is_compressible(policy, judged.status, lines, judged.body_bytes)) return lines;
  judged.coding = wire::http::choose_coding(terms_.request.fields(), policy.codings);
  if (judged.coding != wire::http::Coding::kIdentity) judged.body_bytes.reset();
  return compressed_lines(lines, judged.coding);
}

LogFacts Fill::request_facts() const {
  static const http::Sent kNothing;
  return {.client = terms_.request.client(),
          .request = terms_.request.request(),
          .sent = kNothing,
          .site = terms_.site,
          .now = owner_.now()};
}

// What is stored holds on, with what the origin says of it now.
void Fill::refresh(const wire::http::ResponseHead& head, base::UnixMs now) {
  const std::string lines = fields_from_origin(*terms_.policy, head, request_facts());
  const std::scoped_lock lock(mutex_);
  if (purged_) return;
  refresh_stored(store_,
                 {.key = terms_.key,
                  .stored = *terms_.revalidates,
                  .request = terms_.request.fields(),
                  .said = fields_of(lines),
                  .requested = requested_,
                  .received = now},
                 terms_.policy->cache);
}

// An error says nothing about what is stored, and a range nothing about the whole. Another response
// does, even one that cannot be stored.
void Fill::forget_stored(unsigned status, base::UnixMs now) {
  constexpr unsigned kServerErrors = 500;
  constexpr unsigned kRangeNotSatisfiable = 416;
  if (status == kPartialContent || status == kRangeNotSatisfiable) return;
  const std::scoped_lock lock(mutex_);
  if (purged_ || (terms_.has_stored && status >= kServerErrors)) return;
  if (terms_.revalidates) store_.remove(terms_.key, now);
  store_.mark_hit_for_miss(terms_.key, now + terms_.policy->cache.hit_for_miss_ms, now);
}

// Requests with credentials need not wait for one another's; those without are not concerned.
void Fill::mark_authorized(base::UnixMs now) {
  if (!terms_.request.fields().has(wire::http::Name::kAuthorization)) return;
  store_.mark_authorized(terms_.key, now + terms_.policy->cache.hit_for_miss_ms, now);
}

}  // namespace larder::serve::edge

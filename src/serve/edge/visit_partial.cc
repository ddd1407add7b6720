// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "base/limits.h"
#include "serve/edge/origin_request.h"
#include "serve/edge/partial.h"
#include "serve/edge/visit.h"

namespace larder::serve::edge {

using wire::http::CacheStatus;
using wire::http::Name;

// What a fill is to bring for this request, where nothing is stored.
FillSpan Visit::wanted_span() const {
  const auto range = fields().value(Name::kRange);
  if (!range || request().method != "GET") return {};
  FillSpan span = span_of(*range).value_or(FillSpan{});
  span.apart = wants_apart_;
  return span;
}

// Before anything is said: whether the first part that is asked for has to come from the origin,
// which may not have that body any more.
bool Visit::waits_for_part(std::uint64_t first, std::uint64_t last) {
  const ObjectHead& head = stored_->head();
  const bool has_asked = fill_ != nullptr;
  if (has_asked || head.inline_body) return false;
  const auto missing = find_missing(edge_.store(), head, {.first = first, .last = last}, now());
  const std::uint64_t number = first / limits::kPartBytes;
  if (!missing || missing->numbers.front() != number) return false;
  const PartialBody body{.id = head.id,
                         .bytes = head.body_bytes,
                         .etag = std::string(strong_etag_of(stored_->field_lines()).value_or(""))};
  if (body.etag.empty()) return false;
  const FillSpan span{
      .id = body.id, .first = number, .last = missing->range.last / limits::kPartBytes};
  fill_ = join_parts(body, span);
  if (fill_ == nullptr) return false;
  stored_.reset();
  told_.hit = false;
  told_.forward = CacheStatus::Forward::kPartial;
  began_fill_ = false;
  waiter_ = fill_->wait(stream_.loop(), [this] { decided(); });
  if (waiter_ == nullptr) decided();
  return true;
}

// What is known of the body is stored by now, and its parts are on their way.
void Visit::serve_partial() {
  LookedUp found = edge_.store().find(key_, fields(), now());
  if (found.state != LookedUp::State::kObject) return look_again();
  if (!may_share(found.object.head().freshness)) return pass_instead();
  told_.forward_status = kPartialContent;
  told_.stored = true;
  serve_object(std::move(found.object), Outcome::Source::kOrigin);
  stop_waiting();
}

// Of a response that is on its way: whether it would be long before it came to that.
bool Visit::is_far_ahead(const wire::http::ByteRange& range) const {
  if (began_fill_ || wants_apart_) return false;
  return range.first > fill_->received() + limits::kFillWindowBytes;
}

// On its way from now on; null: see join_parts.
std::shared_ptr<Fill> Visit::fill_parts(const PartialBody& body, const FillSpan& span, bool alone) {
  if (alone) {
    const std::shared_ptr<Fill> own = make_part_fill(body, span);
    own->start();
    return own;
  }
  return join_parts(body, span);
}

// On its way from now on. Null: whoever has brought the first of them has left between our own look
// and this one.
std::shared_ptr<Fill> Visit::join_parts(const PartialBody& body, const FillSpan& span) {
  const Fills::Joined joined =
      edge_.fills().join(key_, span.front(), span, [&]() -> std::shared_ptr<Fill> {
        const bool has_come = edge_.store().has_part(body.id, span.first, now());
        return has_come ? nullptr : make_part_fill(body, span);
      });
  if (joined.begun) joined.fill->start();
  return joined.fill;
}

// Parts of what has been replaced or purged meanwhile are of no use to others.
std::shared_ptr<Fill> Visit::make_part_fill(const PartialBody& body, const FillSpan& span) {
  FillTerms terms = fill_terms(span);
  terms.body = body;
  terms.outgoing = fill_request(*policy_, facts(), nullptr);
  terms.outgoing.field_lines += partial_request_lines(range_of(span, body), body.etag).text();
  LookedUp stored = edge_.store().find(key_, fields(), now());
  terms.stores = stored.state == LookedUp::State::kObject && stored.object.head().id == body.id;
  if (terms.stores) terms.revalidates = std::move(stored.object);
  return std::make_shared<Fill>(edge_.fills(), edge_.store(), stream_.loop(), std::move(terms));
}

}  // namespace larder::serve::edge

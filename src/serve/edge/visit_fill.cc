// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "serve/edge/origin_request.h"
#include "serve/edge/stored_fields.h"
#include "serve/edge/visit.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {

void Visit::join() {
  const FillSpan span = wanted_span();
  const Fills::Joined joined =
      edge_.fills().join(key_, span.front(), span, [&] { return make_fill(span, false); });
  if (joined.fill == nullptr) return look_up();
  fill_ = joined.fill;
  began_fill_ = joined.begun;
  told_.collapsed = !joined.begun;
  waiter_ = fill_->wait(
      stream_.loop(), [this] { decided(); },
      [this](unsigned status, std::string_view lines) { stream_.inform(status, lines); });
  if (joined.begun) fill_->start();
  if (waiter_ == nullptr) decided();
}

FillTerms Visit::fill_terms(const FillSpan& span) const {
  return {.key = key_,
          .request = KeptRequest(request(), stream_.client()),
          .site = site_->name,
          .policy = {snapshot_, policy_},
          .upstream = policy_->origin.upstream,
          .outgoing = {},
          .choice = choice_for(request(), stream_.client(), policy_->origin),
          .span = span,
          .origin_log = find_log(policy_->origin_log),
          .errors = edge_.errors()};
}

// Null: what it would bring is stored by now. Whoever has brought it may have left between our own
// look and this one.
std::shared_ptr<Fill> Visit::make_fill(const FillSpan& span, bool keeps_alone) const {
  LookedUp stored = edge_.store().find(key_, fields(), now());
  const bool is_there = stored.state == LookedUp::State::kObject;
  if (is_there && is_usable(stored.object) && judge(stored.object) == Reuse::kServe) return nullptr;
  FillTerms terms = fill_terms(span);
  terms.keeps_alone = keeps_alone;
  terms.has_stored = is_there;
  const bool asks = is_there && stored.object.head().has_validator;
  terms.outgoing = fill_request(*policy_, facts(), asks ? &stored.object : nullptr);
  if (asks) terms.revalidates = std::move(stored.object);
  if (!span.is_whole()) add_range(terms.outgoing, span);
  return std::make_shared<Fill>(edge_.fills(), edge_.store(), stream_.loop(), std::move(terms));
}

// Nobody waits for it. One at a time is enough.
void Visit::revalidate_behind() {
  const Fills::Joined joined =
      edge_.fills().join(key_, {}, {}, [this] { return make_fill({}, true); });
  if (joined.begun) joined.fill->start();
}

// The head is here: every waiter judges it for itself.
void Visit::decided() {
  const std::shared_ptr<Fill> stays = fill_;  // its head is read to the end of this
  const FillHead& head = *stays->head();
  facts_ = stays->facts();
  switch (head.verdict) {
    case FillHead::Verdict::kStorable:
      if (!fits(head)) return look_again();
      return may_share(head.freshness) ? read_along(head) : pass_instead();
    case FillHead::Verdict::kPartial:
      return began_fill_ && !head.part ? read_along(head) : serve_partial();
    case FillHead::Verdict::kPrivate: return began_fill_ ? read_along(head) : pass_instead();
    case FillHead::Verdict::kNotModified: leave_fill(); return serve_validated(head.validated);
    case FillHead::Verdict::kFailed: return mask_or_fail(head);
    case FillHead::Verdict::kAbandoned: return look_again();
  }
}

bool Visit::fits(const FillHead& head) const {
  if (began_fill_) return true;
  if (head.vary.by_all) return false;
  return wire::http::selecting_text(fields(), head.vary.names) == head.selecting;
}

// Whether what came for another may answer this one as well (RFC 9111, 4): as if it had been stored
// already, but that it is new enough for whoever has asked for something new.
bool Visit::may_share(const Freshness& freshness) const {
  if (began_fill_) return true;
  wire::http::RequestDirectives asked = directives_;
  asked.no_cache = false;
  if (asked.max_age == 0) asked.max_age.reset();
  const Stored stored{.freshness = freshness};
  const Reuse reuse = judge_reuse(asked, &stored, now(), policy_->cache);
  return reuse == Reuse::kServe || reuse == Reuse::kServeRevalidate;
}

void Visit::look_again() {
  leave_fill();
  look_up();
}

void Visit::pass_instead() {
  leave_fill();
  told_.collapsed = false;
  pass();
}

// The origin says that object `id` holds on. Whoever asked is answered by it, even if it has to be
// validated each time. Who joined may want another variant.
void Visit::serve_validated(ObjectId id) {
  LookedUp found = edge_.store().find(key_, fields(), now());
  if (found.state != LookedUp::State::kObject) return look_up();
  const ObjectHead& object = found.object.head();
  if (object.id != id || !may_share(object.freshness)) return look_up();
  told_.forward_status = kNotModified;
  serve_object(std::move(found.object), Outcome::Source::kValidated);
}

void Visit::read_along(const FillHead& head) {
  if (is_masked_error(head.status) && serves_stale_instead(head.status)) return leave_fill();
  if (intercepts(head.status)) {
    outcome_.source = Outcome::Source::kOrigin;
    told_.forward_status = head.status;
    return intercept(head.status, head.field_lines);
  }
  if (is_unchanged(head)) return;
  if (const auto range = wanted_range(head)) return read_range(head, *range);
  const bool is_of_no_use =
      head.status == kPartialContent && fields().has(wire::http::Name::kRange);
  if (is_of_no_use) return pass_instead();
  std::unique_ptr<Fill::Reader> reader = fill_->read(stream_.loop());
  if (reader == nullptr) return pass_instead();  // it has gone on without us
  stop_waiting();
  outcome_.source = Outcome::Source::kOrigin;
  told_.forward_status = head.status;
  told_.stored = head.verdict == FillHead::Verdict::kStorable;
  body_ = std::move(reader);
  // Whoever joined it is answered by what came for another: from then on it has an age.
  const bool is_first = began_fill_;
  send({head.field_lines, is_first ? std::string_view(head.own_lines) : std::string_view(),
        our_lines(is_first ? nullptr : &head.freshness)},
       {.status = head.status, .body_bytes = head.body_bytes, .body = body_.get()});
}

// 304: conditions come before ranges (RFC 9110, 13.2.2).
bool Visit::is_unchanged(const FillHead& head) {
  const bool is_ok = head.status == kOk || head.part;
  if (!is_ok || !has_conditions()) return false;
  const bool is_stored = head.verdict == FillHead::Verdict::kStorable;
  if (!meets_condition(head.field_lines, is_stored)) return false;
  outcome_.source = Outcome::Source::kOrigin;
  told_.forward_status = head.status;
  told_.stored = is_stored;
  answer_unchanged(head.field_lines, nullptr);
  stop_waiting();
  return true;
}

// The one range that is asked for of a response whose size is known; of several the whole is sent.
std::optional<wire::http::ByteRange> Visit::wanted_range(const FillHead& head) const {
  const auto range = fields().value(wire::http::Name::kRange);
  const bool has_ranges = head.status == kOk || head.part;
  if (!range || !has_ranges || !head.body_bytes || *head.body_bytes == 0) return {};
  const wire::http::RangeSet set = wire::http::parse_range(*range, *head.body_bytes);
  if (set.state != wire::http::RangeSet::State::kSome || set.ranges.size() != 1) return {};
  const wire::http::Seconds seconds = now() / 1000;
  const wire::http::Fields response = fields_of(head.field_lines);
  const wire::http::Validators validators = wire::http::validators_of(response, seconds);
  if (!wire::http::if_range_holds(fields(), validators, seconds)) return {};
  if (head.part &&
      (set.ranges.front().first < head.part->first || set.ranges.front().last > head.part->last)) {
    return {};
  }
  return set.ranges.front();
}

// From the middle of what is on its way.
void Visit::read_range(const FillHead& head, const wire::http::ByteRange& range) {
  if (is_far_ahead(range)) {
    wants_apart_ = true;
    return look_again();
  }
  std::unique_ptr<Fill::Reader> reader = fill_->read(stream_.loop(), range.first, range.last);
  if (reader == nullptr) return pass_instead();
  stop_waiting();
  outcome_.source = Outcome::Source::kOrigin;
  told_.forward_status = head.status;
  told_.stored = head.verdict == FillHead::Verdict::kStorable;
  body_ = std::move(reader);
  wire::http::FieldLines lines;
  lines.add(wire::http::Name::kContentRange, content_range_of(range, *head.body_bytes));
  send({head.field_lines, lines.text(), our_lines(nullptr)},
       {.status = kPartialContent, .body_bytes = range.size(), .body = body_.get()});
}

void Visit::mask_or_fail(const FillHead& head) {
  leave_fill();
  if (serves_stale_instead(0)) return;
  fail(head.failure);
}

// Of an error with that status; 0: there was no response.
bool Visit::serves_stale_instead(unsigned status) {
  if (!stale_) return false;
  const ObjectHead& head = stale_->head();
  const Stored stored{.freshness = head.freshness, .has_validator = head.has_validator};
  if (!masks_error(directives_, stored, now(), policy_->cache)) return false;
  told_.forward_status = status;
  serve_object(*std::exchange(stale_, std::nullopt), Outcome::Source::kMasked);
  return true;
}

void Visit::stop_waiting() {
  if (waiter_ != nullptr) fill_->stop_waiting(std::exchange(waiter_, nullptr));
}

void Visit::leave_fill() {
  stop_waiting();
  fill_ = nullptr;
}

}  // namespace larder::serve::edge

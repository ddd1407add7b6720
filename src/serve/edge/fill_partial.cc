// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "serve/edge/fill.h"
#include "serve/edge/fills.h"

namespace larder::serve::edge {
namespace {

std::uint64_t first_part_from(std::uint64_t byte) {
  return (byte + limits::kPartBytes - 1) / limits::kPartBytes;
}

}  // namespace

// The answer where parts of a stored body were asked for. What it says of the body is as new as a
// 304 would be (RFC 9111, 3.4).
FillHead Fill::judge_more(const wire::http::ResponseHead& head) {
  FillHead judged{.verdict = FillHead::Verdict::kFailed,
                  .status = head.status,
                  .body_bytes = terms_.body.bytes,
                  .failure = origin::FetchFailure::kBadResponse};
  const wire::http::ByteRange asked = range_of(terms_.span, terms_.body);
  switch (judge_partial(head.status, head.fields, asked, terms_.body.etag, terms_.body.bytes)) {
    case PartialReply::kParts:
      if (terms_.revalidates) refresh(head, owner_.now());
      judged.verdict = FillHead::Verdict::kPartial;
      judged.part = asked;
      break;
    case PartialReply::kWhole:
    case PartialReply::kChanged:
      drop_changed();
      judged.verdict = FillHead::Verdict::kAbandoned;
      break;
    case PartialReply::kFailed: break;
  }
  return judged;
}

// Unless another has taken its place.
void Fill::drop_changed() {
  const std::scoped_lock lock(mutex_);
  const base::UnixMs now = owner_.now();
  const LookedUp found = store_.find(terms_.key, terms_.request.fields(), now);
  const bool is_there =
      found.state == LookedUp::State::kObject && found.object.head().id == terms_.body.id;
  if (is_there) store_.remove(terms_.key, now);
}

// Where what comes lies in the body, and what becomes of it.
void Fill::begin_body(const FillHead& head) {
  const bool is_partial = head.verdict == FillHead::Verdict::kPartial;
  const bool is_whole = !head.part;
  is_retained_ = (is_partial && !is_whole) || head.verdict == FillHead::Verdict::kStorable;
  is_storable_ = is_retained_ && terms_.stores;
  {
    const std::scoped_lock lock(mutex_);
    end_ = head.body_bytes;
    if (head.part) {
      end_ = head.part->last + 1;
      // Parts begin where their numbers say; the end of a body may have been asked for before that.
      begin_ = head.part->first;
      if (is_partial) begin_ = first_part_from(begin_) * limits::kPartBytes;
      skip_ = begin_ - head.part->first;
      received_ = begin_;
    }
  }
  id_ = terms_.span.id;
  if (id_ != 0) return;
  if (is_partial || is_retained_) id_ = store_.new_id();
  if (!is_partial && is_retained_) fills_.settle(*this, {});  // it is the whole, whatever was asked
  if (is_partial) store_partial_head(head);
}

// From now on whoever looks finds the body, and of its parts those that are there. A purge since
// then has the last word.
void Fill::store_partial_head(const FillHead& head) {
  const std::scoped_lock lock(mutex_);
  id_ = id_of_same_body(head).value_or(id_);
  const FillSpan span{
      .id = id_, .first = begin_ / limits::kPartBytes, .last = (*end_ - 1) / limits::kPartBytes};
  if (is_retained_) fills_.settle(*this, span);
  if (purged_) return;
  ObjectHead stored = object_head(head);
  stored.status = kOk;
  stored.body_bytes = *head.body_bytes;
  stored.inline_body = false;
  store_.put(terms_.key, terms_.request.fields(),
             {.head = stored, .field_lines = head.field_lines, .body = {}, .vary = head.vary},
             owner_.now());
}

// Of a body that is stored by now: parts of both are of one (RFC 9111, 3.4).
std::optional<ObjectId> Fill::id_of_same_body(const FillHead& head) const {
  const LookedUp found = store_.find(terms_.key, terms_.request.fields(), owner_.now());
  if (found.state != LookedUp::State::kObject) return {};
  const ObjectHead& stored = found.object.head();
  const bool is_alike =
      stored.status == kOk && !stored.inline_body && stored.body_bytes == *head.body_bytes &&
      strong_etag_of(found.object.field_lines()) == strong_etag_of(head.field_lines);
  return is_alike ? std::optional(stored.id) : std::nullopt;
}

std::string_view Fill::beyond_skipped(std::string_view bytes) {
  const std::size_t skipped = std::min<std::uint64_t>(skip_, bytes.size());
  skip_ -= skipped;
  return bytes.substr(skipped);
}

// What is shorter or longer than its head says is not stored.
bool Fill::is_as_announced() const { return !end_ || received_ == *end_; }
bool Fill::fits_announced(std::size_t bytes) const {
  return !end_ || bytes <= skip_ + (*end_ - received_);
}

// Others may have the memory: from now on it comes as its readers take it.
void Fill::stop_storing() {
  is_retained_ = is_storable_ = false;
  if (terms_.keeps_alone) look_for_readers();
}

}  // namespace larder::serve::edge

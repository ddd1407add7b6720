// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/fill.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "serve/edge/fills.h"
#include "serve/edge/header_rules.h"
#include "serve/edge/origin_request.h"
#include "serve/edge/refreshed.h"
#include "serve/edge/stored_fields.h"
#include "wire/http/conditional.h"

namespace larder::serve::edge {

Fill::Fill(Fills& fills, ObjectStore& store, io::Loop& owner, FillTerms terms)
    : fills_(fills), store_(store), owner_(owner), terms_(std::move(terms)) {
  if (terms_.span.id == 0) return;
  begin_ = received_ = range_of(terms_.span, terms_.body).first;
}

Fill::~Fill() {
  LARDER_CHECK(fetch_ == nullptr);
  fills_.give(taken_);
}

void Fill::start() {
  self_ = shared_from_this();
  slots_ = fills_.slots_of(terms_.site);
  const auto go = [fill = self_] { fill->owner_.post([fill] { fill->ask(); }); };
  switch (slots_->ask(this, go, terms_.policy->cache.parallel_fills)) {
    case FillSlots::Turn::kNow: return ask();
    case FillSlots::Turn::kLater: waits_for_turn_ = true; return;
    case FillSlots::Turn::kNever: break;
  }
  decide({.verdict = FillHead::Verdict::kFailed, .failure = origin::FetchFailure::kQueueFull});
  finish(State::kFailed);
}

// It is its turn, unless it has ended while it waited.
void Fill::ask() {
  waits_for_turn_ = false;
  has_turn_ = true;
  if (self_ == nullptr) return give_turn();
  requested_ = owner_.now();
  fetch_ = origin::fetch(owner_, terms_.upstream, std::move(terms_.outgoing), terms_.choice, *this);
}

void Fill::give_turn() {
  if (std::exchange(has_turn_, false)) slots_->give();
}

// ---- the head

void Fill::responded(const wire::http::ResponseHead& head, http::BodySource& body) {
  if (has_given_up()) return;
  body_ = &body;
  FillHead judged = judge(head);
  const FillHead::Verdict verdict = judged.verdict;
  if (judged.coding != wire::http::Coding::kIdentity) {
    compressed_ =
        std::make_unique<CompressedBody>(body, judged.coding, terms_.policy->cache.compress);
    body_ = compressed_.get();
  }
  begin_body(judged);
  decide(std::move(judged));
  switch (verdict) {
    case FillHead::Verdict::kNotModified: return finish(State::kWhole);
    case FillHead::Verdict::kFailed:
    case FillHead::Verdict::kAbandoned: return finish(State::kFailed);
    case FillHead::Verdict::kPrivate:
    case FillHead::Verdict::kStorable:
    case FillHead::Verdict::kPartial: break;
  }
  if (!is_retained_) give_turn();  // it lasts as long as its reader likes
  if (terms_.keeps_alone && !is_storable_) look_for_readers();
  body_->read_by(this);
  pump();
}

// For all who wait now (RFC 9110, 15.2). Whoever comes later has missed it.
void Fill::informed(const wire::http::ResponseHead& head) {
  if (has_given_up()) return;
  const auto lines = std::make_shared<const std::string>(
      fields_from_origin(*terms_.policy, head, request_facts()));
  std::vector<std::shared_ptr<Waiter>> waiters;
  {
    const std::scoped_lock lock(mutex_);
    waiters = waiters_;
  }
  for (const std::shared_ptr<Waiter>& waiter : waiters) {
    waiter->loop->post([waiter, lines, status = head.status] {
      if (waiter->decided && waiter->informed) waiter->informed(status, *lines);
    });
  }
}

void Fill::failed(origin::FetchFailure failure) {
  if (has_given_up()) return;
  {
    const std::scoped_lock lock(mutex_);
    facts_ = fetch_->facts();
  }
  decide({.verdict = FillHead::Verdict::kFailed, .failure = failure});
  finish(State::kFailed);
}

void Fill::decide(FillHead head) {
  const base::UnixMs now = owner_.now();
  const FillHead::Verdict verdict = head.verdict;
  const bool is_of_use =
      verdict == FillHead::Verdict::kStorable || verdict == FillHead::Verdict::kPartial;
  // Before nobody joins it any more, who would else begin another one.
  if (verdict == FillHead::Verdict::kPrivate && terms_.stores) {
    head.is_of_one_request ? mark_authorized(now) : forget_stored(head.status, now);
  }
  if (!is_of_use || !is_retained_) fills_.close(*this);
  std::vector<std::shared_ptr<Waiter>> waiters;
  {
    const std::scoped_lock lock(mutex_);
    if (fetch_ != nullptr) facts_ = fetch_->facts();
    state_ = State::kFilling;
    head_ = std::move(head);
    waiters = waiters_;
  }
  const auto tell = [](const std::shared_ptr<Waiter>& waiter) {
    if (const Decided decided = std::exchange(waiter->decided, nullptr)) decided();
  };
  for (const std::shared_ptr<Waiter>& waiter : waiters) {
    waiter->loop->post([waiter, tell] { tell(waiter); });
  }
}

std::shared_ptr<Fill::Waiter> Fill::wait(io::Loop& loop, Decided decided, Informed informed) {
  const std::scoped_lock lock(mutex_);
  if (head_) return nullptr;
  waiters_.push_back(
      std::make_shared<Waiter>(Waiter{&loop, std::move(decided), std::move(informed)}));
  return waiters_.back();
}

void Fill::stop_waiting(const std::shared_ptr<Waiter>& waiter) {
  waiter->decided = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    std::erase(waiters_, waiter);
  }
  look_for_readers();
}

const FillHead* Fill::head() const {
  const std::scoped_lock lock(mutex_);
  return head_ ? &*head_ : nullptr;
}

std::uint64_t Fill::received() const {
  const std::scoped_lock lock(mutex_);
  return received_;
}

origin::FetchFacts Fill::facts() const {
  const std::scoped_lock lock(mutex_);
  return facts_;
}

void Fill::purge() {
  const std::scoped_lock lock(mutex_);
  purged_ = true;
}

// ---- the body, on the owner's loop

void Fill::pump() {
  const auto stays = shared_from_this();
  bool brought = false;
  while (body_ != nullptr) {
    const std::size_t room = room_ahead();
    if (room == 0) break;
    const http::Pulled pulled = body_->pull(room);
    if (pulled.state == http::Pulled::State::kLater) break;
    if (pulled.state == http::Pulled::State::kEnd) {
      return finish(is_as_announced() ? State::kWhole : State::kFailed);
    }
    if (pulled.state == http::Pulled::State::kFailed) {
      tell_of_cut();
      return finish(State::kFailed);
    }
    if (!fits_announced(pulled.bytes.size())) return finish(State::kFailed);
    append(beyond_skipped(pulled.bytes));
    brought = true;
  }
  if (brought) wake_readers();
}

// How much may be pulled: whatever comes where it is retained, else up to the window.
std::size_t Fill::room_ahead() {
  if (is_retained_) return limits::kPartBytes;
  const std::scoped_lock lock(mutex_);
  std::uint64_t slowest =
      waiters_.empty() ? received_ : begin_;  // who waits will read from the start
  for (const auto& place : places_) slowest = std::min(slowest, place->offset);
  while (!parts_.empty() && parts_.front()->begin + parts_.front()->size <= slowest &&
         parts_.front()->size == parts_.front()->capacity) {
    parts_.pop_front();
  }
  const std::uint64_t ahead = received_ - slowest;  // a reader of a range may be far ahead
  is_paused_ = ahead >= limits::kFillWindowBytes;
  if (is_paused_) watch_for_stalls();
  return is_paused_ ? 0 : limits::kFillWindowBytes - static_cast<std::size_t>(ahead);
}

void Fill::append(std::string_view bytes) {
  while (!bytes.empty()) {
    Part& part = part_with_room();
    const std::size_t taken = std::min(bytes.size(), part.capacity - part.size);
    std::memcpy(part.bytes.get() + part.size, bytes.data(), taken);
    bytes.remove_prefix(taken);
    const std::scoped_lock lock(mutex_);
    part.size += taken;
    received_ += taken;
  }
  if (is_storable_ && received_ > terms_.policy->cache.most_bytes) stop_storing();
  store_full_parts();
}

// Parts of a body are stored by their numbers: each begins where the one before is full.
Fill::Part& Fill::part_with_room() {
  if (!parts_.empty() && parts_.back()->size < parts_.back()->capacity) return *parts_.back();
  auto part = std::make_shared<Part>();
  part->begin = received_;
  part->capacity = limits::kPartBytes;
  if (end_ && *end_ > received_) {
    part->capacity =
        static_cast<std::size_t>(std::min<std::uint64_t>(part->capacity, *end_ - received_));
  }
  part->bytes = std::make_unique_for_overwrite<char[]>(part->capacity);
  if (is_retained_ && !take_memory(part->capacity)) stop_storing();
  const std::scoped_lock lock(mutex_);
  parts_.push_back(std::move(part));
  return *parts_.back();
}

// Of all that is retained at a time: one fill may have half of it.
bool Fill::take_memory(std::size_t bytes) {
  if (taken_ + bytes > fills_.most_bytes_of_one() || !fills_.take(bytes)) return false;
  taken_ += bytes;
  return true;
}

// ---- into the store

bool Fill::is_inline() const {
  if (head_->part) return false;
  const std::uint64_t known = std::max(received_, head_->body_bytes.value_or(0));
  return known <= limits::kInlineBodyBytes;
}

void Fill::store_full_parts() {
  if (!is_storable_ || is_inline()) return;
  while (stored_parts_ < parts_.size() && is_storable_) {
    const Part& part = *parts_[stored_parts_];
    if (part.size < limits::kPartBytes) return;
    store_part(part);
  }
}

void Fill::store_part(const Part& part) {
  const std::uint64_t number = begin_ / limits::kPartBytes + stored_parts_;
  is_storable_ = store_.put_part(id_, number, {part.bytes.get(), part.size}, owner_.now());
  ++stored_parts_;
}

// Which is shorter where the body ends.
void Fill::store_last_part() {
  if (is_storable_ && !is_inline() && stored_parts_ < parts_.size())
    store_part(*parts_[stored_parts_]);
}

// What is older than a purge is not stored: it is looked for and stored under one lock.
void Fill::store_whole() {
  const bool at_once = is_inline();
  const std::scoped_lock lock(mutex_);
  if (!is_storable_ || purged_) return;
  ObjectHead head = object_head(*head_);
  head.body_bytes = received_;
  head.inline_body = at_once;
  std::string_view body;
  if (at_once && !parts_.empty()) body = {parts_.front()->bytes.get(), parts_.front()->size};
  store_.put(terms_.key, terms_.request.fields(),
             {.head = head, .field_lines = head_->field_lines, .body = body, .vary = head_->vary},
             owner_.now());
}

void Fill::log_fetch() const {
  if (terms_.origin_log == nullptr || fetch_ == nullptr) return;
  const origin::FetchFacts facts = fetch_->facts();
  LogFacts line = request_facts();
  line.fetch = &facts;
  terms_.origin_log->write(owner_.number(), line);
}

void Fill::tell_of_cut() const {
  if (terms_.errors == nullptr) return;
  terms_.errors->write(ErrorLog::Level::kError,
                       fmt::format("{}: {}: the response to {} was cut off: {}", terms_.site,
                                   terms_.policy->origin.name, terms_.request.request().path,
                                   fetch_->facts().servers),
                       owner_.now());
}

ObjectHead Fill::object_head(const FillHead& head) const {
  const wire::http::Fields fields = fields_of(head.field_lines);
  const wire::http::Validators validators = wire::http::validators_of(fields, owner_.now() / 1000);
  return {.id = id_,
          .freshness = head.freshness,
          .status = static_cast<std::uint16_t>(head.status),
          .has_strong_validator = validators.etag && !validators.etag->weak,
          .has_validator = validators.etag || validators.last_modified};
}

void Fill::finish(State state) {
  const auto stays = std::move(self_);
  if (state == State::kWhole) store_last_part();
  if (state == State::kWhole && head_->verdict == FillHead::Verdict::kStorable) store_whole();
  fills_.close(*this);
  log_fetch();
  if (stall_check_) owner_.cancel(*std::exchange(stall_check_, std::nullopt));
  if (waits_for_turn_) slots_->leave(this);
  give_turn();
  {
    const std::scoped_lock lock(mutex_);
    state_ = state;
    if (fetch_ != nullptr) facts_ = fetch_->facts();
    if (body_ != nullptr && state == State::kWhole) head_->trailer = body_->trailer();
  }
  if (body_ != nullptr) body_->read_by(nullptr);
  body_ = nullptr;
  if (compressed_ != nullptr) compressed_->read_by(nullptr);
  // The fetch may be the caller of this, and knows this until it is gone.
  owner_.post([stays, fetch = std::shared_ptr<origin::Fetch>(std::move(fetch_)),
               body = std::shared_ptr<CompressedBody>(std::move(compressed_))]() mutable {
    body = nullptr;  // which reads from the fetch
    fetch = nullptr;
  });
  wake_readers();
}

}  // namespace larder::serve::edge

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
    : fills_(fills), store_(store), owner_(owner), terms_(std::move(terms)) {}

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
  is_storable_ = is_retained_ = verdict == FillHead::Verdict::kStorable;
  if (is_storable_) id_ = store_.new_id();
  decide(std::move(judged));
  if (verdict == FillHead::Verdict::kNotModified) return finish(State::kWhole);
  if (!is_retained_) give_turn();  // it lasts as long as its reader likes
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

FillHead Fill::judge(const wire::http::ResponseHead& head) {
  const base::UnixMs now = owner_.now();
  FillHead judged{.status = head.status};
  const Storing storing = judge_storing({.method = terms_.request.request().method,
                                         .request = terms_.request.fields(),
                                         .status = head.status,
                                         .response = head.fields,
                                         .requested = requested_,
                                         .received = now},
                                        terms_.policy->cache);
  constexpr unsigned kNotModified = 304;
  if (head.status == kNotModified && terms_.revalidates) {
    refresh(head, now);
    judged.verdict = FillHead::Verdict::kNotModified;
    return judged;
  }
  const wire::http::Framed framed = wire::http::frame(head, terms_.request.request().method);
  if (framed.framing.kind == wire::http::Framing::Kind::kLength) {
    judged.body_bytes = framed.framing.length;
  } else if (framed.framing.kind == wire::http::Framing::Kind::kNone &&
             head.status != kNotModified) {
    judged.body_bytes = 0;
  }
  const bool fits = judged.body_bytes.value_or(0) <= terms_.policy->cache.most_bytes;
  const bool storable = terms_.stores && fits && storing.verdict == Storing::Verdict::kStore;
  judged.verdict = storable ? FillHead::Verdict::kStorable : FillHead::Verdict::kPrivate;
  judged.freshness = storing.freshness;
  const std::string lines =
      compress(judged, fields_from_origin(*terms_.policy, head, request_facts()));
  const wire::http::Fields passed = fields_of(lines);
  std::vector<std::string> own = storing.without;
  own.emplace_back("age");  // as an earlier cache has said it
  wire::http::FieldLines own_lines(lines_of(passed, own));
  add_sticky_cookie(own_lines, terms_.policy->origin, fetch_->facts());
  judged.own_lines = own_lines.text();
  judged.field_lines = stored_lines(passed, storing.without, now);
  judged.vary = wire::http::vary_names(passed);
  judged.selecting = wire::http::selecting_text(terms_.request.fields(), judged.vary.names);
  return judged;
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
  const std::scoped_lock lock(mutex_);
  if (purged_) return;
  refresh_stored(store_,
                 {.key = terms_.key,
                  .stored = *terms_.revalidates,
                  .request = terms_.request.fields(),
                  .said = head.fields,
                  .requested = requested_,
                  .received = now},
                 terms_.policy->cache);
}

void Fill::decide(FillHead head) {
  const base::UnixMs now = owner_.now();
  const FillHead::Verdict verdict = head.verdict;
  if (verdict != FillHead::Verdict::kStorable) fills_.close(*this);
  if (verdict == FillHead::Verdict::kPrivate && terms_.stores) forget_stored(head.status, now);
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

// An error says nothing about what is stored. Another response does, even one that cannot be.
void Fill::forget_stored(unsigned status, base::UnixMs now) {
  constexpr unsigned kServerErrors = 500;
  const std::scoped_lock lock(mutex_);
  if (purged_ || (terms_.revalidates && status >= kServerErrors)) return;
  if (terms_.revalidates) store_.remove(terms_.key, now);
  store_.mark_hit_for_miss(terms_.key, now + terms_.policy->cache.hit_for_miss_ms, now);
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
    if (pulled.state == http::Pulled::State::kEnd) return finish(State::kWhole);
    if (pulled.state == http::Pulled::State::kFailed) {
      tell_of_cut();
      return finish(State::kFailed);
    }
    append(pulled.bytes);
    brought = true;
  }
  if (brought) wake_readers();
}

// How much may be pulled: whatever comes where it is retained, else up to the window.
std::size_t Fill::room_ahead() {
  if (is_retained_) return limits::kPartBytes;
  const std::scoped_lock lock(mutex_);
  std::uint64_t slowest = waiters_.empty() ? received_ : 0;  // who waits will read from the start
  for (const auto& place : places_) slowest = std::min(slowest, place->offset);
  while (!parts_.empty() && parts_.front()->begin + parts_.front()->size <= slowest &&
         parts_.front()->size == parts_.front()->capacity) {
    parts_.pop_front();
  }
  const std::uint64_t ahead = received_ - slowest;  // a reader of a range may be far ahead
  is_paused_ = ahead >= limits::kFillWindowBytes;
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
  store_full_parts();
}

// Parts of a body are stored by their numbers: each begins where the one before is full.
Fill::Part& Fill::part_with_room() {
  if (!parts_.empty() && parts_.back()->size < parts_.back()->capacity) return *parts_.back();
  auto part = std::make_shared<Part>();
  part->begin = received_;
  part->capacity = limits::kPartBytes;
  if (head_->body_bytes && *head_->body_bytes > received_) {
    part->capacity = static_cast<std::size_t>(
        std::min<std::uint64_t>(part->capacity, *head_->body_bytes - received_));
  }
  part->bytes = std::make_unique_for_overwrite<char[]>(part->capacity);
  if (is_retained_ && !take_memory(part->capacity)) is_retained_ = is_storable_ = false;
  const std::scoped_lock lock(mutex_);
  parts_.push_back(std::move(part));
  return *parts_.back();
}

// Of all that is retained at a time: one fill may have half of it.
bool Fill::take_memory(std::size_t bytes) {
  if (taken_ + bytes > fills_.most_bytes() / 2 || !fills_.take(bytes)) return false;
  taken_ += bytes;
  return true;
}

// ---- into the store

bool Fill::is_inline() const {
  const std::uint64_t known = std::max(received_, head_->body_bytes.value_or(0));
  return known <= limits::kInlineBodyBytes;
}

void Fill::store_full_parts() {
  if (!is_storable_ || is_inline()) return;
  while (stored_parts_ < parts_.size() && is_storable_) {
    const Part& part = *parts_[stored_parts_];
    if (part.size < limits::kPartBytes) return;
    is_storable_ = store_.put_part(id_, stored_parts_, {part.bytes.get(), part.size}, owner_.now());
    ++stored_parts_;
  }
}

// What is older than a purge is not stored: it is looked for and stored under one lock.
void Fill::store_whole() {
  const bool at_once = is_inline();
  if (!at_once && stored_parts_ < parts_.size()) {
    const Part& last = *parts_[stored_parts_];
    is_storable_ = store_.put_part(id_, stored_parts_, {last.bytes.get(), last.size}, owner_.now());
  }
  const std::scoped_lock lock(mutex_);
  if (!is_storable_ || purged_) return;
  const wire::http::Fields fields = fields_of(head_->field_lines);
  const wire::http::Validators validators = wire::http::validators_of(fields, owner_.now() / 1000);
  ObjectHead head{.id = id_,
                  .body_bytes = received_,
                  .freshness = head_->freshness,
                  .status = static_cast<std::uint16_t>(head_->status),
                  .inline_body = at_once,
                  .has_strong_validator = validators.etag && !validators.etag->weak,
                  .has_validator = validators.etag || validators.last_modified};
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

void Fill::finish(State state) {
  const auto stays = std::move(self_);
  if (state == State::kWhole && head_->verdict == FillHead::Verdict::kStorable) store_whole();
  fills_.close(*this);
  log_fetch();
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

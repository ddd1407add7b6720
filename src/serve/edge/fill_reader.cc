// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "base/limits.h"
#include "serve/edge/fill.h"
#include "serve/edge/fills.h"

namespace larder::serve::edge {

Fill::Reader::Reader(std::shared_ptr<Fill> fill, std::shared_ptr<Place> place, std::uint64_t end)
    : fill_(std::move(fill)), place_(std::move(place)), end_(end) {
  place_->reader = this;
}

Fill::Reader::~Reader() {
  place_->reader = nullptr;
  fill_->leave(place_);
}

http::Pulled Fill::Reader::pull(std::size_t room) { return fill_->pull(*place_, end_, room); }

std::string_view Fill::Reader::trailer() const { return fill_->head()->trailer; }

std::unique_ptr<Fill::Reader> Fill::read(io::Loop& loop, std::uint64_t first,
                                         std::optional<std::uint64_t> last) {
  const std::scoped_lock lock(mutex_);
  const std::uint64_t kept = parts_.empty() ? received_ : parts_.front()->begin;
  if (first < kept || (head_ && head_->part && first >= *end_)) return nullptr;
  places_.push_back(std::make_shared<Place>(
      Place{.loop = &loop, .reader = nullptr, .offset = first, .moved = loop.steady_now()}));
  const std::uint64_t end = last ? *last + 1 : std::numeric_limits<std::uint64_t>::max();
  return std::make_unique<Reader>(shared_from_this(), places_.back(), end);
}

http::Pulled Fill::pull(Place& place, std::uint64_t end, std::size_t room) {
  using Brings = http::Pulled::State;
  const std::scoped_lock lock(mutex_);
  if (place.is_cut) return {.state = Brings::kFailed};
  if (place.offset >= end) return {.state = Brings::kEnd};
  if (place.offset >= received_) {
    if (state_ == State::kWhole) return {.state = Brings::kEnd};
    if (state_ == State::kFailed) return {.state = Brings::kFailed};
    place.waits = true;
    return {.state = Brings::kLater};
  }
  const std::size_t number = (place.offset - parts_.front()->begin) / limits::kPartBytes;
  const std::shared_ptr<Part>& part = parts_[number];
  const auto at = static_cast<std::size_t>(place.offset - part->begin);
  const std::uint64_t most = std::min<std::uint64_t>(room, end - place.offset);
  const std::size_t bytes = std::min<std::size_t>(part->size - at, most);
  place.offset += bytes;
  place.moved = place.loop->steady_now();
  if (is_paused_) {
    is_paused_ = false;
    owner_.post([fill = shared_from_this()] { fill->pump(); });
  }
  // Its bytes outlive the fill where they are still being sent.
  auto* const held = new std::shared_ptr<Part>(part);
  return {.state = Brings::kBytes,
          .bytes = {part->bytes.get() + at, bytes},
          .pin = base::Pin(held, [](void* pinned) noexcept {
            delete static_cast<std::shared_ptr<Part>*>(pinned);
          })};
}

// One wake for each loop, whatever number of its readers wait.
void Fill::wake_readers() {
  std::vector<std::shared_ptr<Place>> waiting;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& place : places_) {
      if (std::exchange(place->waits, false)) waiting.push_back(place);
    }
  }
  const auto by_loop = [](const auto& a, const auto& b) { return a->loop < b->loop; };
  std::ranges::sort(waiting, by_loop);
  for (auto first = waiting.begin(); first != waiting.end();) {
    const auto end = std::upper_bound(first, waiting.end(), *first, by_loop);
    const std::vector<std::shared_ptr<Place>> of_loop(first, end);
    (*first)->loop->post([of_loop] {
      for (const auto& place : of_loop) {
        if (place->reader != nullptr) place->reader->more();
      }
    });
    first = end;
  }
}

// ---- on the owner's loop: who keeps the others waiting

void Fill::watch_for_stalls() {
  if (stall_check_) return;
  stall_check_ = owner_.after(limits::kFillStallMs, [this] {
    stall_check_.reset();
    cut_stalled();
  });
}

// One who is only slow goes on, and the others with it.
void Fill::cut_stalled() {
  const auto stays = shared_from_this();
  std::vector<std::shared_ptr<Place>> cut;
  {
    const std::scoped_lock lock(mutex_);
    if (!is_paused_) return;
    const bool does_any_wait =
        std::ranges::any_of(places_, [](const auto& place) { return place->waits; });
    const base::SteadyMs before = owner_.steady_now() - limits::kFillStallMs;
    std::erase_if(places_, [&](const std::shared_ptr<Place>& place) {
      place->is_cut = does_any_wait && !place->waits && place->moved <= before;
      if (place->is_cut) cut.push_back(place);
      return place->is_cut;
    });
  }
  for (const std::shared_ptr<Place>& place : cut) {
    place->loop->post([place] {
      if (place->reader != nullptr) place->reader->more();
    });
  }
  pump();
}

void Fill::leave(const std::shared_ptr<Place>& place) {
  {
    const std::scoped_lock lock(mutex_);
    std::erase(places_, place);
  }
  look_for_readers();
}

void Fill::look_for_readers() {
  {
    const std::scoped_lock lock(mutex_);
    const bool has_ended = state_ == State::kWhole || state_ == State::kFailed;
    if (has_ended) return;
    if (!is_paused_ && !(waiters_.empty() && places_.empty())) return;
    is_paused_ = false;  // who left may have been the slowest
  }
  owner_.post([fill = shared_from_this()] {
    fill->end_if_unread();
    fill->pump();
  });
}

// Of what is to be stored little may be missing: then it is worth having.
void Fill::end_if_unread() {
  if (fetch_ == nullptr && !waits_for_turn_) return;
  {
    const std::scoped_lock lock(mutex_);
    if (!waiters_.empty() || !places_.empty()) return;
  }
  if (terms_.keeps_alone && (!head_ || is_storable_)) return;
  const bool little_is_missing =
      head_ && is_storable_ && end_ && *end_ - received_ <= limits::kFinishedFillBytes;
  if (little_is_missing) return;
  if (!head_) decide({.verdict = FillHead::Verdict::kAbandoned});
  finish(State::kFailed);
}

}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/reservation.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "store/content.h"
#include "store/extents.h"
#include "store/shard.h"
#include "store/store.h"

namespace larder::store {

Reservation::Reservation(Store& store, const Key& key, std::size_t size, UnixMs now)
    : answer_(Answer::kOk), size_(size), store_(&store), hash_(key.hash), now_(now) {
  if (!begin()) answer_ = Answer::kNoMemory;
}

Reservation::Reservation(Reservation&& other) noexcept { *this = std::move(other); }

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  drop();
  answer_ = std::exchange(other.answer_, Answer::kNoMemory);
  size_ = std::exchange(other.size_, 0);
  filled_ = std::exchange(other.filled_, 0);
  store_ = other.store_;
  hash_ = other.hash_;
  now_ = other.now_;
  short_ = std::move(other.short_);
  extents_ = std::exchange(other.extents_, nullptr);
  return *this;
}

bool Reservation::begin() {
  if (size_ > limits::kMaxContiguousBytes) {
    extents_ = Extents::create(*store_->extents_, Extents::Purpose::kReservation);
    return extents_ != nullptr;
  }
  const std::size_t heap = heap_bytes(size_);
  Shard& shard = store_->shard_of(hash_);
  const bool has_room = store_->with_room(
      hash_, size_, now_, [&] { return store_->ledger_.has_room(heap) && shard.has_room(size_); });
  if (!has_room) return false;
  short_.reset(new (std::nothrow) char[size_]);
  if (short_ == nullptr) return false;
  store_->ledger_.add_heap(heap);
  store_->ledger_.add_reserved(heap);
  return true;
}

std::size_t Reservation::held() const noexcept {
  return extents_ != nullptr ? extents_->size() : size_;
}

std::span<char> Reservation::room() {
  if (answer_ != Answer::kOk || missing() == 0) return {};
  if (extents_ == nullptr) return {short_.get() + filled_, missing()};
  if (filled_ == held() && !grow()) return {};
  const std::string_view last = extents_->views().back();
  const std::size_t free = held() - filled_;
  return {const_cast<char*>(last.data()) + last.size() - free, free};
}

void Reservation::fill(std::size_t bytes) {
  LARDER_CHECK(bytes <= held() - filled_);
  filled_ += bytes;
}

// What was received so far is given back at once when there is no memory for the rest.
bool Reservation::grow() {
  if (extents_->is_full()) return refuse();
  const std::size_t most = filled_ == 0 ? limits::kFirstExtentBytes : limits::kMaxExtentBytes;
  const std::size_t wanted = std::min(missing(), most);
  if (store_->with_room(hash_, wanted, now_, [&] { return extents_->grow(wanted); })) return true;
  return refuse();
}

bool Reservation::refuse() {
  answer_ = Answer::kNoMemory;
  drop();
  return false;
}

Content Reservation::content() const noexcept {
  if (extents_ != nullptr) return {.attachment = extents_};
  return {.bytes = {short_.get(), size_}};
}

void Reservation::drop() noexcept {
  if (extents_ != nullptr) Extents::drop(std::exchange(extents_, nullptr));
  if (short_ == nullptr) return;
  store_->ledger_.remove_reserved(heap_bytes(size_));
  store_->ledger_.remove_heap(heap_bytes(size_));
  short_.reset();
}

}  // namespace larder::store

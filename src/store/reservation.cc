// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/reservation.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "store/item.h"
#include "store/store.h"

namespace larder::store {

Reservation::Reservation(Store& store, Item& item, std::size_t size, UnixMs now)
    : answer_(Answer::kOk), size_(size), store_(&store), item_(&item), now_(now) {
  if (!item.is(Item::kInExtents)) held_ = size;
  store_->ledger_.add_reserved(item.bytes());
}

Reservation::Reservation(Reservation&& other) noexcept { *this = std::move(other); }

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  if (this == &other) return *this;
  ItemRef dropped(take_item());
  answer_ = std::exchange(other.answer_, Answer::kNoMemory);
  size_ = std::exchange(other.size_, 0);
  filled_ = std::exchange(other.filled_, 0);
  store_ = other.store_;
  item_ = std::exchange(other.item_, nullptr);
  held_ = std::exchange(other.held_, 0);
  now_ = other.now_;
  return *this;
}

Reservation::~Reservation() { ItemRef dropped(take_item()); }

std::span<char> Reservation::room() {
  if (answer_ != Answer::kOk || missing() == 0) return {};
  if (filled_ == held_ && !grow()) return {};
  if (!item_->is(Item::kInExtents)) return {item_->value() + filled_, missing()};
  const std::string_view extent = item_->extents().back();
  const std::size_t free = held_ - filled_;
  return {const_cast<char*>(extent.data()) + extent.size() - free, free};
}

void Reservation::fill(std::size_t bytes) {
  LARDER_CHECK(bytes <= held_ - filled_);
  filled_ += bytes;
}

// What was received so far is given back at once when there is no memory for the rest.
bool Reservation::grow() {
  const std::size_t before = item_->bytes();
  bool added = add_extent(*item_, missing());
  if (!added && store_->reclaim_for(std::min(missing(), limits::kMaxExtentBytes), now_)) {
    added = add_extent(*item_, missing());
  }
  store_->ledger_.add_reserved(item_->bytes() - before);
  held_ = item_->long_value().held;
  if (added && (!store_->ledger_.is_over() || store_->make_room(now_))) return true;
  answer_ = Answer::kNoMemory;
  ItemRef dropped(take_item());
  return false;
}

Item* Reservation::take_item() noexcept {
  if (item_ == nullptr) return nullptr;
  store_->ledger_.remove_reserved(item_->bytes());
  return std::exchange(item_, nullptr);
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "store/item.h"
#include "store/item_limit.h"
#include "store/shard.h"

namespace larder::store {

// One array of equal shards, each told its ledger and node.
struct Store::Shards {
  template <std::size_t... kEach>
  Shards(Ledger& ledger, std::uint32_t node, std::index_sequence<kEach...>)
      : each{((void)kEach, Shard(ledger, node))...} {}
  Shard each[kShards];
};

Store::Store(const Limits& limits, std::uint32_t node, std::uint64_t seed)
    : seed_(seed),
      item_limit_(limits.item_bytes),
      ledger_(limits),
      shards_(std::make_unique<Shards>(ledger_, node, std::make_index_sequence<kShards>())) {}

// Whatever is still pinned or reserved now would be freed behind the store's end.
Store::~Store() {
  shards_.reset();
  LARDER_CHECK(ledger_.total() == 0);
}

Shard& Store::shard_at(std::size_t number) const noexcept { return shards_->each[number]; }

Shard& Store::shard(const Key& key) const noexcept { return shard_at(shard_of(key.hash)); }

void Store::prefetch_line(const Key& key) const noexcept { shard(key).prefetch_line(key.hash); }
void Store::prefetch_item(const Key& key) const noexcept { shard(key).prefetch_item(key.hash); }

Found Store::find(const Key& key, const Lookup& how, UnixMs now) {
  Found found = shard(key).find(key, how, now);
  if (found.answer == Answer::kNoMemory && reclaim_for(0, now)) {
    found = shard(key).find(key, how, now);
  }
  if (found.created) settle(now);
  return found;
}

bool Store::fits(const Key& key, std::size_t size, std::uint32_t flags) const noexcept {
  return fits_item_limit(key.bytes.size(), size, flags, item_limit_);
}

Reservation Store::reserve(const Key& key, std::size_t size, std::uint32_t flags, UnixMs now) {
  if (!fits(key, size, flags)) return Reservation(Answer::kTooLarge);
  if (size > memory_limit()) return Reservation(Answer::kNoMemory);
  const std::size_t at_once = std::min(size, limits::kMaxContiguousBytes);
  ItemRef item = make_item(ledger_, key.bytes, size, false);
  if (!item && reclaim_for(at_once, now)) item = make_item(ledger_, key.bytes, size, false);
  if (!item || (ledger_.is_over() && !make_room(now))) return Reservation(Answer::kNoMemory);
  return Reservation(*this, *item.take(), size, now);
}

Stored Store::commit(Reservation& reservation, const Key& key, const Put& how, UnixMs now) {
  LARDER_CHECK(reservation.item_ != nullptr && reservation.missing() == 0);
  Reservation used = std::move(reservation);
  ItemRef fresh(used.take_item());
  LARDER_CHECK(fresh->key() == key.bytes);
  return commit_item(std::move(fresh), key, how, now);
}

Stored Store::put(const Key& key, std::string_view value, const Put& how, UnixMs now) {
  if (!fits(key, value.size(), how.flags)) return {Answer::kTooLarge};
  if (value.size() > memory_limit()) return {Answer::kNoMemory};
  const bool cas_slot = how.cas.has_value();
  ItemRef fresh = make_whole_item(ledger_, key.bytes, value.size(), cas_slot);
  if (!fresh && reclaim_for(value.size(), now)) {
    fresh = make_whole_item(ledger_, key.bytes, value.size(), cas_slot);
  }
  if (!fresh || (ledger_.is_over() && !make_room(now))) return {Answer::kNoMemory};
  ValueWriter(*fresh).write(value);
  return commit_item(std::move(fresh), key, how, now);
}

Stored Store::commit_item(ItemRef fresh, const Key& key, const Put& how, UnixMs now) {
  if (how.cas && !fresh->is(Item::kCasSlot)) {
    ItemRef copy = make_item(ledger_, key.bytes, fresh->value_size, true);
    if (!copy) return {Answer::kNoMemory};
    ValueWriter(*copy).write_value_of(*fresh);
    fresh = std::move(copy);
  }
  const Stored stored = shard(key).commit(std::move(fresh), key, how, item_limit_, now);
  settle(now);
  return stored;
}

Answer Store::remove(const Key& key, const Remove& how, UnixMs now) {
  const Answer answer = shard(key).remove(key, how, now);
  settle(now);
  return answer;
}

Counted Store::count(const Key& key, const Count& how, UnixMs now) {
  Counted counted = shard(key).count(key, how, now);
  if (counted.answer == Answer::kNoMemory && reclaim_for(0, now)) {
    counted = shard(key).count(key, how, now);
  }
  settle(now);
  return counted;
}

void Store::flush(UnixMs at, UnixMs now) {
  for (Shard& shard : shards_->each) shard.flush(at, now);
}

void Store::set_memory_limit(std::size_t bytes, UnixMs now) {
  ledger_.set_limit(bytes);
  settle(now);
}

std::size_t Store::memory_limit() const noexcept { return ledger_.limit(); }

Usage Store::usage() const {
  Usage usage;
  for (Shard& shard : shards_->each) shard.add_to(usage);
  usage.item_bytes = ledger_.items();
  usage.index_bytes = ledger_.index();
  usage.reserved_bytes = ledger_.reserved();
  return usage;
}

bool Store::make_room(UnixMs now) noexcept {
  return ledger_.evicts() && free_for(0, limits::kFruitlessEvictions, now);
}

bool Store::reclaim_for(std::size_t bytes, UnixMs now) noexcept {
  if (ledger_.evicts()) return false;
  // What its blocks, their list and malloc's rounding add to a value; rather more than less.
  constexpr std::size_t kOverhead = 8 * limits::KiB;
  return free_for(bytes + bytes / 128 + kOverhead, limits::kFruitlessReclaims, now);
}

// The fuller of two shards: by turns alone, a shard that happens to get fewer items than others
// would be emptied in time, and lose what is young. By turns when others had nothing to give.
Shard& Store::next_victim(bool by_turns) noexcept {
  constexpr std::size_t kStride = 29;  // odd: every other shard becomes the second one in turn
  const std::size_t turn = next_victim_.fetch_add(1, std::memory_order_relaxed);
  Shard& first = shard_at(turn % kShards);
  Shard& second = shard_at((turn / kShards * kStride + turn * 2 + 1) % kShards);
  return by_turns || first.count() >= second.count() ? first : second;
}

bool Store::free_for(std::size_t bytes, std::size_t patience, UnixMs now) noexcept {
  std::size_t fruitless = 0;
  std::size_t empty_handed = 0;  // shards in a row that had nothing at all
  while (ledger_.total() + bytes > ledger_.limit()) {
    const Eviction eviction = next_victim(fruitless != 0).evict(now);
    if (eviction == Eviction::kFreed) {
      fruitless = empty_handed = 0;
      continue;
    }
    empty_handed = eviction == Eviction::kNothing ? empty_handed + 1 : 0;
    if (empty_handed == kShards || ++fruitless == patience) return false;
  }
  return true;
}

}  // namespace larder::store

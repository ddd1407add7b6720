// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/shard.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"

namespace larder::store {
namespace {

Found describe(const Item& item, UnixMs now) {
  Found found;
  found.answer = Answer::kOk;
  found.token_sent = item.is(Item::kTokenSent);
  found.stale = item.is(Item::kStale);
  found.fetched = item.is(Item::kFetched);
  found.binary_key = item.is(Item::kBinaryKey);
  found.flags = item.flags;
  found.size = static_cast<std::uint32_t>(item.value_size);
  found.item_bytes = static_cast<std::uint32_t>(item.bytes());
  found.idle_s = std::max<std::int64_t>(0, now / kMsPerS - item.accessed_s);
  found.expires = item.expires;
  found.cas = item.cas();
  return found;
}

bool needs_recache(const Item& item, std::optional<std::int64_t> below_s, UnixMs now) {
  if (!below_s || item.expires == kNeverExpires) return false;
  const std::int64_t left_s = (item.expires - now + kMsPerS - 1) / kMsPerS;
  return left_s < *below_s;
}

// One reader of a stale or soon expiring item is asked to fill it; the mark keeps it at one.
bool wins(Item& item, const Lookup& how, UnixMs now) {
  if (item.is(Item::kTokenSent)) return false;
  const bool stale = how.compete && item.is(Item::kStale);
  if (!stale && !needs_recache(item, how.recache_below_s, now)) return false;
  item.set(Item::kTokenSent);
  return true;
}

}  // namespace

Shard::~Shard() {
  while (age_.oldest() != nullptr) unlink(index_.place_of(*age_.oldest()));
}

Shard::Lock Shard::enter(UnixMs now) {
  Lock lock(mutex_);
  if (now >= flush_at_) {
    watermark_ = clock_.last();
    flush_at_ = kNoFlush;
  }
  return lock;
}

Index::Place Shard::live(const Key& key, UnixMs now, ItemRef& dead) {
  const Index::Place place = index_.find(key.bytes, key.hash);
  if (place.item == nullptr || !is_dead(*place.item, now)) return place;
  ++expired_;
  dead = unlink(place);
  return {};
}

void Shard::stamp(Item& item, const std::optional<Cas>& own, UnixMs now) {
  item.set_cas(clock_.next(now), own);
}

bool Shard::link(ItemRef& fresh, const Key& key, UnixMs now) {
  fresh->hash = static_cast<std::uint32_t>(key.hash);
  fresh->tag = tag_of(key.hash);
  fresh->accessed_s = seconds_of(now);
  if (!index_.insert(*fresh)) return false;
  age_.add(*fresh.take());
  return true;
}

ItemRef Shard::unlink(const Index::Place& place) {
  Item* item = place.item;
  index_.erase(place);
  age_.remove(*item);
  item->ledger = &ledger_;
  return ItemRef(item);
}

ItemRef Shard::replace(Index::Place& place, ItemRef fresh, const Key& key, UnixMs now) {
  Item* old = place.item;
  place.item = fresh.take();
  place.item->hash = static_cast<std::uint32_t>(key.hash);
  place.item->tag = tag_of(key.hash);
  place.item->accessed_s = seconds_of(now);
  index_.replace(place, *place.item);
  age_.remove(*old);
  age_.add(*place.item);
  old->ledger = &ledger_;
  return ItemRef(old);
}

Found Shard::find(const Key& key, const Lookup& how, UnixMs now) {
  ItemRef dead;
  const Lock lock = enter(now);
  const Index::Place place = live(key, now, dead);
  if (place.item == nullptr) return how.create_expires ? create(key, how, now) : Found{};
  Item& item = *place.item;
  Found found = describe(item, now);
  if (how.want_value) found.value = item.pinned_value();
  if (how.expires && how.recache_looks_after) item.expires = *how.expires;
  found.won = wins(item, how, now);
  if (!how.leave_no_trace) {
    item.access(now);
    if (!found.fetched) item.set(Item::kFetched);
  }
  if (how.expires) item.expires = *how.expires;
  return found;
}

Found Shard::create(const Key& key, const Lookup& how, UnixMs now) {
  Found refused;
  refused.answer = Answer::kNoMemory;
  ItemRef fresh = make_item(ledger_, key.bytes, 0, how.create_cas.has_value());
  if (!fresh) return refused;
  Item& item = *fresh;
  stamp(item, how.create_cas, now);
  if (!link(fresh, key, now)) return refused;
  Found found = describe(item, now);
  if (how.want_value) found.value = item.pinned_value();
  found.created = true;
  found.won = true;
  item.set(Item::kTokenSent);
  if (!how.leave_no_trace) item.set(Item::kFetched);
  item.expires = *how.create_expires;
  return found;
}

void Shard::flush(UnixMs at, UnixMs now) {
  const Lock lock = enter(now);
  flush_at_ = at > now ? at : kNoFlush;
  if (at <= now) watermark_ = clock_.last();
}

Eviction Shard::evict(UnixMs now) {
  ItemRef gone;
  const Lock lock = enter(now);
  if (index_.halve()) return Eviction::kFreed;
  const std::size_t looks = std::min(limits::kEvictionLooks, index_.count());
  bool all_in_use = looks == index_.count();
  for (std::size_t look = 0; look < looks; ++look) {
    Item& item = *age_.oldest();
    const bool dead = is_dead(item, now);
    const bool may_go = ledger_.evicts() && item.is_unshared() && !item.is(Item::kAccessed);
    if (dead || may_go) {
      ++(dead ? expired_ : evicted_);
      gone = unlink(index_.place_of(item));
      return Eviction::kFreed;
    }
    if (item.is_unshared()) all_in_use = false;
    item.clear(Item::kAccessed);
    age_.renew(item);
  }
  return all_in_use ? Eviction::kNothing : Eviction::kLater;
}

void Shard::add_to(Usage& usage) {
  const std::lock_guard lock(mutex_);
  usage.items += index_.count();
  usage.evicted += evicted_;
  usage.expired += expired_;
}

}  // namespace larder::store

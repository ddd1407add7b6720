// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/shard.h"

// Collections as items of a shard. What is in them is nobody's business here.
namespace larder::store {

collection::Held Shard::hold(const Key& key, UnixMs now) {
  collection::Held held;
  const Lock lock(*this, now);
  Item item = live(key, now).item;
  if (!item) return held;
  held.answer = Answer::kWrongType;
  if (is_value(item)) return held;
  item.access(now, Item::kFetched);
  held.answer = Answer::kOk;
  held.flags = item.flags();
  held.cas = item.cas(frame_);
  held.collection = static_cast<collection::Collection*>(item.attachment());
  held.pin = held.collection->pin();
  return held;
}

Answer Shard::link(const Key& key, collection::Collection& made, const NewCollection& how,
                   UnixMs now) {
  const Lock lock(*this, now);
  if (live(key, now).item) return Answer::kExists;
  const Terms terms{.stamp = next_stamp(now), .expires = how.expires, .flags = how.flags};
  const Answer answer = link_new(key, {.attachment = &made}, terms, 0, now).answer;
  if (answer == Answer::kOk && accounts_ != nullptr) made.join(accounts_->of(key.bytes));
  return answer;
}

Index::Place Shard::item_of(const Key& key, const collection::Collection& held, UnixMs now) {
  const Index::Place place = live(key, now);
  const bool is_its = place.item && place.item.is_attached() && place.item.attachment() == &held;
  return is_its ? place : Index::Place{};
}

Answer Shard::touch(const Key& key, const collection::Collection& held, UnixMs expires,
                    UnixMs now) {
  const Lock lock(*this, now);
  Index::Place place = item_of(key, held, now);
  return place.item ? touch(place, key, expires, now) : Answer::kMiss;
}

void Shard::unlink(const Key& key, const collection::Collection& held, UnixMs now) {
  const Lock lock(*this, now);
  const Index::Place place = item_of(key, held, now);
  if (!place.item) return;
  Page& page = page_of(place.item);
  unlink(place, key.hash);
  tidy(page);
}

}  // namespace larder::store

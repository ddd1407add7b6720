// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>

#include "base/decimal.h"
#include "base/limits.h"
#include "store/counter.h"
#include "store/item_limit.h"
#include "store/shard.h"

// Put, remove and count of a shard. What they take out of it is dropped after the lock.
namespace larder::store {
namespace {

bool is_join(PutMode mode) { return mode == PutMode::kAppend || mode == PutMode::kPrepend; }

bool is_other(const std::optional<Cas>& expected, const Item& item) {
  return expected && *expected != item.cas();
}

// What a put over nothing comes to; kOk: store it.
Answer may_store_new(const Put& how) {
  switch (how.mode) {
    case PutMode::kSet: return how.expected ? Answer::kMiss : Answer::kOk;
    case PutMode::kAdd: return Answer::kOk;
    case PutMode::kReplace: return how.expected ? Answer::kMiss : Answer::kNotStored;
    case PutMode::kAppend:
    case PutMode::kPrepend: return how.create_expires ? Answer::kOk : Answer::kNotStored;
  }
  return Answer::kNotStored;
}

// What a put over `old` comes to; kOk: store it.
Answer may_store_over(const Item& old, const Put& how) {
  if (how.mode == PutMode::kAdd) return Answer::kNotStored;
  if (!is_other(how.expected, old)) return Answer::kOk;
  const bool late_winner = how.keep_stale && !is_join(how.mode) && *how.expected < old.cas();
  return late_winner ? Answer::kOk : Answer::kExists;
}

Stored stored(const Item& item) { return {Answer::kOk, item.cas(), item.value_size}; }

void keep(Item::Mark mark, const Item& from, Item& to) {
  if (from.is(mark)) to.set(mark);
}

void keep_terms(const Item& from, Item& to) {
  to.flags = from.flags;
  to.expires = from.expires;
  keep(Item::kBinaryKey, from, to);
}

void keep_state(const Item& from, Item& to) {
  for (const Item::Mark mark : {Item::kFetched, Item::kAccessed, Item::kStale, Item::kTokenSent}) {
    keep(mark, from, to);
  }
}

void set_terms(Item& fresh, const Put& how, UnixMs expires) {
  fresh.flags = how.flags;
  fresh.expires = expires;
  if (how.binary_key) fresh.set(Item::kBinaryKey);
}

// Whether the block of `old` can be written over with what is in `fresh`: nobody reads it, and it
// has the same shape and cost. Its neighbours in age order are then left alone, which are cold.
bool can_take_over(const Item& old, const Item& fresh) {
  constexpr std::uint8_t kShape = Item::kCasSlot | Item::kInExtents;
  return fresh.value_size <= limits::kMaxOverwriteBytes &&
         ((old.marks ^ fresh.marks) & kShape) == 0 && old.bytes() == fresh.bytes() &&
         old.is_unshared();
}

void take_over(Item& old, const Item& fresh, UnixMs now) {
  std::memcpy(old.value(), fresh.value(), fresh.value_size);
  old.value_size = fresh.value_size;
  old.flags = fresh.flags;
  old.expires = fresh.expires;
  old.marks = fresh.marks;
  old.access(now);  // it keeps its place in age order, and gets another chance instead
}

struct Digits {
  explicit Digits(std::uint64_t number)
      : size(static_cast<std::size_t>(base::write_decimal(text.data(), number) - text.data())) {}

  // Over the whole length of the value: what is left behind the digits becomes spaces.
  void write_to(Item& item) const {
    std::memcpy(item.value(), text.data(), size);
    std::memset(item.value() + size, ' ', item.value_size - size);
  }

  std::array<char, base::kMaxDecimalBytes> text;
  std::size_t size;
};

std::optional<std::uint64_t> number_in(const Item& item) {
  if (item.is(Item::kInExtents)) return std::nullopt;
  return counter_number({item.value(), item.value_size});
}

}  // namespace

// ---- put

Stored Shard::commit(ItemRef fresh, const Key& key, const Put& how, std::size_t item_limit,
                     UnixMs now) {
  ItemRef dead;
  ItemRef old;
  const Lock lock = enter(now);
  Index::Place place = live(key, now, dead);
  if (place.item == nullptr) return store_new(fresh, key, how, now);
  const Answer answer = may_store_over(*place.item, how);
  if (answer == Answer::kNotStored) place.item->access(now);
  if (answer != Answer::kOk) return {answer};
  if (is_join(how.mode)) return join(place, *fresh, key, how, item_limit, now, old);
  return store_over(place, fresh, key, how, now, old);
}

Stored Shard::store_new(ItemRef& fresh, const Key& key, const Put& how, UnixMs now) {
  const Answer answer = may_store_new(how);
  if (answer != Answer::kOk) return {answer};
  Item& item = *fresh;
  set_terms(item, how, is_join(how.mode) ? *how.create_expires : how.expires);
  stamp(item, how.cas, now);
  if (!link(fresh, key, now)) return {Answer::kNoMemory};
  return stored(item);
}

Stored Shard::store_over(Index::Place& place, ItemRef& fresh, const Key& key, const Put& how,
                         UnixMs now, ItemRef& old) {
  const bool late_winner = is_other(how.expected, *place.item);
  set_terms(*fresh, how, late_winner ? place.item->expires : how.expires);
  if (late_winner) {
    fresh->set(Item::kStale);
    keep(Item::kTokenSent, *place.item, *fresh);
  }
  if (can_take_over(*place.item, *fresh)) {
    take_over(*place.item, *fresh, now);
  } else {
    old = replace(place, std::move(fresh), key, now);
  }
  stamp(*place.item, how.cas, now);
  return stored(*place.item);
}

Stored Shard::join(Index::Place& place, const Item& part, const Key& key, const Put& how,
                   std::size_t item_limit, UnixMs now, ItemRef& old) {
  const Item& base = *place.item;
  const std::size_t size = std::size_t{base.value_size} + part.value_size;
  if (!fits_item_limit(key.bytes.size(), size, base.flags, item_limit)) {
    return {Answer::kNotStored};
  }
  ItemRef joined = make_whole_item(ledger_, key.bytes, size, how.cas.has_value());
  if (!joined) return {Answer::kNoMemory};
  const bool appends = how.mode == PutMode::kAppend;
  ValueWriter writer(*joined);
  writer.write_value_of(appends ? base : part);
  writer.write_value_of(appends ? part : base);
  keep_terms(base, *joined);
  old = replace(place, std::move(joined), key, now);
  stamp(*place.item, how.cas, now);
  return stored(*place.item);
}

// ---- remove

Answer Shard::remove(const Key& key, const Remove& asked, UnixMs now) {
  ItemRef dead;
  ItemRef old;
  const Lock lock = enter(now);
  Index::Place place = live(key, now, dead);
  if (place.item == nullptr) return Answer::kMiss;
  if (is_other(asked.expected, *place.item)) return Answer::kExists;
  if (!asked.invalidate && !asked.drop_value) {
    old = unlink(place);
    return Answer::kOk;
  }
  Remove how = asked;
  // A number that the client chose stays until the client, or an invalidation, changes it.
  const bool keeps_cas = !how.invalidate && place.item->is(Item::kOwnCas);
  if (keeps_cas && !how.cas) how.cas = place.item->cas();
  if (how.drop_value && !drop_value(place, key, how, now, old)) return Answer::kNoMemory;
  if (how.cas && !reserve_cas_slot(place, key, now, old)) return Answer::kNoMemory;
  if (how.expires) place.item->expires = *how.expires;
  if (how.invalidate) {
    place.item->set(Item::kStale);
    place.item->clear(Item::kTokenSent);
  }
  stamp(*place.item, how.cas, now);
  return Answer::kOk;
}

bool Shard::drop_value(Index::Place& place, const Key& key, const Remove& how, UnixMs now,
                       ItemRef& old) {
  ItemRef empty = make_item(ledger_, key.bytes, 0, how.cas.has_value(), Admission::kForce);
  if (!empty) return false;
  keep(Item::kBinaryKey, *place.item, *empty);
  old = replace(place, std::move(empty), key, now);
  return true;
}

// A pinned item may be copied: only its bytes must stay.
bool Shard::reserve_cas_slot(Index::Place& place, const Key& key, UnixMs now, ItemRef& old) {
  const Item& item = *place.item;
  if (item.is(Item::kCasSlot)) return true;
  ItemRef copy = make_item(ledger_, key.bytes, item.value_size, true);
  if (!copy) return false;
  ValueWriter(*copy).write_value_of(item);
  keep_terms(item, *copy);
  keep_state(item, *copy);
  old = replace(place, std::move(copy), key, now);
  place.item->accessed_s = old->accessed_s;
  return true;
}

// ---- count

Counted Shard::count(const Key& key, const Count& how, UnixMs now) {
  ItemRef dead;
  ItemRef old;
  const Lock lock = enter(now);
  Index::Place place = live(key, now, dead);
  if (place.item == nullptr) return create_counter(key, how, now);
  Counted counted{.answer = Answer::kExists, .expires = place.item->expires};
  if (is_other(how.expected, *place.item)) return counted;
  const std::optional<std::uint64_t> number = number_in(*place.item);
  counted.answer = Answer::kNotNumeric;
  if (!number) return counted;
  counted.number = store::counted(*number, how.delta, how.down);
  counted.answer = Answer::kNoMemory;
  if (!write_number(place, counted.number, key, how, now, old)) return counted;
  if (how.expires) place.item->expires = *how.expires;
  place.item->access(now);
  stamp(*place.item, how.cas, now);
  counted.answer = Answer::kOk;
  counted.cas = place.item->cas();
  return counted;
}

bool Shard::write_number(Index::Place& place, std::uint64_t number, const Key& key,
                         const Count& how, UnixMs now, ItemRef& old) {
  const Item& item = *place.item;
  const Digits digits(number);
  const bool has_slot = !how.cas || item.is(Item::kCasSlot);
  if (digits.size <= item.value_size && has_slot && item.is_unshared()) {
    digits.write_to(*place.item);
    return true;
  }
  const std::size_t size = std::max<std::size_t>(digits.size, item.value_size);
  ItemRef longer = make_item(ledger_, key.bytes, size, how.cas.has_value());
  if (!longer) return false;
  digits.write_to(*longer);
  keep_terms(item, *longer);
  keep_state(item, *longer);
  old = replace(place, std::move(longer), key, now);
  return true;
}

Counted Shard::create_counter(const Key& key, const Count& how, UnixMs now) {
  if (!how.create_expires) return {.answer = Answer::kMiss};
  const Digits digits(how.initial);
  ItemRef fresh = make_item(ledger_, key.bytes, digits.size, how.cas.has_value());
  if (!fresh) return {.answer = Answer::kNoMemory};
  Item& item = *fresh;
  digits.write_to(item);
  item.expires = *how.create_expires;
  if (how.binary_key) item.set(Item::kBinaryKey);
  stamp(item, how.cas, now);
  if (!link(fresh, key, now)) return {.answer = Answer::kNoMemory};
  return {.created = true, .number = how.initial, .cas = item.cas()};
}

}  // namespace larder::store

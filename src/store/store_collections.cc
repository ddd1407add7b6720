// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "store/collection/collection.h"
#include "store/shard.h"
#include "store/store.h"

// Operations on collections: found under the shard's lock, worked on under their own.
namespace larder::store {

using collection::Collection;
using collection::Held;
using collection::Turn;
using collection::Verdict;

namespace {

bool has_succeeded(Verdict verdict) {
  return verdict == Verdict::kDone || verdict == Verdict::kReplaced;
}

constexpr Lookup kAnyType{.leave_no_trace = true, .want_value = false, .any_type = true};

}  // namespace

// Who finds a collection closed, or is not the first to create one, begins anew: each time somebody
// else has come to an end.
CollectionUsed Store::operate(const Key& key, collection::Type type, const CollectionUse& how,
                              const Operate& operate, UnixMs now) {
  for (;;) {
    const Held held = shard_of(key.hash).hold(key, now);
    CollectionUsed used;
    if (held.answer == Answer::kMiss && how.create) {
      used = operate_new(key, *how.create, operate, now);
      if (used.answer == Answer::kExists) continue;
    } else if (held.answer != Answer::kOk) {
      used.answer = held.answer;
    } else if (held.collection->kind() != type) {
      used.answer = Answer::kWrongType;
    } else {
      const auto done = operate_held(key, held, how, operate, now);
      if (!done) continue;
      used = *done;
    }
    return used;
  }
}

std::optional<CollectionUsed> Store::operate_held(const Key& key, const Held& held,
                                                  const CollectionUse& how, const Operate& operate,
                                                  UnixMs now) {
  Collection& collection = *held.collection;
  CollectionUsed used{.flags = held.flags};
  bool is_closed = false;
  const auto attempt = [&] {
    const Turn turn(collection);
    used.answer = Answer::kNoMemory;
    is_closed = collection.is_closed();
    if (is_closed) return true;
    if (how.grows && collection.is_sticky() && !ledger_.has_sticky_room(1)) return true;
    const Verdict verdict = operate(collection);
    if (verdict == Verdict::kNoMemory) return false;
    used.answer = Answer::kOk;
    if (how.drop_when_empty && verdict == Verdict::kDone && collection.tree().empty()) {
      collection.close();
      shard_of(key.hash).unlink(key, collection, now);
      used.dropped = true;
    }
    return true;
  };
  if (!attempt()) with_room(key.hash, kPageBytes, now, attempt);
  if (is_closed) return std::nullopt;
  return used;
}

CollectionUsed Store::operate_new(const Key& key, const NewCollection& what, const Operate& operate,
                                  UnixMs now) {
  LARDER_CHECK(file_ == nullptr);
  Shard& shard = shard_of(key.hash);
  CollectionUsed used{.flags = what.flags};
  Collection* made = nullptr;
  bool is_worked_on = false;
  const auto attempt = [&] {
    used.answer = Answer::kNoMemory;
    const std::size_t own_bytes = made == nullptr ? sizeof(Collection) : 0;
    const std::size_t bytes = own_bytes + Item::least_bytes(key.bytes.size(), 0);
    if (is_sticky_full(key, {what.expires, bytes, false}, now)) return true;
    if (made == nullptr) made = Collection::create(shard.room(), what);
    if (made == nullptr) return false;
    const Verdict verdict = is_worked_on ? Verdict::kDone : operate(*made);
    if (verdict == Verdict::kNoMemory) return false;
    is_worked_on = true;
    made->settle();
    used.answer = has_succeeded(verdict) ? shard.link(key, *made, what, now) : Answer::kOk;
    used.created = used.answer == Answer::kOk && has_succeeded(verdict);
    return used.answer != Answer::kNoMemory;
  };
  if (!attempt()) with_room(key.hash, kPageBytes, now, attempt);
  if (made != nullptr) Attachment::drop(made);
  settle(now);
  return used;
}

Answer Store::create_collection(const Key& key, const NewCollection& what, UnixMs now) {
  if (find(key, kAnyType, now).answer == Answer::kOk) return Answer::kExists;
  const auto leave_it = [](Collection&) { return Verdict::kDone; };
  return operate_new(key, what, leave_it, now).answer;
}

// That the number is the same shows that it is the same item, which cannot become another's.
Found Store::inspect(const Key& key, const Look& look, UnixMs now) {
  for (;;) {
    const Held held = shard_of(key.hash).hold(key, now);
    if (held.answer != Answer::kOk) {
      Found found = find(key, kAnyType, now);
      if (found.type == ItemType::kValue) return found;
      continue;
    }
    const Turn turn(*held.collection);
    if (held.collection->is_closed()) continue;
    Found found = find(key, kAnyType, now);
    if (found.answer == Answer::kOk && found.cas != held.cas) continue;
    if (found.answer == Answer::kOk) look(*held.collection);
    return found;
  }
}

// Of one that has no item any more nothing is left to be changed.
Store::Changed Store::change(const Key& key, std::optional<UnixMs> expires, const Check& check,
                             const Change& change, UnixMs now) {
  for (;;) {
    const Held held = shard_of(key.hash).hold(key, now);
    if (held.answer == Answer::kMiss) return {};
    if (held.answer == Answer::kWrongType) {
      const Changed changed = change_value(key, expires, check, now);
      if (changed.answer == Answer::kWrongType) continue;
      return changed;
    }
    const Turn turn(*held.collection);
    if (held.collection->is_closed()) continue;
    const Verdict verdict = check(held.collection);
    if (verdict != Verdict::kDone) return {Answer::kOk, verdict};
    Answer answer = Answer::kOk;
    if (expires) {
      with_room(key.hash, Item::least_bytes(key.bytes.size(), 0), now, [&] {
        answer = shard_of(key.hash).touch(key, *held.collection, *expires, now);
        return answer != Answer::kNoMemory;
      });
    }
    if (answer == Answer::kOk) change(*held.collection);
    return {answer};
  }
}

Store::Changed Store::change_value(const Key& key, std::optional<UnixMs> expires,
                                   const Check& check, UnixMs now) {
  const Verdict verdict = check(nullptr);
  if (verdict != Verdict::kDone) return {Answer::kOk, verdict};
  Lookup touch{.leave_no_trace = true, .want_value = false};
  touch.expires = expires;
  return {find(key, touch, now).answer};
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/sanitized.h"
#include "store/collection/collection.h"
#include "store/store.h"

namespace larder::store {

inline std::ostream& operator<<(std::ostream& out, Answer answer) {
  constexpr std::string_view kNames[] = {"kOk",         "kMiss",      "kExists",   "kNotStored",
                                         "kNotNumeric", "kTooLarge",  "kNoMemory", "kPending",
                                         "kWrongType",  "kBadPrefix", "kBadExpiry"};
  return out << kNames[static_cast<std::size_t>(answer)];
}

inline std::string text_of(const Value& value) {
  std::string text;
  for (std::string_view span : value.spans()) text += span;
  return text;
}

// A store with a clock that stands still unless told, and operations that take the bare key.
class TestStore {
 public:
  static constexpr UnixMs kStart = 1'800'000'000'000;
  static constexpr std::string_view kNothing = "(nothing)";

  explicit TestStore(const Limits& limits = {}, std::uint64_t seed = base::random_seed())
      : store(limits, 0, seed) {}

  Found find(std::string_view key, const Lookup& how = {}) {
    return store.find(store.key(key), how, now);
  }
  Found peek(std::string_view key) { return find(key, {.leave_no_trace = true}); }
  // A meta get: competes for stale items.
  Found read(std::string_view key) { return find(key, {.compete = true}); }
  std::string text(std::string_view key) {
    const Found found = peek(key);
    return found.answer == Answer::kOk ? text_of(found.value) : std::string(kNothing);
  }

  Stored put(std::string_view key, std::string_view value, const Put& how = {}) {
    return store.put(store.key(key), value, how, now);
  }
  Answer remove(std::string_view key, const Remove& how = {}) {
    return store.remove(store.key(key), how, now);
  }
  Counted count(std::string_view key, const Count& how = {}) {
    return store.count(store.key(key), how, now);
  }
  Reservation reserve(std::string_view key, std::size_t size, std::uint32_t flags = 0) {
    return store.reserve(store.key(key), size, flags, now);
  }
  Stored commit(Reservation& reservation, std::string_view key, const Put& how = {}) {
    return store.commit(reservation, store.key(key), how, now);
  }
  Answer create(std::string_view key, const NewCollection& what) {
    return store.create_collection(store.key(key), what, now);
  }
  // A value at the end of a list.
  CollectionUsed push(std::string_view key, std::string_view value, const CollectionUse& how = {}) {
    return store.operate(
        store.key(key), collection::Type::kList, how,
        [&](collection::Collection& each) { return each.as<collection::List>().insert(-1, value); },
        now);
  }
  // The first `count` values of a list go, and the list, too, if it is empty then.
  CollectionUsed pop(std::string_view key, std::int64_t count = 1) {
    return store.operate(
        store.key(key), collection::Type::kList, {.drop_when_empty = true},
        [&](collection::Collection& each) {
          return each.as<collection::List>().erase(0, count - 1);
        },
        now);
  }
  // Its number of elements; nothing: there is no collection.
  std::optional<std::size_t> elements(std::string_view key) {
    std::optional<std::size_t> count;
    store.inspect(
        store.key(key), [&](const collection::Collection& each) { count = each.tree().size(); },
        now);
    return count;
  }

  void flush() { store.flush(now, now); }
  void flush_in(std::int64_t seconds) { store.flush(in(seconds), now); }
  Answer flush_prefix(std::string_view prefix) { return flush_prefix_in(prefix, 0); }
  Answer flush_prefix_in(std::string_view prefix, std::int64_t seconds) {
    return store.flush_prefix(prefix, in(seconds), now);
  }

  UnixMs in(std::int64_t seconds) const { return now + seconds * 1000; }
  void pass(std::int64_t seconds) { now = in(seconds); }
  std::size_t total() const {
    const Usage usage = store.usage();
    return usage.item_bytes + usage.pinned_bytes + usage.index_bytes + usage.reserved_bytes;
  }

  Store store;
  UnixMs now = kStart;
};

// The next bytes of `value` into the reservation, at most `most` of them; how many went in.
inline std::size_t fill_some(Reservation& reservation, std::string_view value, std::size_t most) {
  const std::size_t done = reservation.size() - reservation.missing();
  const std::span<char> room = reservation.room();
  const std::string_view next = value.substr(done, std::min(most, room.size()));
  next.copy(room.data(), next.size());
  reservation.fill(next.size());
  return next.size();
}

}  // namespace larder::store

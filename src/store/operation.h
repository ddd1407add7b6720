// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/pin.h"
#include "store/collection/terms.h"
#include "store/history.h"

// What can be asked of the engine and what it answers. Plain data: no protocol words, no I/O;
// every operation on a key is atomic.
namespace larder::store {

using base::UnixMs;

// A key and its keyed hash, computed once per request (Store::key). Borrows the bytes.
struct Key {
  std::string_view bytes;
  std::uint64_t hash = 0;
};

// The number by which a client recognises a version of an item. Given by the engine it is the
// item's stamp (store/stamp.h); a client may also put its own.
using Cas = std::uint64_t;

constexpr UnixMs kNeverExpires = 0;
constexpr UnixMs kExpired = -1;  // stored, and invisible from then on
constexpr UnixMs kSticky = -2;   // never expires, and is never evicted
// Of an item, whether its time comes.
constexpr bool is_mortal(UnixMs expires) { return expires != kNeverExpires && expires != kSticky; }

enum class Answer : std::uint8_t {
  kOk,
  kMiss,
  kExists,      // there, but its cas is another than the expected
  kNotStored,   // the condition of add, replace, append or prepend does not hold
  kNotNumeric,  // the value to count with is no number
  kTooLarge,    // above the limit of an item
  kNoMemory,    // full, and nothing may be (or can be) evicted
  kPending,     // not known yet; cache says when (Ticket). The engine itself never says so
  kWrongType,   // a collection where a value is wanted, or the other way round, or another one
  kBadPrefix,   // the first item of a prefix that no prefix may be called (accounts_prefixes)
  kBadExpiry,   // sticky items do not become others by a touch, nor others sticky
};

enum class ItemType : std::uint8_t { kValue, kList, kSet, kMap, kBTree };
constexpr std::size_t kItemTypes = 1 + collection::kTypes;
constexpr ItemType item_type(collection::Type type) {
  return static_cast<ItemType>(static_cast<std::uint8_t>(type) + 1);
}

// The bytes of a value where they lie, in order, unchanged for as long as this lives.
//
//   contiguous:  one_ = [............]            extents:  rest_ ─► [....][....][..]
//
// Move-only; holds its item by a Pin. Copy small values out and drop it soon.
class Value {
 public:
  Value() = default;
  Value(std::string_view bytes, base::Pin pin)
      : one_(bytes), size_(bytes.size()), pin_(std::move(pin)) {}
  Value(std::span<const std::string_view> extents, std::size_t size, bool frozen, base::Pin pin)
      : rest_(extents), size_(size), frozen_(frozen), pin_(std::move(pin)) {}

  // Of an empty one, what the first constructor makes.
  void hold(std::string_view bytes, void* subject, base::Pin::Release release) {
    one_ = bytes;
    size_ = bytes.size();
    pin_.hold(subject, release);
  }

  std::size_t size() const { return size_; }
  // Nobody will ever write again to a memory page that holds nothing but bytes of one span.
  bool frozen() const { return frozen_; }
  std::span<const std::string_view> spans() const {
    return rest_.empty() ? std::span<const std::string_view>(&one_, 1) : rest_;
  }
  // All of them, one behind the other; returns the end.
  char* copy_to(char* out) const {
    for (const std::string_view span : spans()) {
      std::memcpy(out, span.data(), span.size());
      out += span.size();
    }
    return out;
  }
  base::Pin take_pin() { return std::move(pin_); }

 private:
  std::string_view one_;
  std::span<const std::string_view> rest_;
  std::size_t size_ = 0;
  bool frozen_ = false;
  base::Pin pin_;
};

// ---- find

// How to look. The default is a plain get.
struct Lookup {
  bool leave_no_trace = false;                // neither bump nor mark as fetched
  bool want_value = true;                     // false: `value` stays empty
  bool want_details = true;                   // false: of Found only value, flags and cas are told
  bool compete = false;                       // may win a stale item
  bool any_type = false;                      // a collection, too: it has no value
  std::optional<UnixMs> expires = {};         // give a found item this expiry (touch)
  std::optional<UnixMs> create_expires = {};  // on a miss create an empty item that expires then
  std::optional<Cas> create_cas = {};         // and with this cas
  std::optional<std::int64_t> recache_below_s = {};  // a reader wins when less remains, of what
  bool recache_looks_after = false;  // was left before `expires` was put, or (true) of `expires`
};

// What was found, all of it as it was before this look-up changed anything; of an item that this
// look-up created, what a new empty item looks like before its expiry is put.
struct Found {
  // kOk, kMiss, kWrongType, kPending; to create or touch it: kNoMemory, kBadPrefix, kBadExpiry
  Answer answer = Answer::kMiss;
  ItemType type = ItemType::kValue;
  bool created = false;     // by this look-up (create_expires)
  bool won = false;         // this reader is asked to fill the item
  bool token_sent = false;  // another reader has been asked already
  bool stale = false;       // marked stale by remove(invalidate)
  bool fetched = false;     // somebody had fetched it before
  bool binary_key = false;  // stored under a key marked binary
  std::uint32_t flags = 0;
  std::uint32_t size = 0;          // of the value, also when it was not wanted
  std::size_t item_bytes = 0;      // what it is accounted for
  std::int64_t idle_s = 0;         // seconds since the access before this one
  UnixMs expires = kNeverExpires;  // absolute
  Cas cas = 0;
  Value value = {};
};

// ---- store

enum class PutMode : std::uint8_t { kSet, kAdd, kReplace, kAppend, kPrepend };

struct Put {
  PutMode mode = PutMode::kSet;
  bool binary_key = false;
  bool keep_stale = false;  // with `expected`: a lower number stores, but the item stays stale
  std::uint32_t flags = 0;  // ignored by append and prepend on an existing item
  UnixMs expires = kNeverExpires;             // the same
  std::optional<Cas> expected = {};           // set, replace: kMiss/kExists unless it matches;
                                              // append, prepend: kExists; add ignores it
  std::optional<Cas> cas = {};                // to be stored instead of the stamp
  std::optional<UnixMs> create_expires = {};  // append, prepend: create on a miss, expiring then
};

struct Stored {
  // kOk, kMiss, kExists, kNotStored, kTooLarge, kNoMemory, kPending, kWrongType, kBadPrefix
  Answer answer = Answer::kOk;
  Cas cas = 0;           // 0 unless kOk
  std::size_t size = 0;  // of the whole value now
};

// ---- remove

struct Remove {
  std::optional<Cas> expected = {};
  bool invalidate = false;  // keep it, mark it stale, let the next reader win
  bool drop_value = false;  // keep it, without value, flags and (but for `expires`) expiry
  std::optional<UnixMs> expires = {};  // with invalidate or drop_value
  std::optional<Cas> cas = {};         // with invalidate or drop_value
};

// ---- count

struct Count {
  bool down = false;  // down stops at 0, up wraps at 2^64
  bool binary_key = false;
  bool keeps_width = true;     // a number that gets shorter is followed by blanks
  bool empty_is_zero = false;  // an empty value can be counted from
  std::uint64_t delta = 1;
  std::optional<Cas> expected = {};
  std::optional<Cas> cas = {};
  std::optional<UnixMs> expires = {};
  std::optional<UnixMs> create_expires = {};  // on a miss create it with `initial`
  std::uint64_t initial = 0;
  std::uint32_t create_flags = 0;
};

struct Counted {
  // kOk, kMiss, kExists, kNotNumeric, kNoMemory, kPending, kWrongType, kBadPrefix
  Answer answer = Answer::kOk;
  bool created = false;
  std::uint64_t number = 0;
  Cas cas = 0;
  UnixMs expires = kNeverExpires;  // as it was before; of a created counter kNeverExpires
};

// ---- collections

// What a collection is created as.
struct NewCollection {
  collection::Type type = collection::Type::kList;
  std::uint32_t flags = 0;
  UnixMs expires = kNeverExpires;
  collection::Attributes attributes = {};
};

// How to work on a collection.
struct CollectionUse {
  std::optional<NewCollection> create = {};  // when it is missing
  bool grows = false;                        // elements may come: not where sticky memory is full
  bool drop_when_empty = false;              // remove it, if it is empty behind a kDone
};

// What that came to, but for what the operation itself answers.
struct CollectionUsed {
  // kOk: the operation has run, and its verdict holds; kMiss, kWrongType, kNoMemory, kBadPrefix,
  // kPending: it has done nothing.
  Answer answer = Answer::kMiss;
  bool created = false;
  bool dropped = false;
  std::uint32_t flags = 0;
};

// ---- prefixes

// What all items of a prefix come to, with Limits::accounts_prefixes.
struct PrefixUsage {
  struct OfType {
    std::uint64_t items = 0;
    std::uint64_t bytes = 0;
  };
  std::string name = {};  // empty: the null prefix, of all keys that have none
  std::array<OfType, kItemTypes> types = {};
  UnixMs created = 0;  // its first item

  OfType all() const {
    OfType all;
    for (const OfType& each : types) {
      all.items += each.items;
      all.bytes += each.bytes;
    }
    return all;
  }
  PrefixUsage& operator+=(const PrefixUsage& other) {
    for (std::size_t type = 0; type < kItemTypes; ++type) {
      types[type].items += other.types[type].items;
      types[type].bytes += other.types[type].bytes;
    }
    created = std::min(created, other.created);
    return *this;
  }
};

// Told of what is evicted, while it wants to know. Called under a lock: it must be quick, and call
// nothing of the store. `gone` has no value.
class EvictionObserver {
 public:
  virtual bool wants_evictions() const noexcept = 0;
  virtual void evicted(std::string_view key, const Found& gone, UnixMs now) = 0;

 protected:
  ~EvictionObserver() = default;
};

// ---- the whole store

// How far a walk over all items has come. It holds nothing.
struct Cursor {
  std::size_t shard = 0;
  std::uint64_t position = 0;

  // It as a number, for clients: 0 is the begin, and never anything else.
  std::uint64_t number() const { return std::uint64_t{shard} << 32 | position; }
  static Cursor of(std::uint64_t number) {
    return {.shard = number >> 32, .position = static_cast<std::uint32_t>(number)};
  }
};

// Called under a lock, so it must be short and call nothing of the store. `found` has no value.
using Show = std::function<void(std::string_view key, const Found& found)>;

// What a walk that reclaims what is dead came to: items.
struct Scrubbed {
  std::uint64_t visited = 0;
  std::uint64_t cleaned = 0;  // of those
};

struct Limits {
  std::size_t memory_bytes = 64 << 20;  // -m
  std::size_t item_bytes = 1 << 20;     // -I: header, key and value of one item
  bool evict = true;                    // false (-M): only what is dead; or kNoMemory
  char delimiter = ':';                 // -D: ends a prefix of a key
  std::size_t sticky_bytes = 0;         // -g: of all sticky items; 0: there are none
  // What a prefix has is known, and it is what stands before the first delimiter that is not the
  // first byte: others are none (Arcus).
  bool accounts_prefixes = false;
};

// What a store found in its file.
struct Recovered {
  std::size_t items = 0;
  std::size_t damaged = 0;  // left out: items, pages, and rests of pages
};

// A sum over all shards, taken shard by shard. Bytes but where a name says otherwise.
struct Usage : History {
  std::uint64_t items = 0;  // count
  std::uint64_t item_bytes = 0;
  std::uint64_t index_bytes = 0;
  std::uint64_t ghost_bytes = 0;  // what is known of evicted keys
  std::uint64_t page_bytes = 0;   // leased for items and values, the dead and the free in them too
  std::uint64_t heap_bytes = 0;   // of values that come in, and of the lists of long ones
  std::uint64_t free_bytes = 0;   // of pages that are nobody's and not yet the system's
  std::uint64_t reserved_bytes = 0;    // of values on their way in
  std::uint64_t pinned_bytes = 0;      // of what is gone, and still held by readers
  std::uint64_t total_bytes = 0;       // of the limit: pages, heap, index and ghost
  std::uint64_t index_slots = 0;       // count
  std::uint64_t index_resizes = 0;     // count: shards whose index is being resized
  std::int64_t evicted_idle_s = 0;     // since the last item that a shard evicted was used, at most
  std::uint64_t flushed_prefixes = 0;  // count: that wait for their time, or are being reclaimed
  std::uint64_t sticky_items = 0;      // count
  std::uint64_t sticky_bytes = 0;      // of items and their collections
  std::uint64_t collection_bytes = 0;  // of collections that live, without their items in the log
  std::uint64_t block_bytes = 0;       // of blocks, also of what is gone and not yet reclaimed
};

}  // namespace larder::store

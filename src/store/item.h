// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "store/ledger.h"
#include "store/operation.h"
#include "store/stamp.h"

namespace larder::store {

constexpr std::int64_t kMsPerS = 1000;
constexpr std::uint32_t seconds_of(UnixMs now) { return static_cast<std::uint32_t>(now / kMsPerS); }

// The blocks of a long value, each of them malloc's. Grows while the value comes in.
struct Extents {
  std::string_view* views = nullptr;
  std::uint32_t count = 0;
  std::uint32_t capacity = 0;
  std::size_t held = 0;   // value bytes that there is room for
  std::size_t bytes = 0;  // heap bytes of the blocks and of `views`
};

// One version of a key's value: a block of memory that is counted by references.
//
//   small:  [ header 56 ][ cas 8 ]?[ key ][ value ]
//   long:   [ header 56 ][ cas 8 ][ Extents ][ key ]      Extents.views ─► [....][....][..]
//
//   what              written                                    read
//   refs              anybody, atomically                        anybody
//   newer, older      shard lock, while linked                   shard lock
//   ledger            while not linked (in place of newer):      the last holder
//                     whose account it is on; null: nobody's
//   key, value        before it is linked; later only            anybody who holds a reference
//                     under the lock while refs == 1
//   all else          shard lock once linked                     shard lock
//
// The index holds one reference, a pin each one more; the last to let go frees it.
class Item {
 public:
  enum Mark : std::uint8_t {
    kFetched = 1,      // a reader has had it
    kAccessed = 2,     // since eviction looked at it last
    kStale = 4,        // invalidated
    kTokenSent = 8,    // a reader has been asked to fill it
    kBinaryKey = 16,   // stored under a key marked binary
    kCasSlot = 32,     // the 8 bytes for a client's own cas are there
    kOwnCas = 64,      // and hold one
    kInExtents = 128,  // the value does not follow the key
  };

  // One reference, not linked, on nobody's account. Null when malloc has none. See make_item.
  static Item* create(std::string_view key, std::size_t value_size, bool cas_slot);

  bool is(Mark mark) const { return (marks & mark) != 0; }
  void set(Mark mark) { marks = static_cast<std::uint8_t>(marks | mark); }
  void clear(Mark mark) { marks = static_cast<std::uint8_t>(marks & ~mark); }

  std::string_view key() const { return {body() + key_offset(), key_size}; }
  // Of a small value.
  char* value() { return const_cast<char*>(body()) + key_offset() + key_size; }
  const char* value() const { return body() + key_offset() + key_size; }
  std::span<const std::string_view> extents() const {
    return {long_value().views, long_value().count};
  }
  Extents& long_value() { return *reinterpret_cast<Extents*>(body_behind_cas()); }
  const Extents& long_value() const {
    return *reinterpret_cast<const Extents*>(const_cast<Item*>(this)->body_behind_cas());
  }

  Cas cas() const { return is(kOwnCas) ? *cas_slot() : stamp; }
  // A client's number of 0 is none: the stamp is the cas then.
  void set_cas(Stamp new_stamp, std::optional<Cas> own);

  // What it is accounted for.
  std::size_t bytes() const;
  // A sign of use: eviction gives it another chance.
  void access(UnixMs now) {
    if (!is(kAccessed)) set(kAccessed);
    if (accessed_s != seconds_of(now)) accessed_s = seconds_of(now);
  }
  bool is_expired(UnixMs now) const { return expires != kNeverExpires && expires <= now; }

  // Whether only the index holds it. Under the shard lock: nobody else can begin to.
  bool is_unshared() const { return refs.load(std::memory_order_acquire) == 1; }
  Value pinned_value();
  static void release(void* item) noexcept;

  // ---- header
  std::atomic<std::uint32_t> refs{1};
  std::uint32_t hash = 0;  // its low 32 bits: the place in the index
  union {
    Item* newer = nullptr;  // in age order
    Ledger* ledger;
  };
  Item* older = nullptr;
  UnixMs expires = kNeverExpires;
  Stamp stamp = 0;
  std::uint32_t flags = 0;
  std::uint32_t value_size = 0;
  std::uint32_t accessed_s = 0;  // unix time of the last access
  std::uint8_t key_size = 0;
  std::uint8_t marks = 0;
  std::uint8_t tag = 0;  // what the index keeps of the hash beside the pointer

 private:
  Item() = default;
  ~Item() = default;

  const char* body() const { return reinterpret_cast<const char*>(this + 1); }
  char* body_behind_cas() { return reinterpret_cast<char*>(this + 1) + sizeof(Cas); }
  Cas* cas_slot() { return reinterpret_cast<Cas*>(this + 1); }
  const Cas* cas_slot() const { return reinterpret_cast<const Cas*>(this + 1); }
  std::size_t key_offset() const {
    return (is(kCasSlot) ? sizeof(Cas) : 0U) + (is(kInExtents) ? sizeof(Extents) : 0U);
  }
  std::size_t block_bytes() const;
};

static_assert(sizeof(Item) == 56, "the header is most of a small item's cost");

// Holds one reference to an item that is not (or no longer) linked.
class ItemRef {
 public:
  ItemRef() = default;
  explicit ItemRef(Item* item) : item_(item) {}
  ItemRef(ItemRef&& other) noexcept : item_(std::exchange(other.item_, nullptr)) {}
  ItemRef& operator=(ItemRef&& other) noexcept {
    ItemRef dropped(std::exchange(item_, std::exchange(other.item_, nullptr)));
    return *this;
  }
  ~ItemRef() {
    if (item_ != nullptr) Item::release(item_);
  }

  explicit operator bool() const { return item_ != nullptr; }
  Item* operator->() const { return item_; }
  Item& operator*() const { return *item_; }
  Item* get() const { return item_; }
  Item* take() { return std::exchange(item_, nullptr); }

 private:
  Item* item_ = nullptr;
};

// How an item comes onto the account: not at all where the ledger refuses, or whatever it says,
// by those who free more than that right behind it.
enum class Admission : std::uint8_t { kTry, kForce };

// An item on the account of `ledger`, its value bytes not set; a long value has no extents yet.
// Empty when there is no memory.
ItemRef make_item(Ledger& ledger, std::string_view key, std::size_t value_size, bool cas_slot,
                  Admission admission = Admission::kTry);
// Adds an extent for at most `missing` further bytes of a long value. False: no memory.
[[nodiscard]] bool add_extent(Item& item, std::size_t missing);
// make_item with all the extents of a long value.
ItemRef make_whole_item(Ledger& ledger, std::string_view key, std::size_t value_size,
                        bool cas_slot);

// Room in an item, from the front to the back of its value.
class ValueWriter {
 public:
  explicit ValueWriter(Item& item) : item_(item) {}
  void write(std::string_view bytes);
  void write_value_of(const Item& other);

 private:
  Item& item_;
  std::uint32_t extent_ = 0;
  std::size_t offset_ = 0;  // in the extent, or in the small value
};

// A walk over the bytes of a value, small or long.
template <class Visitor>
void for_each_span(const Item& item, Visitor visit) {
  if (!item.is(Item::kInExtents)) return visit(std::string_view(item.value(), item.value_size));
  for (std::string_view view : item.extents()) visit(view);
}

}  // namespace larder::store

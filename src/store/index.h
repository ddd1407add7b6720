// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/hash.h"
#include "store/item.h"
#include "store/ledger.h"
#include "store/mapped_array.h"
#include "store/slots.h"

namespace larder::store {

// Where the parts of a key's hash go.
//
//   63            54      39                    8 7      0
//   ├ shard (some) ┼ … ────┼ position, 32 bits ───┼─ tag ──┤
constexpr unsigned kMostShardBits = 10;
constexpr unsigned kTagBits = 8;
constexpr std::uint32_t position_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> kTagBits);
}
// Never 0, which marks a free slot, nor 1: a quick look takes two tags for each other that differ
// in their lowest bit alone, and what a free slot holds must not be looked at.
constexpr std::uint8_t tag_of(std::uint64_t hash) {
  const auto tag = static_cast<std::uint8_t>(hash);
  return static_cast<std::uint8_t>(tag < 2 ? tag + 2 : tag);
}

// The items of one shard by their keys: a table of cache lines, in the order of the positions.
//
//   line:  [ tag ×8 ][ tag ×4 | passed ][ handle ×12 ]           64 bytes
//                                └ how many items went by here, for it was full; 0 ends a search
//
//   position p of n lines:  home = p * n / 2^32         so that growing keeps the order
//
//   while it grows or shrinks, by a sixth or to a fit, two lines with every change:
//
//   old    [ moved, released ][ homes from frontier on ]
//   next   [ homes before frontier ][ not touched yet ]
//
// Used under the shard lock, except for prefetch: both tables stay mapped, and what is read without
// the lock is only prefetched.
class Index {
 public:
  struct Line {
    static constexpr unsigned kSlots = 12;
    static constexpr unsigned kFirstTags = 8;
    std::array<std::atomic<std::uint64_t>, 2> tags;
    std::array<std::atomic<Handle>, kSlots> handles;
  };
  struct Place {
    Item item;  // none: not there
    Line* line = nullptr;
    unsigned slot = 0;
  };

  Index(Ledger& ledger, const Slots& slots, std::uint64_t seed);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  Place find(std::string_view key, std::uint64_t hash) const noexcept;
  Place place_of(Handle handle, std::uint64_t hash) const noexcept;  // must be there
  // Of an empty one: room for so many without growing.
  void expect(std::size_t items) noexcept;
  // For one more, having grown if need be. False: full, and it may not grow.
  [[nodiscard]] bool has_room() noexcept;
  // The key must not be there. False: no room.
  [[nodiscard]] bool insert(Handle handle, std::uint64_t hash);
  void replace(const Place& place, Handle by) noexcept;
  // `lines`: to be moved with it while the size changes; who erases many steps once for all.
  void erase(const Place& place, std::uint64_t hash, std::size_t lines = kLinesOfAChange) noexcept;

  std::uint64_t hash_of(std::string_view key) const noexcept {
    return base::keyed_hash(key, seed_);
  }
  // Also without the lock.
  std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }
  std::size_t slots() const noexcept {
    return old().homes.load(std::memory_order_relaxed) * Line::kSlots;
  }
  bool is_resizing() const noexcept { return is_resizing_; }
  // A part of the work of fitting its size to its items, when there is some; true: there was.
  bool step(std::size_t lines) noexcept;

  // Shows the items of positions from `from` on, of so many lines' worth of positions and at least
  // one. → the position to go on from, kEnd behind the last. What is inserted, erased, evicted or
  // moved to the other table in between changes no position: who was there all the time is shown
  // exactly once.
  static constexpr std::uint64_t kEnd = std::uint64_t{1} << 32;
  std::uint64_t show(std::uint64_t from, std::size_t lines,
                     const std::function<void(Item)>& shown) const;

  // Without the lock: first the line, and when it has come the item.
  void prefetch_line(std::uint64_t hash) const noexcept;
  void prefetch_item(std::uint64_t hash) const noexcept;

 private:
  static constexpr std::size_t kLinesOfAChange = 2;
  static constexpr std::size_t kSpareLines = 16;  // behind the last home, for what went by it
  static constexpr std::size_t kFirstLines = 48;  // a page with the spare ones
  static constexpr std::size_t kMostLines = std::size_t{1} << 23;

  struct Table {
    Table() : lines(kMostLines + kSpareLines) {}
    std::size_t home_of(std::uint64_t hash) const noexcept {
      return std::size_t{position_of(hash)} * homes.load(std::memory_order_relaxed) >> 32;
    }
    std::size_t end() const noexcept { return homes.load(std::memory_order_relaxed) + kSpareLines; }
    MappedArray<Line> lines;
    std::atomic<std::size_t> homes{0};
  };
  struct Home {
    const Table* table;
    std::size_t number;
    Line* line() const noexcept { return &table->lines[number]; }
  };

  // Where the key of `hash` is, or would be, looked for first.
  Home home_of(std::uint64_t hash) const noexcept {
    const unsigned old = old_.load(std::memory_order_relaxed);
    const std::size_t home = tables_[old].home_of(hash);
    if (home >= frontier_.load(std::memory_order_relaxed)) return {&tables_[old], home};
    return {&tables_[1 - old], tables_[1 - old].home_of(hash)};
  }
  const Table& old() const noexcept { return tables_[old_.load(std::memory_order_relaxed)]; }
  Table& old() noexcept { return tables_[old_.load(std::memory_order_relaxed)]; }
  Table& next() noexcept { return tables_[1 - old_.load(std::memory_order_relaxed)]; }

  static std::size_t fitting_lines(std::size_t items) noexcept;
  void grow() noexcept;
  void shrink() noexcept;
  void begin_resize(std::size_t homes) noexcept;
  bool reserve_lines(std::size_t homes) noexcept;
  void end_resize() noexcept;
  void move_home(std::size_t home) noexcept;
  void prefetch_keys(const Line& line) const noexcept;
  void account() noexcept;

  // One cache line: all that a look-up needs of it.
  alignas(64) std::atomic<std::size_t> frontier_{0};  // 0 unless it is being resized
  std::atomic<unsigned> old_{0};
  std::array<Table, 2> tables_;
  bool is_resizing_ = false;
  std::size_t released_ = 0;        // lines of the old table
  std::size_t reserved_lines_ = 0;  // of both, where nothing would be evicted for them
  std::size_t accounted_ = 0;
  std::atomic<std::size_t> count_{0};  // written under the lock
  Ledger& ledger_;
  const Slots& slots_;
  std::uint64_t seed_;
};

static_assert(sizeof(Index::Line) == 64);

}  // namespace larder::store

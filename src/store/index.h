// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "store/item.h"
#include "store/ledger.h"

namespace larder::store {

// Where the parts of a key's hash go.
//
//   63    58 57     50                 31                       0
//   ├ shard ─┼── tag ──┼── (unused) ────┼── line, modulo lines ──┤
constexpr unsigned kShardBits = 6;
constexpr std::size_t kShards = std::size_t{1} << kShardBits;
constexpr std::size_t shard_of(std::uint64_t hash) { return hash >> (64 - kShardBits); }
constexpr std::uint8_t tag_of(std::uint64_t hash) {  // never 0: that marks a free slot
  const auto tag = static_cast<std::uint8_t>(hash >> (64 - kShardBits - 8));
  return tag == 0 ? 1 : tag;
}

// The items of one shard by their keys: a table of cache lines.
//
//   line:  [ item ×7 ][ tag ×7 | passed ]
//                                  └ how many items went by here, for it was full; 255: too many
//                                    to count. 0 ends a search
//
// A key's home is one line; a search compares seven tags at once and touches an item only where
// the tag is the same. Used under the shard lock, except for prefetch: a table that was outgrown
// gives its pages back but stays mapped (and reads as empty), for as long as the index lives.
class Index {
 public:
  struct Line {
    static constexpr unsigned kSlots = 7;
    std::array<std::atomic<Item*>, kSlots> items;
    std::atomic<std::uint64_t> tags;
  };
  struct Place {
    Item* item = nullptr;  // null: not there
    Line* line = nullptr;
    unsigned slot = 0;
  };

  explicit Index(Ledger& ledger);
  ~Index();
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;

  Place find(std::string_view key, std::uint64_t hash) const noexcept;
  Place place_of(const Item& item) const noexcept;
  // The key of `item` must not be there. False: full, and no memory to grow.
  [[nodiscard]] bool insert(Item& item);
  void replace(const Place& place, Item& by) noexcept;
  void erase(const Place& place) noexcept;

  // Also without the lock.
  std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }
  // Far too large for what is in it.
  bool is_sparse() const noexcept;
  // False: it is not, or there is no memory for the smaller one beside it.
  [[nodiscard]] bool halve();

  // Without the lock: first the line, and when it has come the item.
  void prefetch_line(std::uint64_t hash) const noexcept;
  void prefetch_item(std::uint64_t hash) const noexcept;

 private:
  // A table's address and, in the low bits that a page's address leaves, log2 of its lines.
  using Table = std::uintptr_t;
  static constexpr unsigned kFirstLog = 6;  // 64 lines: one page
  static constexpr unsigned kMaxLog = 32;

  static Line* lines_of(Table table) noexcept {
    return reinterpret_cast<Line*>(table & ~Table{kMaxLog * 2 - 1});
  }
  static unsigned log_of(Table table) noexcept { return table & (kMaxLog * 2 - 1); }
  static std::size_t bytes_of(unsigned log) noexcept { return sizeof(Line) << log; }

  const Line& home_of(std::uint64_t hash) const noexcept;
  Table table() const noexcept { return table_.load(std::memory_order_relaxed); }
  std::size_t slots() const noexcept { return Line::kSlots * (std::size_t{1} << log_of(table())); }
  Line* map(unsigned log);
  bool resize(unsigned log);

  std::atomic<Table> table_{0};
  std::atomic<std::size_t> count_{0};  // written under the lock
  Ledger& ledger_;
  std::array<Line*, kMaxLog + 1> mapped_{};  // by log2 of lines; used once or again
};

static_assert(sizeof(Index::Line) == 64);

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/memcache/words.h"

namespace larder::wire::memcache {

// Finds rows by their `name`: a slot for each by its first letters, found without a collision at
// compile time. One look decides, one comparison confirms.
//
//   head of `get` × factor ─► its top kSlotBits ─► slots_[…]
template <class Row, int kSlotBits>
class NameTable {
 public:
  // Does not compile for two names of one head, or for too few slots.
  template <std::size_t kRows>
  consteval explicit NameTable(const std::array<Row, kRows>& rows) : factor_(factor_for(rows)) {
    for (const Row& row : rows) {
      const std::uint64_t head = Words::pack(row.name);
      slots_[slot_of(head, factor_)] = {.head = head, .row = row};
    }
  }

  const Row* find(const Words::Name& name) const noexcept {
    const Row* row = find(name.head);
    if (row == nullptr || row->name.size() != name.text.size()) return nullptr;
    return name.text.size() > sizeof(name.head) && row->name != name.text ? nullptr : row;
  }

  // The only row that can be meant.
  const Row* find(std::uint64_t head) const noexcept {
    const Slot& slot = slots_[slot_of(head, factor_)];
    return slot.head == head && !slot.row.name.empty() ? &slot.row : nullptr;
  }

 private:
  struct Slot {
    std::uint64_t head = 0;
    Row row;
  };
  static constexpr std::size_t kSlots = std::size_t{1} << kSlotBits;

  static constexpr std::size_t slot_of(std::uint64_t head, std::uint64_t factor) noexcept {
    return head * factor >> (64 - kSlotBits);
  }

  template <std::size_t kRows>
  static consteval std::uint64_t factor_for(const std::array<Row, kRows>& rows) {
    std::array<std::uint64_t, kRows> heads{};
    for (std::size_t i = 0; i < kRows; ++i) heads[i] = Words::pack(rows[i].name);
    std::uint64_t factor = 0x9e3779b97f4a7c15;
    for (int i = 0; i < 1000; ++i, factor *= 0xbf58476d1ce4e5b9) {
      if (spreads(heads, factor)) return factor;
    }
    throw "the names need another hash";
  }

  template <std::size_t kRows>
  static consteval bool spreads(const std::array<std::uint64_t, kRows>& heads,
                                std::uint64_t factor) {
    std::array<std::uint64_t, kSlots / 64> taken{};
    for (const std::uint64_t head : heads) {
      const std::size_t slot = slot_of(head, factor);
      const std::uint64_t bit = std::uint64_t{1} << slot % 64;
      if ((taken[slot / 64] & bit) != 0) return false;
      taken[slot / 64] |= bit;
    }
    return true;
  }

  std::uint64_t factor_;
  std::array<Slot, kSlots> slots_{};
};

}  // namespace larder::wire::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "store/item.h"
#include "store/mapped_array.h"
#include "store/page.h"

namespace larder::store {

// Where an item of one shard lies: the slot of its page, and the offset in that.
//
//   31    16 15      0
//   ├─ slot ─┼─ offset ─┤
using Handle = std::uint32_t;

// The log pages of one shard by slot, so that four bytes are enough for a handle.
class Slots {
 public:
  static constexpr unsigned kOffsetBits = 16;
  static constexpr std::size_t kMost = std::size_t{1} << 16;
  static_assert(kPageBytes == std::size_t{1} << kOffsetBits);

  // `number` of the shard: tables that all began at the begin of a memory page would have to share
  // the few places of the nearest cache for that.
  explicit Slots(std::size_t number = 0)
      : table_(kMost + kColors * kPerLine), bytes_(&table_[number % kColors * kPerLine]) {
    LARDER_CHECK(static_cast<bool>(table_));
  }

  bool is_full() const { return free_.empty() && used_ == kMost; }
  void add(Page& page, std::byte* bytes) {
    std::size_t slot = used_;
    if (free_.empty()) {
      ++used_;
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    page.slot = static_cast<std::uint16_t>(slot);
    bytes_[page.slot].store(bytes, std::memory_order_relaxed);
  }
  void remove(Page& page) {
    bytes_[page.slot].store(nullptr, std::memory_order_relaxed);
    free_.push_back(page.slot);
  }
  // Slots that are or were in use, from 0 on.
  std::size_t size() const { return used_; }
  std::byte* page_bytes(std::size_t slot) const {  // null: free
    return bytes_[slot].load(std::memory_order_relaxed);
  }

  // Also without the shard's lock; then it may be an item's place no more.
  std::byte* at(Handle handle) const {
    const auto page = reinterpret_cast<std::uintptr_t>(
        bytes_[handle >> kOffsetBits].load(std::memory_order_relaxed));
    return reinterpret_cast<std::byte*>(page + (handle & (kPageBytes - 1)));
  }
  Handle handle_of(const Page& page, const std::byte* at) const {
    const std::byte* begin = bytes_[page.slot].load(std::memory_order_relaxed);
    return static_cast<Handle>(page.slot) << kOffsetBits | static_cast<Handle>(at - begin);
  }

 private:
  static constexpr std::size_t kColors = 64;  // cache lines of a memory page
  static constexpr std::size_t kPerLine = 64 / sizeof(std::byte*);

  MappedArray<std::atomic<std::byte*>> table_;
  std::atomic<std::byte*>* bytes_;
  std::vector<std::uint16_t> free_;
  std::size_t used_ = 0;
};

}  // namespace larder::store

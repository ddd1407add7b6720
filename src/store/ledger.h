// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>

#include "base/check.h"
#include "base/heap_bytes.h"
#include "store/operation.h"

namespace larder::store {

using base::heap_bytes;
using base::heap_room;

// All memory of one store against its limit.
//
//   total   pages (leased) + heap + index + ghost                                total <= limit
//   items   what live or pinned items use of that                                      at rest
//
// Who leases a page asks first; who adds to the index makes the total exceed the limit for the
// length of one operation.
class alignas(64) Ledger {
 public:
  explicit Ledger(const Limits& limits)
      : limit_(limits.memory_bytes), sticky_limit_(limits.sticky_bytes), evict_(limits.evict) {}

  void add(std::size_t bytes) noexcept { total_.fetch_add(bytes, std::memory_order_relaxed); }
  void remove(std::size_t bytes) noexcept {
    const std::size_t before = total_.fetch_sub(bytes, std::memory_order_relaxed);
    LARDER_CHECK(before >= bytes);
  }

  // Of malloc, on the total and told apart from the pages.
  void add_heap(std::size_t bytes) noexcept {
    add(bytes);
    heap_ += bytes;
  }
  void remove_heap(std::size_t bytes) noexcept {
    remove(bytes);
    heap_ -= bytes;
  }

  // Parts of the total that are told apart.
  void add_index(std::size_t bytes) noexcept { index_ += bytes; }
  void remove_index(std::size_t bytes) noexcept { index_ -= bytes; }
  void add_values(std::size_t bytes) noexcept { values_ += bytes; }  // long ones
  void remove_values(std::size_t bytes) noexcept { values_ -= bytes; }
  void add_reserved(std::size_t bytes) noexcept { reserved_ += bytes; }
  void remove_reserved(std::size_t bytes) noexcept { reserved_ -= bytes; }
  void add_pinned(std::size_t bytes) noexcept { pinned_ += bytes; }  // long ones without an item
  void remove_pinned(std::size_t bytes) noexcept { pinned_ -= bytes; }

  // Of collections, without their items in the log. Both also of less, modulo 2^64.
  void add_collections(std::size_t bytes) noexcept { collections_ += bytes; }
  void add_sticky(std::size_t bytes) noexcept { sticky_ += bytes; }
  void remove_sticky(std::size_t bytes) noexcept { sticky_ -= bytes; }
  // False: there would be too many.
  [[nodiscard]] bool take_sticky(std::size_t bytes) noexcept {
    if (sticky_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= sticky_limit()) return true;
    sticky_ -= bytes;
    return false;
  }
  std::size_t sticky_limit() const noexcept {
    return sticky_limit_.load(std::memory_order_relaxed);
  }
  void set_sticky_limit(std::size_t bytes) noexcept { sticky_limit_ = bytes; }
  bool has_sticky_room(std::size_t bytes) const noexcept {
    return sticky() + bytes <= sticky_limit();
  }

  bool evicts() const noexcept { return evict_; }
  bool is_over() const noexcept { return total() > limit(); }
  bool has_room(std::size_t bytes) const noexcept { return total() + bytes <= limit(); }
  std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  void set_limit(std::size_t bytes) noexcept { limit_.store(bytes, std::memory_order_relaxed); }

  std::size_t total() const noexcept { return total_.load(std::memory_order_relaxed); }
  std::size_t heap() const noexcept { return heap_.load(std::memory_order_relaxed); }
  std::size_t index() const noexcept { return index_.load(std::memory_order_relaxed); }
  std::size_t values() const noexcept { return values_.load(std::memory_order_relaxed); }
  std::size_t reserved() const noexcept { return reserved_.load(std::memory_order_relaxed); }
  std::size_t pinned() const noexcept { return pinned_.load(std::memory_order_relaxed); }
  std::size_t collections() const noexcept { return collections_.load(std::memory_order_relaxed); }
  std::size_t sticky() const noexcept { return sticky_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> total_{0};
  std::atomic<std::size_t> heap_{0};
  std::atomic<std::size_t> index_{0};
  std::atomic<std::size_t> values_{0};
  std::atomic<std::size_t> reserved_{0};
  std::atomic<std::size_t> pinned_{0};
  std::atomic<std::size_t> collections_{0};
  std::atomic<std::size_t> sticky_{0};
  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> sticky_limit_;
  bool evict_;
};

}  // namespace larder::store

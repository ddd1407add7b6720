// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/limits.h"
#include "store/stamp.h"

namespace larder::store {

class Arena;
using base::UnixMs;

constexpr std::size_t kPageBytes = limits::kPageBytes;

// Bytes of a page that a time to live will free, in classes by how long that was when they came.
// Written when an item is put or touched; what dies earlier stays counted until the page is walked.
class ExpirySummary {
 public:
  void add(UnixMs expires, std::size_t bytes, UnixMs now);
  void clear() { *this = {}; }
  // Of the classes whose last item has expired.
  std::size_t expired_bytes(UnixMs now) const;

 private:
  static constexpr std::size_t kClasses = 4;
  std::array<std::uint32_t, kClasses> latest_s_{};    // since the epoch of stamps, rounded up
  std::array<std::uint16_t, kClasses> half_bytes_{};  // two bytes each, so that a page fits in
};

// What is known of one page of the arena, beside the page.
//
//   use       owner           contents
//   kFree     arena           nothing; a bit of the arena says whether it is resident
//   kSmall    a shard         items, one behind the other up to `filled`: [item][dead][item]…
//   kMain     a shard         the same, of those that were read more than once
//   kValue    ExtentPool      pieces of long values, 1 KiB each; free_kib: a bit for each free one
//
//   life of a log page:   leased ─► active (appended to) ─► closed ─► all dead ─► given back, or
//                                                            retired until its last pin is dropped
//
// All fields but `pins` belong to the owner's lock.
struct alignas(64) Page {
  enum class Use : std::uint8_t { kFree, kSmall, kMain, kValue };
  static constexpr std::uint32_t kRetired = std::uint32_t{1} << 31;

  Arena* arena = nullptr;
  std::atomic<std::uint32_t> pins{0};  // with kRetired: the last one gives the page back
  Use use = Use::kFree;
  std::uint8_t era = 0;    // of its shard, when it was leased or walked last
  std::uint16_t slot = 0;  // its number in the shard: the upper half of a handle
  std::uint32_t filled = 0;
  std::uint32_t dead = 0;  // of what is filled
  Page* newer = nullptr;   // in the order of its queue; of kValue: in the pool's list
  Page* older = nullptr;
  union {
    ExpirySummary expiry;
    std::uint64_t free_kib;
  };

  Page() : expiry() {}
  std::uint32_t live() const { return filled - dead; }
  std::uint32_t room() const { return static_cast<std::uint32_t>(kPageBytes) - filled; }
  // Taken only under the owner's lock; dropped by anybody.
  bool is_pinned() const { return pins.load(std::memory_order_acquire) != 0; }
  void pin() { pins.fetch_add(1, std::memory_order_relaxed); }
  static void unpin(void* page) noexcept;
  // Nothing in it is wanted any more. True: nothing of it is pinned either, give it back; false:
  // the last pin will.
  [[nodiscard]] bool retire() noexcept;
};

static_assert(sizeof(Page) == 64, "one cache line for each 64 KiB: 0.1 %");

}  // namespace larder::store

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

// Of a page that is cut into blocks of one size: which of them are free.
//
//   [taken][free][taken][taken][free][taken][free][free] …
//      first_free ─► 1 ─────────────► 4 ─► none          untouched ─► 6
struct Blocks {
  static constexpr std::uint16_t kNone = 0xffff;

  std::uint32_t bytes;       // of each
  std::uint16_t count;       // that there are
  std::uint16_t taken;       // of them
  std::uint16_t first_free;  // of those that were given back: each names the next one; or kNone
  std::uint16_t untouched;   // from here on none has been taken yet
  std::uint8_t size_class;   // of the pool
  std::uint8_t fullness;     // in which of the pool's lists it is
};

// What is known of one page of the arena, beside the page.
//
//   use       owner           contents
//   kFree     arena           nothing; a bit of the arena says whether it is resident
//   kSmall    a shard         items, one behind the other up to `filled`: [item][dead][item]…
//   kMain     a shard         the same, of those that were read more than once
//   kStickyItems  a shard     the same, of those that are never evicted
//   kValue    ExtentPool      pieces of long values, 1 KiB each; free_kib: a bit for each free one
//   kBlocks   BlockPool       elements of collections, in blocks of one size; see Blocks
//
//   life of a log page:   leased ─► active (appended to) ─► closed ─► all dead ─► given back, or
//                                                            retired until its last pin is dropped
//
// All fields but those of the pins belong to the owner's lock.
struct alignas(64) Page {
  enum class Use : std::uint8_t { kFree, kSmall, kMain, kStickyItems, kValue, kBlocks };
  static constexpr std::size_t kMostFilled = kPageBytes - 1;  // so that 16 bits can say it

  Arena* arena = nullptr;
  Use use = Use::kFree;
  std::uint8_t era = 0;    // of its shard, when it was leased or walked last
  std::uint16_t slot = 0;  // its number in the shard: the upper half of a handle
  std::uint16_t filled = 0;
  std::uint16_t dead = 0;  // of what is filled
  Page* newer = nullptr;   // in the order of its queue; of a pool's: in its list
  Page* older = nullptr;
  union {
    ExpirySummary expiry;
    std::uint64_t free_kib;
    Blocks blocks;
  };

  Page() : expiry() {}
  void begin_anew() {
    filled = dead = 0;
    expiry.clear();
  }
  std::size_t live() const { return std::size_t{filled} - dead; }
  std::size_t room() const { return kMostFilled - filled; }
  // The offset of `bytes` bytes behind what is filled; there must be room.
  std::size_t append(std::size_t bytes) {
    const std::size_t at = filled;
    filled = static_cast<std::uint16_t>(at + bytes);
    return at;
  }
  void add_dead(std::size_t bytes) { dead = static_cast<std::uint16_t>(dead + bytes); }

  // Pins are taken under the owner's lock, and dropped by anybody.
  void pin() { pinned_ = (pinned_ + 1) & kPinMask; }
  static void unpin(void* page) noexcept;
  bool is_pinned() const { return dropped_.load(std::memory_order_acquire) >> 1 != pinned_; }
  // Nothing in it is wanted any more. True: nothing of it is pinned either, give it back; false:
  // the last pin will.
  [[nodiscard]] bool retire() noexcept;
  void reset_pins();

 private:
  static constexpr std::uint32_t kPinMask = ~std::uint32_t{0} >> 1;
  static constexpr std::uint32_t kRetired = 1;
  static constexpr std::uint32_t kOneDrop = 2;

  std::uint32_t pinned_ = 0;               // pins taken so far, modulo 2^31
  std::atomic<std::uint32_t> dropped_{0};  // pins dropped so far, times two; see retire
};

static_assert(sizeof(Page) == 64, "one cache line for each 64 KiB: 0.1 %");

}  // namespace larder::store

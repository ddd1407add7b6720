// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/mutex.h"
#include "store/arena.h"

namespace larder::store::collection {

struct Inner;

// Memory for collections: pages of the arena, each cut into blocks of one size.
//
//   [page: 96 B ■■□■□□…] [page: 96 B ■■■■■■…] [page: 2608 B ■■□…]
//
// The sizes are 16 bytes or an eighth apart up to 4 KiB; beyond that a page holds one block less of
// each next size. Of a size, blocks come from a page of the fullest quarter that has a free one, so
// that the emptiest become free and go back to the arena. Rather than a new page, a block that is
// up to two eighths larger is used.
//
// Any thread; the lock is a leaf but for the arena's, held for some tens of instructions, whatever
// lock the caller holds. What is still taken when the pool ends is the arena's, without a walk.
class BlockPool {
 public:
  static constexpr std::size_t kMostBytes = 60 * limits::KiB;  // of one block

  explicit BlockPool(Arena& arena) : arena_(arena) {}
  ~BlockPool() = default;
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // The smallest size of at least `bytes`.
  static std::size_t bytes_of(std::size_t bytes) noexcept;
  // A block of that size or somewhat larger, aligned to 16. Some of what is buried is given back
  // before a page is leased. Null: the arena has no page within the limit.
  void* take(std::size_t bytes) noexcept;
  void give_back(void* block) noexcept;
  // What a block has room for, and is accounted for.
  std::size_t bytes_at(const void* block) const noexcept;

  std::size_t block_bytes() const noexcept;  // of all blocks that are taken

  // ---- what nobody waits for
  // A tree that is gone: its blocks are given back later, step by step (tree.cc).
  void bury(void* root) noexcept;
  bool has_buried() const noexcept { return buried_.load(std::memory_order_relaxed) != nullptr; }
  // Gives some of them back. True: there are more.
  bool reclaim(std::size_t most_blocks) noexcept;

 private:
  static constexpr std::size_t kClasses = 64;
  static constexpr std::size_t kQuarters = 4;
  static constexpr std::uint8_t kUnlisted = kQuarters;  // it is full

  void* take_free(std::size_t size_class) noexcept;
  void* take_larger(std::size_t size_class) noexcept;
  void* take_of_new_page(std::size_t size_class) noexcept;
  void* cut(Page& page) noexcept;
  void sort_in(Page& page) noexcept;
  void list(Page& page, std::uint8_t fullness) noexcept;
  void unlist(Page& page) noexcept;
  Inner* next_buried() noexcept;

  Arena& arena_;
  mutable base::Mutex mutex_;
  std::size_t block_bytes_ = 0;
  std::atomic<Inner*> buried_{nullptr};                         // written under the lock
  std::array<std::array<Page*, kQuarters>, kClasses> pages_{};  // with free blocks
};

}  // namespace larder::store::collection

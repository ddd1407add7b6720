// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/mutex.h"
#include "store/arena.h"

namespace larder::store::collection {

// Memory for collections: pages of the arena, each cut into blocks of one size.
//
//   [page: 96 B ■■□■□□…] [page: 96 B ■■■■■■…] [page: 2560 B ■■□…]
//
// The sizes are an eighth apart at most, up to 4 KiB; beyond that a page holds one block less of
// each next size. Of a size, blocks come from the fullest page that has a free one, so that the
// emptiest become free and go back to the arena.
//
// Any thread; the lock is a leaf, held for some tens of instructions, whatever lock the caller
// holds.
class BlockPool {
 public:
  static constexpr std::size_t kMostBytes = 60 * limits::KiB;  // of one block

  explicit BlockPool(Arena& arena);
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;

  // What a block of at least `bytes` has room for, and is accounted for.
  static std::size_t bytes_of(std::size_t bytes) noexcept;
  // bytes_of(bytes) bytes, aligned to 16. Null: the arena has no page within the limit.
  void* take(std::size_t bytes) noexcept;
  void give_back(void* block) noexcept;
  // What a block was taken for, rounded up: bytes_of.
  std::size_t bytes_at(const void* block) const noexcept;

  std::size_t block_bytes() const noexcept;  // of all blocks that are taken

  // ---- what nobody waits for
  // A tree that is gone: its blocks are given back later, step by step (tree.cc).
  void bury(void* root) noexcept;
  // Gives some of them back. True: there are more.
  bool reclaim(std::size_t most_blocks) noexcept;
};

}  // namespace larder::store::collection

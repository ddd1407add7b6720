// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "store/arena.h"
#include "store/collection/block_pool.h"
#include "store/collection/snapshot.h"
#include "store/ledger.h"
#include "store/operation.h"

namespace larder::store::collection {

// Memory for collections under test. At its end nothing may be left.
class TestPool {
 public:
  explicit TestPool(std::size_t memory_bytes = 64 * limits::MiB)
      : ledger_(Limits{.memory_bytes = memory_bytes}) {}
  ~TestPool() {
    give_back_held();
    reclaim_all();
    EXPECT_EQ(blocks_.block_bytes(), 0U);
    EXPECT_EQ(arena_.leased_bytes(), 0U);
  }
  TestPool(const TestPool&) = delete;
  TestPool& operator=(const TestPool&) = delete;

  BlockPool& blocks() { return blocks_; }
  Arena& arena() { return arena_; }
  std::size_t pages() const { return arena_.leased_bytes() / Arena::kLeaseBytes; }
  void reclaim_all() {
    while (blocks_.reclaim(limits::kReclaimedBlocks)) {
    }
  }
  // No page more than there are, or as many as are needed.
  void set_scarce(bool scarce) {
    scarce ? allow_pages(0) : ledger_.set_limit(std::size_t{1} << 40);
  }
  void allow_pages(std::size_t more) {
    ledger_.set_limit(ledger_.total() + more * Arena::kLeaseBytes);
  }
  // No block of any size is free then.
  void hold_all_free() {
    set_scarce(true);
    for (std::size_t bytes = 1; bytes <= BlockPool::kMostBytes;) {
      while (void* block = blocks_.take(bytes)) held_.push_back(block);
      bytes = BlockPool::bytes_of(bytes) + 1;
    }
  }
  void give_back_held() {
    for (void* block : held_) blocks_.give_back(block);
    held_.clear();
  }

 private:
  Ledger ledger_;
  Arena arena_{ledger_};
  BlockPool blocks_{arena_};
  std::vector<void*> held_;
};

inline std::vector<std::string> entries_of(const Snapshot& snapshot) {
  std::vector<std::string> entries;
  for (Snapshot::Walk walk(snapshot); !walk.is_done(); walk.step()) {
    entries.emplace_back(walk.entry());
  }
  EXPECT_EQ(entries.size(), snapshot.size());
  return entries;
}

}  // namespace larder::store::collection

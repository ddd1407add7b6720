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
    while (blocks_.reclaim(1000)) {
    }
    EXPECT_EQ(blocks_.block_bytes(), 0U);
    EXPECT_EQ(arena_.leased_bytes(), 0U);
  }
  TestPool(const TestPool&) = delete;
  TestPool& operator=(const TestPool&) = delete;

  BlockPool& blocks() { return blocks_; }
  // No page more than there are, or as many as are needed.
  void set_scarce(bool scarce) {
    ledger_.set_limit(scarce ? ledger_.total() : std::size_t{1} << 40);
  }

 private:
  Ledger ledger_;
  Arena arena_{ledger_};
  BlockPool blocks_{arena_};
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

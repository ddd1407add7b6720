// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>

#include "store/shard.h"
#include "store/store.h"

namespace larder::store {

// Looks behind the store's doors, for tests: do lock, index, age order and account agree?
class StoreAudit {
 public:
  explicit StoreAudit(Store& store) : store_(store) {}

  struct Sum {
    std::size_t items = 0;
    std::size_t bytes = 0;
    std::size_t in_use = 0;  // items that somebody pins
  };

  // Of everything that is linked. Fails the test where an item is in one structure only.
  Sum linked() const {
    Sum sum;
    for (std::size_t i = 0; i < kShards; ++i) add(store_.shard_at(i), sum);
    return sum;
  }
  // Bytes on the account that are neither linked, reserved nor index: unlinked under a pin.
  std::size_t unlinked_bytes() const { return store_.ledger_.items() - linked().bytes; }
  bool is_over_limit() const { return store_.ledger_.is_over(); }
  std::size_t total() const { return store_.ledger_.total(); }

  const Item* item_of(const Key& key) const {
    return store_.shard(key).index_.find(key.bytes, key.hash).item;
  }

 private:
  static void add(Shard& shard, Sum& sum) {
    const std::lock_guard lock(shard.mutex_);
    std::size_t listed = 0;
    for (Item* item = shard.age_.oldest(); item != nullptr; item = item->newer) {
      ASSERT_EQ(shard.index_.place_of(*item).item, item);
      ++listed;
      sum.bytes += item->bytes();
      sum.in_use += item->is_unshared() ? 0U : 1U;
    }
    ASSERT_EQ(listed, shard.index_.count());
    sum.items += listed;
  }

  Store& store_;
};

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <mutex>
#include <set>

#include "store/arena.h"
#include "store/shard.h"
#include "store/store.h"

namespace larder::store {

// Looks behind the store's doors, for tests: do lock, index, pages and account agree?
class StoreAudit {
 public:
  explicit StoreAudit(Store& store) : store_(store) {}

  struct Sum {
    std::size_t items = 0;
    std::size_t bytes = 0;   // what they are accounted for
    std::size_t in_use = 0;  // items whose long value somebody pins
    std::size_t pages = 0;   // of the log
    std::size_t dead = 0;    // bytes in them
  };

  // Of everything that is linked. Fails the test where an item is in one structure only.
  Sum linked() const {
    Sum sum;
    store_.for_each_shard([&](Shard& shard) { add(shard, sum); });
    return sum;
  }
  void for_each_shard(const std::function<void(Shard&)>& visit) const {
    store_.for_each_shard(visit);
  }
  bool is_over_limit() const { return store_.ledger_.is_over(); }
  std::size_t total() const { return store_.ledger_.total(); }

  // Tells long values apart, also when their items have moved; null: it is short, or not there.
  const void* extents_of(const Key& key) const {
    Shard& shard = store_.shard_of(key.hash);
    const std::lock_guard lock(shard.mutex_);
    const Item item = shard.index_.find(key.bytes, key.hash).item;
    return item && item.is_attached() ? item.attachment() : nullptr;
  }
  static std::size_t bytes_of(const void* extents) {
    return static_cast<const Attachment*>(extents)->own_bytes();
  }

 private:
  static void add(Shard& shard, Sum& sum) {
    const std::lock_guard lock(shard.mutex_);
    const Sum before = sum;
    std::size_t log_bytes = 0;
    for (PageQueue* queue : {&shard.small_, &shard.main_}) {
      std::size_t weight = 0;
      std::size_t pages = 0;
      for (Page* page = queue->oldest(); page != nullptr; page = page->newer, ++pages) {
        std::size_t live = 0;
        ASSERT_EQ(page->use, queue->use());
        shard.for_each_item(*page, [&](Item item) {
          const std::uint64_t hash = shard.index_.hash_of(item.key());
          ASSERT_EQ(shard.index_.find(item.key(), hash).item.at(), item.at());
          live += item.bytes();
          weight += Shard::weight_of(item);
          log_bytes += item.bytes();
          const Attachment* attached = item.is_attached() ? item.attachment() : nullptr;
          sum.bytes += item.bytes() + (attached != nullptr ? attached->own_bytes() : 0);
          sum.in_use += attached != nullptr && attached->is_shared() ? 1U : 0U;
          ++sum.items;
        });
        ASSERT_EQ(live, page->live());
        sum.dead += page->dead;
      }
      ASSERT_EQ(pages, queue->pages());
      ASSERT_EQ(weight, queue->bytes());
      sum.pages += pages;
    }
    ASSERT_EQ(log_bytes, shard.log_bytes_);
    ASSERT_EQ(sum.items - before.items, shard.index_.count());
  }

  Store& store_;
};

}  // namespace larder::store

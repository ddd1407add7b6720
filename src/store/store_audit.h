// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

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
    std::size_t bytes = 0;        // what they are accounted for
    std::size_t in_use = 0;       // items whose long value somebody pins
    std::size_t pages = 0;        // of the log
    std::size_t dead = 0;         // bytes in them
    std::size_t collections = 0;  // bytes of them, without their items
    std::size_t sticky_items = 0;
    std::size_t sticky_bytes = 0;
    std::map<std::string, PrefixUsage> prefixes = {};  // created is not known
  };

  // Of everything that is linked. Fails the test where an item is in one structure only, or an
  // account says something else than its items. Nobody may work on a collection meanwhile.
  Sum linked() const {
    Sum sum;
    store_.for_each_shard([&](Shard& shard) { add(shard, sum); });
    expect_accounts(sum);
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
  static void add_to_accounts(const Shard& shard, Item item, Sum& sum) {
    const bool is_value = Shard::is_value(item);
    const std::size_t collection = is_value ? 0 : item.attachment()->own_bytes();
    const std::size_t bytes = Shard::weight_of(item) + collection;
    sum.collections += collection;
    ASSERT_EQ(item.is_sticky(), shard.page_of(item).use == Page::Use::kStickyItems);
    if (item.is_sticky()) {
      ++sum.sticky_items;
      sum.sticky_bytes += bytes;
    }
    if (shard.accounts_ == nullptr) return;
    if (shard.accounts_->of(item.key()).is_ended()) {
      ASSERT_TRUE(shard.is_flushed(item)) << "not told, but alive";
      return;
    }
    PrefixUsage& usage = sum.prefixes[std::string(prefix_of(item.key(), ':'))];
    auto& type = usage.types[static_cast<std::size_t>(Shard::type_of(item))];
    ++type.items;
    type.bytes += bytes;
  }
  void expect_accounts(const Sum& sum) const {
    const Usage usage = store_.usage();
    EXPECT_EQ(usage.collection_bytes, sum.collections);
    EXPECT_EQ(usage.sticky_items, sum.sticky_items);
    EXPECT_EQ(usage.sticky_bytes, sum.sticky_bytes);
    const std::vector<PrefixUsage> told = store_.prefixes();
    ASSERT_EQ(told.size(), sum.prefixes.size());
    for (const PrefixUsage& each : told) {
      const PrefixUsage& counted = sum.prefixes.at(each.name);
      for (std::size_t type = 0; type < kItemTypes; ++type) {
        EXPECT_EQ(each.types[type].items, counted.types[type].items) << each.name << ' ' << type;
        EXPECT_EQ(each.types[type].bytes, counted.types[type].bytes) << each.name << ' ' << type;
      }
    }
  }
  static void add(Shard& shard, Sum& sum) {
    const std::lock_guard lock(shard.mutex_);
    const Sum before = sum;
    std::size_t log_bytes = 0;
    for (PageQueue* queue : {&shard.small_, &shard.main_, &shard.sticky_}) {
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
          add_to_accounts(shard, item, sum);
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

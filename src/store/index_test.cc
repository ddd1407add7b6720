// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/index.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/hash.h"

namespace larder::store {
namespace {

// An index with items of its own, whose hash a test may choose.
struct TestIndex {
  explicit TestIndex(const Limits& limits = {}) : ledger(limits), index(ledger) {}
  ~TestIndex() {
    for (Item* item : items) Item::release(item);
  }

  bool insert(const std::string& key, std::uint64_t hash) {
    Item* item = Item::create(key, 0, false);
    item->hash = static_cast<std::uint32_t>(hash);
    item->tag = tag_of(hash);
    items.push_back(item);
    return index.insert(*item);
  }
  bool has(const std::string& key, std::uint64_t hash) const {
    const Index::Place place = index.find(key, hash);
    return place.item != nullptr && place.item->key() == key;
  }

  Ledger ledger;
  Index index;
  std::vector<Item*> items;
};

std::uint64_t hash_of(const std::string& key) { return base::keyed_hash(key, 1); }

TEST(Index, FindsAllWhileItGrowsAndShrinks) {
  constexpr std::size_t kItems = 20'000;
  TestIndex test;
  for (std::size_t i = 0; i < kItems; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_FALSE(test.has(key, hash_of(key)));
    ASSERT_TRUE(test.insert(key, hash_of(key)));
    ASSERT_TRUE(test.has(key, hash_of(key)));
  }
  EXPECT_EQ(test.index.count(), kItems);
  EXPECT_EQ(test.ledger.index(), test.ledger.total());
  const std::size_t grown = test.ledger.index();
  for (std::size_t i = 0; i < kItems; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_TRUE(test.has(key, hash_of(key)));
    if (i % 100 == 0) continue;
    test.index.erase(test.index.find(key, hash_of(key)));
    while (test.index.halve()) {
    }
  }
  EXPECT_LT(test.ledger.index(), grown / 20);
  EXPECT_EQ(test.ledger.index(), test.ledger.total());
  for (std::size_t i = 0; i < kItems; ++i) {
    const std::string key = std::to_string(i);
    ASSERT_EQ(test.has(key, hash_of(key)), i % 100 == 0) << i;
  }
}

TEST(Index, TellsKeysApartThatShareHomeAndTag) {
  TestIndex test;
  constexpr int kItems = 300;  // one home; more than its count of passers can hold
  for (int i = 0; i < kItems; ++i) ASSERT_TRUE(test.insert(std::to_string(i), 42));
  for (int i = 0; i < kItems; ++i) EXPECT_TRUE(test.has(std::to_string(i), 42));
  EXPECT_FALSE(test.has("none", 42));
  for (int i = 0; i < kItems; i += 2) test.index.erase(test.index.find(std::to_string(i), 42));
  for (int i = 0; i < kItems; ++i) EXPECT_EQ(test.has(std::to_string(i), 42), i % 2 == 1);
  for (int i = 1; i < kItems; i += 2) test.index.erase(test.index.find(std::to_string(i), 42));
  EXPECT_EQ(test.index.count(), 0U);
  ASSERT_TRUE(test.insert("again", 42));
  EXPECT_TRUE(test.has("again", 42));
}

TEST(Index, ForgetsThePassersThatAreGone) {
  TestIndex test;
  const auto passed = [&](const std::string& key) {
    return test.index.find(key, 7).line->tags >> (8 * Index::Line::kSlots);
  };
  for (int i = 0; i < 20; ++i) test.insert(std::to_string(i), 7);
  EXPECT_EQ(passed("0"), 13U);
  EXPECT_EQ(passed("7"), 6U);
  for (int i = 1; i < 20; ++i) test.index.erase(test.index.find(std::to_string(i), 7));
  EXPECT_EQ(passed("0"), 0U) << "a search for nothing would go on behind its home";
  test.insert("home", 7);
  EXPECT_EQ(test.index.find("home", 7).line, test.index.find("0", 7).line);
}

TEST(Index, ReplacesInPlace) {
  TestIndex test;
  test.insert("k", 9);
  Item* by = Item::create("k", 5, false);
  by->hash = 9;
  by->tag = tag_of(9);
  test.items.push_back(by);
  test.index.replace(test.index.find("k", 9), *by);
  EXPECT_EQ(test.index.find("k", 9).item, by);
  EXPECT_EQ(test.index.count(), 1U);
}

TEST(Index, FillsToTheLastSlotWhereItMayNotGrow) {
  TestIndex test({.memory_bytes = 4096, .evict = false});
  std::size_t inserted = 0;
  while (test.insert(std::to_string(inserted), hash_of(std::to_string(inserted)))) ++inserted;
  EXPECT_EQ(inserted, 64 * Index::Line::kSlots);
  for (std::size_t i = 0; i < inserted; ++i) {
    ASSERT_TRUE(test.has(std::to_string(i), hash_of(std::to_string(i))));
  }
  EXPECT_FALSE(test.has("none", hash_of("none")));
}

TEST(Index, PrefetchesAnythingAtAnyTime) {
  TestIndex test;
  for (std::uint64_t hash = 0; hash < 5000; ++hash) {
    test.insert(std::to_string(hash), hash_of(std::to_string(hash)));
    test.index.prefetch_item(hash * 0x9E37'79B9'7F4A'7C15);
    test.index.prefetch_line(hash_of(std::to_string(hash)));
  }
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "store/store_audit.h"
#include "store/test_store.h"

// Which items eviction takes, and which it leaves: the small queue, the main one and the ghost.
namespace larder::store {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{8} << 20;  // one shard
constexpr std::uint64_t kHashSeed = 20261120;
constexpr std::size_t kValueBytes = 200;

class Cache {
 public:
  void put(const std::string& key) {
    ASSERT_EQ(store_.put(key, value_).answer, Answer::kOk);
    if (++puts_ % 50 == 0) ++store_.now;
  }
  bool read(const std::string& key) { return store_.find(key).answer == Answer::kOk; }
  bool has(const std::string& key) { return store_.peek(key).answer == Answer::kOk; }
  // As a cache is used. True: a hit.
  bool read_or_put(const std::string& key) {
    if (read(key)) return true;
    put(key);
    return false;
  }
  // Keys that nobody has seen before, and nobody asks for again.
  void scan(std::size_t keys) {
    for (std::size_t i = 0; i < keys; ++i) put("scanned" + std::to_string(scanned_++));
  }
  // How many items of this size it holds.
  static std::size_t capacity() {
    static const std::size_t kItems = [] {
      Cache cache;
      cache.scan(100'000);
      return cache.items();
    }();
    return kItems;
  }
  std::size_t items() const { return store_.store.usage().items; }
  void audit() { EXPECT_EQ(StoreAudit(store_.store).linked().items, items()); }

 private:
  TestStore store_{{.memory_bytes = kMemoryBytes}, kHashSeed};
  std::string value_ = std::string(kValueBytes, 'v');
  std::size_t puts_ = 0;
  std::size_t scanned_ = 0;
};

TEST(S3Fifo, KeepsWhatWasReadTwiceThroughAScanOfTenTimesTheMemory) {
  Cache cache;
  cache.scan(Cache::capacity());
  for (const std::string key : {"never", "once", "twice", "thrice"}) cache.put(key);
  EXPECT_TRUE(cache.read("once"));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(cache.read("twice"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(cache.read("thrice"));
  cache.scan(10 * Cache::capacity());
  EXPECT_FALSE(cache.has("never"));
  EXPECT_FALSE(cache.has("once"));
  EXPECT_TRUE(cache.has("twice"));
  EXPECT_TRUE(cache.has("thrice"));
  cache.audit();
}

TEST(S3Fifo, CountsNoLookThatLeavesNoTrace) {
  Cache cache;
  cache.scan(Cache::capacity());
  cache.put("peeked at");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(cache.has("peeked at"));
  cache.scan(2 * Cache::capacity());
  EXPECT_FALSE(cache.has("peeked at"));
}

TEST(S3Fifo, TakesBackIntoMainWhatItEvictedTooEarly) {
  Cache cache;
  cache.scan(Cache::capacity());
  cache.put("back");
  std::size_t scanned = 0;
  for (; cache.has("back"); ++scanned) {
    cache.scan(1);
    ASSERT_LT(scanned, 2 * Cache::capacity()) << "it does not go";
  }
  EXPECT_GT(scanned, Cache::capacity() / 2);
  cache.put("back");
  cache.put("new");
  cache.scan(10 * Cache::capacity());
  EXPECT_TRUE(cache.has("back"));
  EXPECT_FALSE(cache.has("new"));
}

TEST(S3Fifo, ForgetsWhatItEvictedLongAgo) {
  Cache cache;
  cache.put("back");
  cache.scan(10 * Cache::capacity());
  ASSERT_FALSE(cache.has("back"));
  cache.put("back");
  cache.scan(2 * Cache::capacity());
  EXPECT_FALSE(cache.has("back"));
}

// A plain FIFO or LRU has no hit in a loop that is longer than it is.
TEST(S3Fifo, HitsInALoopThatDoesNotFit) {
  Cache cache;
  const std::size_t keys = Cache::capacity() * 12 / 10;
  std::size_t hits = 0;
  constexpr std::size_t kRounds = 20;
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < keys; ++i) {
      const bool hit = cache.read_or_put("looped" + std::to_string(i));
      hits += round >= kRounds / 2 && hit ? 1U : 0U;
    }
  }
  RecordProperty("hits_percent", static_cast<int>(hits * 100 / (keys * kRounds / 2)));
  EXPECT_GT(hits, keys * kRounds / 2 / 10);
}

TEST(S3Fifo, KeepsTheHotSetThroughAScan) {
  Cache cache;
  const std::size_t hot = Cache::capacity() / 5;
  const auto hot_key = [](std::size_t i) { return "hot" + std::to_string(i); };
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < hot; ++i) cache.read_or_put(hot_key(i));
  }
  std::mt19937_64 random(kHashSeed);
  const auto hits_percent = [&](std::size_t reads) {
    std::size_t hits = 0;
    for (std::size_t i = 0; i < reads; ++i) {
      cache.scan(2);
      hits += cache.read_or_put(hot_key(random() % hot)) ? 1U : 0U;
    }
    return hits * 100 / reads;
  };
  // When all that is oldest is hot, some of it goes once, so that nobody waits for long.
  EXPECT_GE(hits_percent(5 * hot), 95U);
  EXPECT_GE(hits_percent(10 * hot), 99U);
}

TEST(S3Fifo, LetsANewHotSetTakeThePlaceOfTheOld) {
  Cache cache;
  const std::size_t hot = Cache::capacity() * 7 / 10;
  const auto read_all = [&](std::string_view set) {
    std::size_t hits = 0;
    for (std::size_t i = 0; i < hot; ++i) {
      hits += cache.read_or_put(std::string(set) + std::to_string(i)) ? 1U : 0U;
    }
    return hits;
  };
  for (int round = 0; round < 6; ++round) read_all("old");
  EXPECT_EQ(read_all("old"), hot);
  for (int round = 0; round < 12; ++round) read_all("new");
  EXPECT_GE(read_all("new"), hot * 95 / 100);
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "store/store_audit.h"
#include "store/test_store.h"

// A full store in which all changes its size again and again must not hold less and less.
namespace larder::store {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{32} << 20;
constexpr std::uint64_t kSeed = 20261120;
#ifdef LARDER_SANITIZED
constexpr int kRounds = 2;
#else
constexpr int kRounds = 10;
#endif

class Churn {
 public:
  Churn() { fill("fresh"); }

  // More of them than there is room for.
  void fill(std::string_view name) {
    for (std::size_t i = 0; i < kKeys; ++i) put(std::string(name) + std::to_string(i));
  }
  void put(std::string_view key, const Put& how = {}) {
    ASSERT_EQ(store_.put(key, any_value(), how).answer, Answer::kOk);
    ASSERT_LE(audit_.total(), kMemoryBytes);
    pass();
  }
  void remove(std::string_view key) {
    removed_ += store_.remove(key) == Answer::kOk ? 1U : 0U;
    pass();
  }
  std::string any_key(std::string_view name) {
    return std::string(name) + std::to_string(random_() % kKeys);
  }
  bool one_in(unsigned n) { return random_() % n == 0; }
  UnixMs soon() { return store_.now + 1 + static_cast<UnixMs>(random_() % 4000); }
  void pass_s(std::int64_t seconds) { store_.pass(seconds); }
  // Until a shard after the other has nothing to do; many more times than there are pages.
  void tend() {
    int calls = 0;
    for (int idle = 0; idle < 16; ++calls) {
      ASSERT_LT(calls, 100'000) << "it never ends";
      idle = store_.store.tend(store_.now) ? 0 : idle + 1;
    }
  }

  // Fails the test where store and account disagree.
  std::size_t items() {
    const StoreAudit::Sum linked = audit_.linked();
    const Usage usage = store_.store.usage();
    EXPECT_EQ(linked.items, usage.items);
    EXPECT_EQ(linked.bytes, usage.item_bytes);
    EXPECT_EQ(usage.page_bytes, linked.pages * Arena::kLeaseBytes) << "all values are short";
    EXPECT_EQ(audit_.total(), usage.page_bytes + usage.index_bytes + usage.ghost_bytes);
    return linked.items;
  }
  Usage usage() const { return store_.store.usage(); }
  std::size_t removed() const { return removed_; }

  static constexpr std::size_t kKeys = 350'000;

 private:
  std::string_view any_value() { return std::string_view(bytes_).substr(0, 70 + random_() % 61); }
  void pass() {
    if (++changes_ % 50 == 0) ++store_.now;
  }

  TestStore store_{{.memory_bytes = kMemoryBytes}, kSeed};
  StoreAudit audit_{store_.store};
  std::mt19937_64 random_{kSeed};
  std::string bytes_ = std::string(130, 'v');
  std::size_t changes_ = 0;
  std::size_t removed_ = 0;
};

TEST(Churn, OfSizesLeavesRoomForAsManyItems) {
  Churn churn;
  const std::size_t fresh = churn.items();
  ASSERT_GT(churn.usage().evicted, 0U) << "it was never full";
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    for (std::size_t i = 0; i < Churn::kKeys; ++i) churn.put(churn.any_key("fresh"));
    EXPECT_GE(churn.items(), fresh * 95 / 100);
    RecordProperty("percent_of_fresh", static_cast<int>(churn.items() * 100 / fresh));
  }
}

TEST(Churn, OfDeletesAndExpiryLeavesRoomForAsManyItems) {
  Churn churn;
  const std::size_t fresh = churn.items();
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    for (std::size_t i = 0; i < Churn::kKeys; ++i) {
      if (churn.one_in(4)) {
        churn.remove(churn.any_key("fresh"));
      } else if (churn.one_in(3)) {
        churn.put(churn.any_key("fresh"), {.expires = churn.soon()});
      } else {
        churn.put(churn.any_key("fresh"));
      }
    }
    churn.items();
  }
  EXPECT_GT(churn.removed(), Churn::kKeys / 10);
  EXPECT_GT(churn.usage().expired, Churn::kKeys / 10);
  churn.fill("new");
  EXPECT_GE(churn.items(), fresh * 95 / 100);
}

// Random changes where nothing may be evicted; pages that are still appended to are moved together
// there as well. → how many were refused.
std::size_t churn_without_eviction(std::size_t limit, std::size_t most, const Remove& removal) {
  TestStore store({.memory_bytes = limit, .evict = false}, kSeed);
  const StoreAudit audit(store.store);
  std::mt19937_64 random(kSeed);
  const std::string bytes(7000, 'v');
  std::size_t refused = 0;
  for (std::size_t i = 0; i < kRounds * std::size_t{10'000}; ++i) {
    const std::string key = std::to_string(random() % 20'000);
    if (random() % 4 == 0) {
      EXPECT_NE(store.remove(key, removal), Answer::kNoMemory);
    } else {
      const std::size_t size = random() % 8 == 0 ? random() % bytes.size() : random() % 400;
      const Answer answer = store.put(key, std::string_view(bytes).substr(0, size)).answer;
      refused += answer == Answer::kNoMemory ? 1U : 0U;
    }
    if (audit.total() > most) {
      ADD_FAILURE() << audit.total() << " bytes, " << most << " allowed, after " << i;
      break;
    }
  }
  return refused;
}

TEST(Churn, OfDeletesStaysWithinTheLimitWhereNothingIsEvicted) {
  constexpr std::size_t kLimit = std::size_t{4} << 20;
  EXPECT_GT(churn_without_eviction(kLimit, kLimit, {}), 1000U) << "it was hardly ever full";
}

// What frees more than it takes may take a page first.
TEST(Churn, OfDroppedValuesStaysNearTheLimitWhereNothingIsEvicted) {
  constexpr std::size_t kLimit = std::size_t{4} << 20;
  constexpr std::size_t kMost = kLimit + 2 * Arena::kLeaseBytes;
  EXPECT_GT(churn_without_eviction(kLimit, kMost, {.drop_value = true}), 1000U);
}

// Untouched, and without anything coming in.
TEST(Churn, OfExpiryGivesThePagesBack) {
  Churn churn;
  const std::size_t fresh = churn.items();
  for (std::size_t i = 0; i < Churn::kKeys; ++i) {
    churn.put("expiring" + std::to_string(i), {.expires = churn.soon()});
  }
  ASSERT_GT(churn.usage().page_bytes, kMemoryBytes * 8 / 10);
  churn.pass_s(10);
  churn.tend();
  EXPECT_LT(churn.items(), fresh / 20);
  EXPECT_LT(churn.usage().page_bytes, kMemoryBytes / 10);
}

}  // namespace
}  // namespace larder::store

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

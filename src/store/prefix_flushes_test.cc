// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/prefix_flushes.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "base/limits.h"
#include "store/store_audit.h"
#include "store/test_store.h"

namespace larder::store {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

// Until there is nothing more to do.
void tend(TestStore& store) {
  for (int steps = 0; store.store.tend(store.now); ++steps) ASSERT_LT(steps, 1'000'000);
}

TEST(FlushPrefix, HidesTheKeysThatBeginWithItAndADelimiter) {
  TestStore store;
  const std::vector<std::string> gone = {"a:", "a:x", "a:b:c", "a::"};
  const std::vector<std::string> stay = {"a", "ab:x", "b:a:x", ":a:x", "aa:x", "A:x", "a.x"};
  for (const std::string& key : gone) store.put(key, "v");
  for (const std::string& key : stay) store.put(key, "v");
  store.flush_prefix("a");
  for (const std::string& key : gone) EXPECT_EQ(store.text(key), TestStore::kNothing) << key;
  for (const std::string& key : stay) EXPECT_EQ(store.text(key), "v") << key;
}

TEST(FlushPrefix, TakesOneOfNestedOnes) {
  TestStore store;
  for (const char* key : {"a:b:c", "a:b", "a:bb:c", "a:b:c:d", ":x", ":x:y"}) store.put(key, "v");
  store.flush_prefix("a:b");
  store.flush_prefix("");
  EXPECT_EQ(store.text("a:b:c"), TestStore::kNothing);
  EXPECT_EQ(store.text("a:b:c:d"), TestStore::kNothing);
  EXPECT_EQ(store.text(":x"), TestStore::kNothing);
  EXPECT_EQ(store.text(":x:y"), TestStore::kNothing);
  EXPECT_EQ(store.text("a:b"), "v");
  EXPECT_EQ(store.text("a:bb:c"), "v");
}

TEST(FlushPrefix, GoesByTheDelimiterOfTheStore) {
  TestStore store({.delimiter = '/'});
  store.put("a/x", "v");
  store.put("a:x", "v");
  store.flush_prefix("a");
  EXPECT_EQ(store.text("a/x"), TestStore::kNothing);
  EXPECT_EQ(store.text("a:x"), "v");
}

TEST(FlushPrefix, GoesByTheOrderOfCommandsNotByTheClock) {
  TestStore store;
  for (int i = 0; i < 5000; ++i) {  // more than one millisecond has numbers for
    store.put("a:k", std::to_string(i));
    if (i % 2 == 0) store.flush_prefix("a");
    ASSERT_EQ(store.text("a:k"), i % 2 == 0 ? TestStore::kNothing : std::to_string(i));
    if (i % 100 == 0) store.pass(-1);  // the wall clock was set back
  }
}

TEST(FlushPrefix, MakesEveryOperationMiss) {
  TestStore store;
  for (const char* key : {"p:a", "p:b", "p:c", "p:d", "p:e"}) store.put(key, "1");
  store.flush_prefix("p");
  EXPECT_EQ(store.put("p:a", "2", {.mode = PutMode::kAdd}).answer, Answer::kOk);
  EXPECT_EQ(store.put("p:b", "2", {.mode = PutMode::kReplace}).answer, Answer::kNotStored);
  EXPECT_EQ(store.remove("p:c"), Answer::kMiss);
  EXPECT_EQ(store.count("p:d").answer, Answer::kMiss);
  EXPECT_TRUE(store.find("p:e", {.create_expires = 0}).created);
}

TEST(FlushPrefix, DoesNotReachAPinNorWhatIsOnItsWayIn) {
  TestStore store;
  const std::string large(100'000, 'l');
  store.put("p:short", "v");
  store.put("p:long", large);
  Reservation reservation = store.reserve("p:late", 4);
  fill_some(reservation, "late", 2);
  const Found pinned = store.find("p:short");
  const Found pinned_long = store.find("p:long");
  store.flush_prefix("p");
  tend(store);
  EXPECT_EQ(store.store.usage().items, 0U);
  EXPECT_EQ(text_of(pinned.value), "v");
  EXPECT_TRUE(text_of(pinned_long.value) == large);
  fill_some(reservation, "late", 2);
  EXPECT_EQ(store.commit(reservation, "p:late").answer, Answer::kOk);
  EXPECT_EQ(store.text("p:late"), "late");
}

TEST(FlushPrefix, TouchedItemsAreAsOldAsTheyWere) {
  TestStore store;
  store.put("p:k", "v");
  store.flush_prefix_in("p", 10);
  store.find("p:k", {.expires = store.in(1000)});
  store.pass(10);
  EXPECT_EQ(store.text("p:k"), TestStore::kNothing);
}

TEST(FlushPrefixLater, HidesAtItsTimeWhatWasStoredBeforeThat) {
  TestStore store;
  store.put("p:a", "v");
  store.flush_prefix_in("p", 3);
  store.pass(2);
  store.put("p:b", "v");
  EXPECT_EQ(store.text("p:a"), "v");
  store.pass(1);
  store.put("p:c", "v");
  EXPECT_EQ(store.text("p:a"), TestStore::kNothing);
  EXPECT_EQ(store.text("p:b"), TestStore::kNothing);
  EXPECT_EQ(store.text("p:c"), "v");
  store.pass(100);
  tend(store);
  EXPECT_EQ(store.text("p:c"), "v");
  EXPECT_EQ(store.store.usage().flushed_prefixes, 0U);
}

TEST(FlushPrefixLater, IsReplacedByALaterCallAndGivesWayToAFlushNow) {
  TestStore store;
  store.put("p:a", "v");
  store.flush_prefix_in("p", 3);
  store.flush_prefix_in("p", 1000);
  store.pass(4);
  EXPECT_EQ(store.text("p:a"), "v");
  store.flush_prefix_in("p", 3);
  store.flush_prefix("p");
  EXPECT_EQ(store.text("p:a"), TestStore::kNothing);
  store.put("p:b", "v");
  store.pass(5);
  EXPECT_EQ(store.text("p:b"), "v");
}

TEST(FlushPrefixLater, NeverBringsBackWhatAnEarlierOneHid) {
  TestStore store;
  store.put("p:a", "v");
  store.flush_prefix("p");
  store.flush_prefix_in("p", 1000);
  EXPECT_EQ(store.text("p:a"), TestStore::kNothing);
  tend(store);
  store.put("p:b", "v");
  store.flush();
  EXPECT_EQ(store.text("p:b"), TestStore::kNothing);
  store.put("p:c", "v");
  EXPECT_EQ(store.store.usage().flushed_prefixes, 1U) << "a flush of all has taken it away";
  store.pass(1000);
  EXPECT_EQ(store.text("p:c"), TestStore::kNothing);
}

// ---- the walk

TEST(FlushPrefix, IsForgottenWhenNothingOfItIsLeft) {
  TestStore store({.memory_bytes = 64 * kMiB});
  for (int i = 0; i < 20'000; ++i)
    store.put("p" + std::to_string(i % 10) + ":" + std::to_string(i), "v");
  const Usage before = store.store.usage();
  for (int i = 0; i < 9; ++i) store.flush_prefix("p" + std::to_string(i));
  EXPECT_EQ(store.store.usage().flushed_prefixes, 9U);
  EXPECT_GT(store.store.usage().heap_bytes, before.heap_bytes);
  tend(store);
  const Usage after = store.store.usage();
  EXPECT_EQ(after.flushed_prefixes, 0U);
  EXPECT_EQ(after.heap_bytes, before.heap_bytes);
  EXPECT_EQ(after.items, 2000U);
  EXPECT_EQ(after.expired, 18'000U);
  EXPECT_EQ(StoreAudit(store.store).linked().items, 2000U);
}

// Between any two steps of the walk: flushes, and items that move, go and come.
TEST(FlushPrefix, BringsNothingBackWhileItIsWalked) {
  for (std::size_t stop = 0; stop < 40; ++stop) {
    TestStore store({.memory_bytes = kMiB});
    const StoreAudit audit(store.store);
    const auto key = [](const char* prefix, int i) { return prefix + std::to_string(i); };
    for (int i = 0; i < 3000; ++i) {
      store.put(key("a:", i), "old");
      store.put(key("b:", i), "old");
      if (i % 3 == 0) store.remove(key("a:", i - 1));
    }
    store.flush_prefix("a");
    for (std::size_t steps = 0; steps < stop; ++steps) store.store.tend(store.now);
    store.flush_prefix("b");
    for (int i = 0; i < 3000; i += 7) store.put(key("a:", i), "new");
    audit.for_each_shard([&](Shard& shard) {
      for (int i = 0; i < 50; ++i)
        shard.make_room({.bytes = 1000, .urgent = i % 2 == 0}, store.now);
    });
    store.flush_prefix("b");
    tend(store);
    ASSERT_EQ(store.store.usage().flushed_prefixes, 0U);
    for (int i = 0; i < 3000; ++i) {
      ASSERT_NE(store.text(key("a:", i)), "old") << stop;
      ASSERT_EQ(store.text(key("b:", i)), TestStore::kNothing) << stop;
    }
    audit.linked();
  }
}

TEST(FlushPrefix, GivesMemoryToWhoMayEvictNothing) {
  TestStore store({.memory_bytes = 8 * kMiB, .evict = false});
  const std::string value(1000, 'v');
  int stored = 0;
  while (store.put("p:" + std::to_string(stored), value).answer == Answer::kOk) ++stored;
  store.flush_prefix("p");
  for (int i = 0; i < stored * 9 / 10; ++i) {
    ASSERT_EQ(store.put("q:" + std::to_string(i), value).answer, Answer::kOk) << i;
  }
}

// ---- the bound

TEST(FlushPrefix, IsRefusedWhenTooManyWait) {
  TestStore store({.memory_bytes = 4 * kMiB});
  for (std::size_t i = 0; i < limits::kFlushedPrefixes; ++i) {
    ASSERT_EQ(store.flush_prefix_in("p" + std::to_string(i), 100), Answer::kOk);
  }
  store.put("q:k", "v");
  EXPECT_EQ(store.flush_prefix("q"), Answer::kNoMemory);
  EXPECT_EQ(store.text("q:k"), "v");
  store.put("p7:k", "v");
  EXPECT_EQ(store.flush_prefix("p7"), Answer::kOk) << "it has a row";
  EXPECT_EQ(store.text("p7:k"), TestStore::kNothing);
  tend(store);
  EXPECT_EQ(store.flush_prefix("q"), Answer::kOk);
  EXPECT_EQ(store.text("q:k"), TestStore::kNothing);
  store.pass(100);
  tend(store);
  EXPECT_EQ(store.store.usage().flushed_prefixes, 0U);
}

// Nobody tends: who flushes has to.
TEST(FlushPrefix, IsNotRefusedHoweverManyAreFlushed) {
  TestStore store({.memory_bytes = 64 * kMiB});
  const std::string value(1000, 'v');
  for (int i = 0; i < 50'000; ++i) store.put("k:" + std::to_string(i), value);
  for (std::size_t i = 0; i < 10 * limits::kFlushedPrefixes; ++i) {
    ASSERT_EQ(store.flush_prefix("p" + std::to_string(i)), Answer::kOk) << i;
  }
  EXPECT_EQ(store.store.usage().items, 50'000U);
  EXPECT_LE(store.store.usage().flushed_prefixes, limits::kFlushedPrefixes);
}

}  // namespace
}  // namespace larder::store

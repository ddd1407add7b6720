// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <malloc.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "store/item.h"
#include "store/ledger.h"
#include "store/store_audit.h"
#include "store/test_store.h"

namespace larder::store {
namespace {

constexpr std::size_t kKiB = 1024;
constexpr std::size_t kMiB = 1024 * kKiB;

// Different bytes everywhere, so that a misplaced extent shows.
std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 31 + i / 251) % 251);
  return text;
}

Stored reserve_and_commit(TestStore& store, std::string_view key, std::string_view value,
                          std::size_t step) {
  Reservation reservation = store.reserve(key, value.size());
  while (reservation.missing() != 0 && fill_some(reservation, value, step) != 0) {
  }
  if (reservation.missing() != 0) return {.answer = reservation.answer()};
  return store.commit(reservation, key);
}

// Until the store refuses; how many went in.
int fill_up(TestStore& store, std::size_t value_bytes) {
  const std::string value(value_bytes, 'v');
  int puts = 0;
  while (store.put("fill" + std::to_string(puts), value).answer == Answer::kOk) {
    ++puts;
    ++store.now;
  }
  return puts;
}

TEST(HeapBytes, AreWhatMallocTakes) {
#ifdef LARDER_SANITIZED
  GTEST_SKIP() << "the sanitizers bring a malloc of their own";
#else
  std::size_t computed = 0;
  std::size_t taken = 0;
  for (std::size_t bytes = 1; bytes < 300'000; bytes += bytes / 7 + 1) {
    void* block = std::malloc(bytes);
    computed += heap_bytes(bytes);
    taken += malloc_usable_size(block) + sizeof(std::size_t);
    std::free(block);
  }
  EXPECT_NEAR(static_cast<double>(computed), static_cast<double>(taken),
              0.02 * static_cast<double>(taken));
#endif
}

// ---- reservations

TEST(Reservation, BringsInValuesOfEveryShape) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{100}, limits::kMaxContiguousBytes,
        limits::kMaxContiguousBytes + 1, limits::kFirstExtentBytes, limits::kFirstExtentBytes + 1,
        limits::kFirstExtentBytes + limits::kMaxExtentBytes,
        limits::kFirstExtentBytes + limits::kMaxExtentBytes + 1, 7 * kMiB}) {
    for (const std::size_t step : {std::size_t{997}, std::size_t{64} * kKiB, 16 * kMiB}) {
      SCOPED_TRACE(testing::Message() << size << " bytes by " << step);
      TestStore store({.item_bytes = 16 * kMiB});
      const std::string value = pattern(size);
      const Stored stored = reserve_and_commit(store, "k", value, step);
      ASSERT_EQ(stored.answer, Answer::kOk);
      EXPECT_EQ(stored.size, size);
      const Found found = store.find("k");
      EXPECT_EQ(found.value.size(), size);
      EXPECT_EQ(text_of(found.value), value);
      EXPECT_EQ(store.store.usage().reserved_bytes, 0U);
      EXPECT_EQ(store.store.usage().item_bytes, found.item_bytes);
    }
  }
}

TEST(Reservation, JoinsValuesOfEveryShape) {
  for (const std::size_t size : {std::size_t{10}, limits::kMaxContiguousBytes, 3 * kMiB}) {
    for (const std::size_t part : {std::size_t{1}, limits::kMaxContiguousBytes, kMiB}) {
      TestStore store({.item_bytes = 16 * kMiB});
      const std::string old = pattern(size);
      const std::string more(part, 'm');
      store.put("a", old);
      store.put("p", old);
      EXPECT_EQ(store.put("a", more, {.mode = PutMode::kAppend}).size, size + part);
      EXPECT_EQ(store.put("p", more, {.mode = PutMode::kPrepend}).size, size + part);
      EXPECT_EQ(store.text("a"), old + more);
      EXPECT_EQ(store.text("p"), more + old);
    }
  }
}

TEST(Reservation, CostsWhatArrivesNotWhatWasDeclared) {
  TestStore store({.memory_bytes = 2048 * kMiB, .item_bytes = 1200 * kMiB});
  const std::size_t before = store.total();
  Reservation reservation = store.reserve("k", 1024 * kMiB);
  EXPECT_EQ(fill_some(reservation, "0123456789", 10), 10U);
  EXPECT_LT(store.total() - before, 128 * kKiB);
  EXPECT_EQ(store.total() - before, store.store.usage().reserved_bytes);
}

TEST(Reservation, GivesEverythingBackWhenDropped) {
  TestStore store({.item_bytes = 16 * kMiB});
  store.put("k", "old");
  const std::size_t before = store.total();
  for (const std::size_t size : {std::size_t{10}, 8 * kMiB}) {
    for (std::size_t filled = 0; filled < size; filled += size / 3 + 1) {
      Reservation reservation = store.reserve("k", size);
      fill_some(reservation, pattern(size), filled);
      EXPECT_GT(store.total(), before);
    }
    EXPECT_EQ(store.total(), before);
  }
  EXPECT_EQ(store.text("k"), "old");
}

TEST(Reservation, MovesWithItsBytes) {
  TestStore store;
  const std::size_t before = store.total();
  {
    Reservation first = store.reserve("k", 5);
    fill_some(first, "hello", 2);
    Reservation second = std::move(first);
    EXPECT_EQ(first.answer(), Answer::kNoMemory);  // NOLINT(bugprone-use-after-move)
    EXPECT_TRUE(first.room().empty());
    Reservation third = store.reserve("other", 100);
    third = std::move(second);
    EXPECT_EQ(third.missing(), 3U);
    fill_some(third, "hello", 3);
    EXPECT_EQ(store.commit(third, "k").answer, Answer::kOk);
  }
  EXPECT_EQ(store.text("k"), "hello");
  EXPECT_EQ(store.total(), before + store.find("k").item_bytes);
}

TEST(Reservation, IsUsedUpWhateverTheAnswer) {
  TestStore store;
  store.put("k", "old");
  const std::size_t before = store.total();
  Reservation reservation = store.reserve("k", 3);
  fill_some(reservation, "new", 3);
  EXPECT_EQ(store.commit(reservation, "k", {.mode = PutMode::kAdd}).answer, Answer::kNotStored);
  EXPECT_TRUE(reservation.room().empty());
  EXPECT_EQ(store.total(), before);
}

TEST(Reservation, SaysWhenMemoryRunsOutOnTheWay) {
  TestStore store({.memory_bytes = 4 * kMiB, .item_bytes = 16 * kMiB, .evict = false});
  const std::size_t before = store.total();
  const std::string value = pattern(3 * kMiB);
  Reservation first = store.reserve("a", value.size());
  Reservation second = store.reserve("b", value.size());
  while (fill_some(first, value, 100 * kKiB) != 0 && fill_some(second, value, 100 * kKiB) != 0) {
  }
  EXPECT_EQ((first.answer() == Answer::kNoMemory) + (second.answer() == Answer::kNoMemory), 1);
  Reservation& loser = first.answer() == Answer::kNoMemory ? first : second;
  Reservation& other = &loser == &first ? second : first;
  EXPECT_NE(loser.missing(), 0U);
  EXPECT_TRUE(loser.room().empty());
  while (fill_some(other, value, 100 * kKiB) != 0) {
  }
  EXPECT_EQ(other.missing(), 0U) << "what the loser had was not given back";
  other = Reservation();
  EXPECT_EQ(store.total(), before);
}

// ---- the limit

TEST(MemoryLimit, HoldsByEvictingWhatIsOld) {
  TestStore store({.memory_bytes = 2 * kMiB});
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(store.put("k" + std::to_string(i), std::string(300, 'v')).answer, Answer::kOk);
    ASSERT_LE(store.total(), 2 * kMiB);
  }
  const Usage usage = store.store.usage();
  EXPECT_GT(usage.items, 3500U);
  EXPECT_EQ(usage.evicted + usage.items, 20'000U);
  for (int i = 19'990; i < 20'000; ++i) EXPECT_NE(store.text("k" + std::to_string(i)), "(nothing)");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(store.text("k" + std::to_string(i)), "(nothing)");
}

TEST(MemoryLimit, HoldsForEveryWayToCreate) {
  TestStore store({.memory_bytes = kMiB});
  for (int i = 0; i < 20'000; ++i) {
    store.find("f" + std::to_string(i), {.create_expires = 0});
    ASSERT_LE(store.total(), kMiB);
    store.count("c" + std::to_string(i), {.create_expires = 0});
    ASSERT_LE(store.total(), kMiB);
    store.put("a", std::string(i % 3 == 0 ? 1 : 300, 'v'),
              {.mode = i % 999 == 0 ? PutMode::kSet : PutMode::kAppend});
    ASSERT_LE(store.total(), kMiB);
  }
}

TEST(MemoryLimit, SparesWhatIsReadNowAndThen) {
  TestStore store({.memory_bytes = 2 * kMiB});
  store.put("read", "v");
  store.put("unread", "v");
  for (int i = 0; i < 50'000; ++i) {
    store.put("k" + std::to_string(i), std::string(300, 'v'));
    if (i % 100 != 0) continue;
    ASSERT_EQ(store.find("read").answer, Answer::kOk) << i;
  }
  EXPECT_EQ(store.text("unread"), TestStore::kNothing);
}

TEST(MemoryLimit, RefusesWithoutEvictionAndLosesNothing) {
  TestStore store({.memory_bytes = 2 * kMiB, .evict = false});
  const int puts = fill_up(store, 300);
  EXPECT_GT(puts, 3000);
  EXPECT_EQ(store.put("fill0", std::string(5000, 'n')).answer, Answer::kNoMemory);
  EXPECT_EQ(store.find("new", {.create_expires = 0}).answer, Answer::kOk) << "a little is left";
  EXPECT_EQ(store.reserve("new", 5000).answer(), Answer::kNoMemory);
  for (int i = 0; i < puts; ++i) ASSERT_EQ(store.text("fill" + std::to_string(i)).size(), 300U);
  EXPECT_LE(store.total(), 2 * kMiB);
  EXPECT_EQ(store.store.usage().evicted, 0U);
  store.remove("fill1");
  EXPECT_EQ(store.put("fill1", std::string(300, 'n')).answer, Answer::kOk);
}

TEST(MemoryLimit, ReclaimsWhatIsDeadWhereNothingMayBeEvicted) {
  for (const bool flushed : {true, false}) {
    TestStore store({.memory_bytes = 4 * kMiB, .item_bytes = 2 * kMiB, .evict = false});
    const Put how = {.expires = flushed ? kNeverExpires : store.in(10)};
    const std::string value(300, 'v');
    int puts = 0;
    while (store.put("old" + std::to_string(puts), value, how).answer == Answer::kOk) ++puts;
    ASSERT_GT(puts, 5000);
    flushed ? store.flush() : store.pass(11);
    // Large and small, at once and as it arrives, and without anybody asking for the dead.
    EXPECT_EQ(store.put("big", std::string(kMiB, 'b')).answer, Answer::kOk);
    Reservation reservation = store.reserve("bigger", kMiB);
    while (fill_some(reservation, std::string(kMiB, 'c'), kMiB) != 0) {
    }
    EXPECT_EQ(store.commit(reservation, "bigger").answer, Answer::kOk);
    EXPECT_EQ(store.count("n", {.create_expires = kNeverExpires}).answer, Answer::kOk);
    for (int i = 0; i < puts / 3; ++i) {
      ASSERT_EQ(store.put("new" + std::to_string(i), value).answer, Answer::kOk) << i;
    }
    EXPECT_EQ(store.store.usage().evicted, 0U);
    EXPECT_EQ(store.text("new0"), value);
  }
}

TEST(MemoryLimit, RefusesWhatCanNeverFitWithoutEvictingForIt) {
  TestStore store({.memory_bytes = 2 * kMiB, .item_bytes = 8 * kMiB});
  store.put("k", "v");
  EXPECT_EQ(store.put("big", std::string(3 * kMiB, 'v')).answer, Answer::kNoMemory);
  EXPECT_EQ(store.reserve("big", 3 * kMiB).answer(), Answer::kNoMemory);
  EXPECT_EQ(store.text("k"), "v");
}

TEST(MemoryLimit, CountsPinnedItemsUntilTheyAreDropped) {
  TestStore store;
  store.put("k", std::string(kMiB / 2, 'v'));
  Found pinned = store.find("k");
  store.remove("k");
  EXPECT_EQ(store.store.usage().item_bytes, 0U);
  EXPECT_GE(store.store.usage().pinned_bytes, kMiB / 2);
  EXPECT_LE(store.store.usage().pinned_bytes, pinned.item_bytes);
  pinned = Found();
  EXPECT_EQ(store.store.usage().pinned_bytes, 0U);
  EXPECT_EQ(store.total(), store.store.usage().index_bytes);
}

TEST(MemoryLimit, RefusesWhenAllIsPinned) {
  TestStore store({.memory_bytes = 4 * kMiB});
  std::vector<Found> pins;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "k" + std::to_string(i);
    if (store.put(key, std::string(100 * kKiB, 'v')).answer != Answer::kOk) break;
    pins.push_back(store.find(key));
  }
  EXPECT_LT(pins.size(), 40U);
  EXPECT_EQ(store.put("new", std::string(100 * kKiB, 'n')).answer, Answer::kNoMemory);
  EXPECT_LE(store.total(), 4 * kMiB);
  for (const Found& pin : pins) EXPECT_EQ(text_of(pin.value), std::string(100 * kKiB, 'v'));
  pins.clear();
  EXPECT_EQ(store.put("new", std::string(100 * kKiB, 'n')).answer, Answer::kOk);
}

TEST(MemoryLimit, CountsWhatIsMovedTogether) {
  TestStore store({.memory_bytes = 2 * kMiB});
  const std::string value(300, 'v');
  for (int i = 0; i < 5000; ++i) store.put("k" + std::to_string(i), value);
  EXPECT_EQ(store.store.usage().moved_bytes, 0U) << "nothing is dead yet";
  for (int i = 0; i < 5000; ++i) {
    if (i % 3 != 0) store.remove("k" + std::to_string(i));
  }
  const std::uint64_t left = store.store.usage().item_bytes;
  for (int i = 0; i < 3000; ++i) store.put("n" + std::to_string(i), value);
  EXPECT_EQ(store.store.usage().evicted, 0U);
  EXPECT_GT(store.store.usage().moved_bytes, left / 4);
  EXPECT_LE(store.store.usage().moved_bytes, left) << "nothing is moved twice";
}

TEST(MemoryLimit, TakesExpiredItemsWithoutCallingItEviction) {
  TestStore store({.memory_bytes = 2 * kMiB});
  for (int i = 0; i < 3000; ++i) {
    store.put("k" + std::to_string(i), std::string(300, 'v'), {.expires = store.in(1)});
  }
  ASSERT_EQ(store.store.usage().evicted, 0U);
  store.pass(1);
  for (int i = 0; i < 4000; ++i) store.put("n" + std::to_string(i), std::string(300, 'v'));
  EXPECT_EQ(store.store.usage().evicted, 0U);
  EXPECT_GT(store.store.usage().expired, 0U);
}

TEST(MemoryLimit, IsMetBeforeSettingItReturns) {
  TestStore store({.memory_bytes = 64 * kMiB});
  for (int i = 0; i < 150'000; ++i) store.put("k" + std::to_string(i), std::string(100, 'v'));
  ASSERT_GT(store.total(), 16 * kMiB);
  store.store.set_memory_limit(8 * kMiB, store.now);
  EXPECT_EQ(store.store.memory_limit(), 8 * kMiB);
  EXPECT_LE(store.total(), 8 * kMiB);
  EXPECT_GT(store.total(), 7 * kMiB);
  store.store.set_memory_limit(64 * kMiB, store.now);
  EXPECT_EQ(store.put("k", "v").answer, Answer::kOk);
}

TEST(MemoryLimit, ShrinksTheIndexWithTheItems) {
  TestStore store({.memory_bytes = 64 * kMiB});
  for (int i = 0; i < 400'000; ++i) store.put("k" + std::to_string(i), "v");
  ASSERT_GT(store.store.usage().index_bytes, 2 * kMiB);
  store.store.set_memory_limit(kMiB, store.now);
  EXPECT_LE(store.total(), kMiB);
  EXPECT_GT(store.store.usage().items, 1000U) << "the index crowded the items out";
  const StoreAudit audit(store.store);
  EXPECT_EQ(audit.linked().bytes, store.store.usage().item_bytes);
}

TEST(StoreDeathTest, DiesWhenPinsOutliveIt) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        Found pinned;
        TestStore store;
        store.put("k", "v");
        pinned = store.find("k");
      },
      "ledger_.total\\(\\) == 0");
}

}  // namespace
}  // namespace larder::store

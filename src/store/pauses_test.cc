// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "base/limits.h"
#include "store/store_audit.h"
#include "store/test_store.h"

// However many items a page has, one piece of work on it takes some of them.
namespace larder::store {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kItems = 50'000;  // some 1500 in a page

void fill(TestStore& store, const Put& how = {}, const std::string& prefix = "key") {
  for (std::size_t i = 0; i < kItems; ++i) {
    ASSERT_EQ(store.put(prefix + std::to_string(i), "v", how).answer, Answer::kOk);
  }
}

// Until nothing is left, in steps of which none reclaims too many.
void expect_reclaimed_in_steps(TestStore& store) {
  std::size_t expired = 0;
  for (std::size_t steps = 0; store.store.usage().items != 0; ++steps) {
    ASSERT_LT(steps, kItems) << "some are never found";
    store.store.tend(store.now);
    const std::size_t now = store.store.usage().expired;
    ASSERT_LE(now - expired, limits::kItemsAtOnce);
    expired = now;
  }
  EXPECT_EQ(expired, kItems);
  const Usage usage = store.store.usage();
  const std::size_t shards = 4;
  EXPECT_LE(usage.page_bytes, shards * Arena::kLeaseBytes)
      << "at most the page that is appended to";
}

TEST(Pauses, OfExpiryAreShort) {
  TestStore store({.memory_bytes = 64 * kMiB});
  fill(store, {.expires = store.in(5)});
  store.pass(7);
  expect_reclaimed_in_steps(store);
}

TEST(Pauses, OfAFlushAreShort) {
  TestStore store({.memory_bytes = 64 * kMiB});
  fill(store);
  store.flush();
  expect_reclaimed_in_steps(store);
}

TEST(Pauses, OfAPrefixFlushAreShort) {
  TestStore store({.memory_bytes = 64 * kMiB});
  fill(store, {}, "prefix:");
  store.flush_prefix("prefix");
  expect_reclaimed_in_steps(store);
}

// Of a page whose other items last, for what is attached to the one that expires.
TEST(Pauses, OfExpiryReclaimWhatIsAttached) {
  TestStore store({.memory_bytes = 64 * kMiB});
  fill(store);
  ASSERT_EQ(store.put("long", std::string(100'000, 'v'), {.expires = store.in(5)}).answer,
            Answer::kOk);
  const NewCollection collection{.type = collection::Type::kSet, .expires = store.in(5)};
  const Key key = store.store.key("collection");
  ASSERT_EQ(store.store.create_collection(key, collection, store.now), Answer::kOk);
  store.pass(7);
  for (std::size_t steps = 0; store.store.usage().expired != 2; ++steps) {
    ASSERT_LT(steps, kItems) << "some are never found";
    store.store.tend(store.now);
  }
  EXPECT_EQ(store.store.usage().items, kItems);
  EXPECT_EQ(store.store.usage().collection_bytes, 0U);
}

// Not when all is reclaimed.
TEST(Pauses, OfExpiryFreeMemoryFromTheStart) {
  TestStore store({.memory_bytes = 64 * kMiB});
  constexpr std::size_t kLarge = 20'000;
  const std::string value(1000, 'v');
  for (std::size_t i = 0; i < kLarge; ++i) {
    store.put("key" + std::to_string(i), value, {.expires = store.in(5)});
  }
  const auto resident = [&] {
    const Usage usage = store.store.usage();
    return usage.page_bytes + usage.free_bytes;
  };
  const std::size_t full = resident();
  store.pass(7);
  for (std::size_t steps = 0; store.store.usage().items > kLarge / 2; ++steps) {
    ASSERT_LT(steps, kLarge);
    store.store.tend(store.now);
    store.now += 100;
  }
  EXPECT_LT(resident(), full * 3 / 4);
}

// A page goes in some parts behind each other, and none of it is moved in between.
TEST(Pauses, OfEvictionsAreShort) {
  TestStore store({.memory_bytes = 64 * kMiB});
  fill(store);
  const StoreAudit audit(store.store);
  std::size_t parts = 0;
  std::size_t evicted = 0;
  audit.for_each_shard([&](Shard& shard) {
    Eviction came_to = Eviction::kLater;
    do {
      const Need need{.bytes = kPageBytes, .goes_on = came_to == Eviction::kPartly};
      came_to = shard.make_room(need, store.now);
      ++parts;
      const std::size_t now = store.store.usage().evicted;
      ASSERT_LE(now - evicted, limits::kItemsAtOnce);
      evicted = now;
    } while (came_to == Eviction::kPartly);
    EXPECT_EQ(came_to, Eviction::kFreed);
  });
  EXPECT_GT(parts, 4 * 4U);
  EXPECT_EQ(store.store.usage().moved_bytes, 0U);
  audit.linked();
}

}  // namespace
}  // namespace larder::store

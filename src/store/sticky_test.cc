// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "store/item.h"
#include "store/store_audit.h"
#include "store/test_store.h"

namespace larder::store {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr Limits kLimits{.memory_bytes = 4 * kMiB, .sticky_bytes = kMiB};
constexpr Put kStickyPut{.expires = kSticky};

TEST(Sticky, ItemsAreNotAllowedByDefault) {
  TestStore store;
  EXPECT_EQ(store.put("k", "v", kStickyPut).answer, Answer::kNoMemory);
  EXPECT_EQ(store.create("c", {.expires = kSticky}), Answer::kNoMemory);
  EXPECT_EQ(store.find("f", {.create_expires = kSticky}).answer, Answer::kNoMemory);
  EXPECT_EQ(store.count("n", {.create_expires = kSticky}).answer, Answer::kNoMemory);
  EXPECT_EQ(store.store.usage().items, 0U);
  EXPECT_EQ(store.store.usage().evicted, 0U);
}

TEST(Sticky, ItemsAreNeverEvictedNorExpire) {
  TestStore store(kLimits);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(store.put("sticky" + std::to_string(i), std::string(i, 's'), kStickyPut).answer,
              Answer::kOk);
  }
  store.push("list", "element",
             {.create = NewCollection{.expires = kSticky, .attributes = {.most = 9}}});
  for (int i = 0; i < 50'000; ++i) store.put("other" + std::to_string(i), std::string(300, 'o'));
  store.pass(100 * 365 * 24 * 3600LL);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(store.text("sticky" + std::to_string(i)), std::string(i, 's'));
  }
  EXPECT_EQ(store.peek("sticky1").expires, kSticky);
  EXPECT_EQ(store.elements("list"), 1U);
  EXPECT_EQ(store.store.usage().sticky_items, 1001U);
  StoreAudit(store.store).linked();
  store.flush();
  EXPECT_EQ(store.text("sticky1"), TestStore::kNothing) << "a flush is for all";
}

TEST(Sticky, ItemsHaveALimitOfTheirOwn) {
  TestStore store(kLimits);
  std::size_t stored = 0;
  while (store.put("sticky" + std::to_string(stored), std::string(900, 's'), kStickyPut).answer ==
         Answer::kOk) {
    ++stored;
  }
  EXPECT_GT(stored, 1000U);
  const Usage usage = store.store.usage();
  EXPECT_LE(usage.sticky_bytes, kMiB);
  EXPECT_GT(usage.sticky_bytes, kMiB - 1000);
  EXPECT_EQ(usage.evicted, 0U) << "that would not help";
  EXPECT_EQ(store.put("plain", std::string(900, 'p')).answer, Answer::kOk);
  EXPECT_EQ(store.remove("sticky0"), Answer::kOk);
  EXPECT_EQ(store.put("again", std::string(800, 's'), kStickyPut).answer, Answer::kOk);
  StoreAudit(store.store).linked();
}

TEST(Sticky, LongValuesCountWithAllTheyTake) {
  TestStore store(kLimits);
  const std::string value(300'000, 's');
  EXPECT_EQ(store.put("1", value, kStickyPut).answer, Answer::kOk);
  EXPECT_EQ(store.put("2", value, kStickyPut).answer, Answer::kOk);
  EXPECT_EQ(store.put("3", value, kStickyPut).answer, Answer::kOk);
  EXPECT_EQ(store.put("4", value, kStickyPut).answer, Answer::kNoMemory);
  EXPECT_GT(store.store.usage().sticky_bytes, 900'000U);
  StoreAudit(store.store).linked();
}

TEST(Sticky, RefusalsEvictNothing) {
  TestStore store(kLimits);
  const std::string value(300'000, 's');
  for (const char* key : {"1", "2", "3"}) store.put(key, value, kStickyPut);
  store.put("short", "s", kStickyPut);
  for (int i = 0; i < 5000; ++i) store.put("other" + std::to_string(i), std::string(300, 'o'));
  const std::uint64_t items = store.store.usage().items;
  EXPECT_EQ(store.put("4", value, kStickyPut).answer, Answer::kNoMemory);
  EXPECT_EQ(store.put("1", "more", {.mode = PutMode::kAppend}).answer, Answer::kNoMemory);
  EXPECT_EQ(store.put("short", value, {.mode = PutMode::kPrepend}).answer, Answer::kNoMemory);
  EXPECT_EQ(store.create("list", {.expires = kSticky}), Answer::kOk);
  EXPECT_EQ(store.store.usage().items, items + 1);
  EXPECT_EQ(store.store.usage().evicted, 0U);
}

TEST(Sticky, CollectionsGrowUpToTheLimitAndShrink) {
  TestStore store(kLimits);
  const std::string element(1000, 'e');
  const NewCollection what{.expires = kSticky, .attributes = {.most = 1'000'000}};
  std::size_t pushed = 0;
  while (store.push("list", element, {.create = what, .grows = true}).answer == Answer::kOk) {
    ++pushed;
  }
  EXPECT_GT(pushed, 900U);
  EXPECT_LT(store.store.usage().sticky_bytes, kMiB + 5000);
  EXPECT_EQ(store.put("k", "v", kStickyPut).answer, Answer::kNoMemory);
  EXPECT_EQ(store.pop("list", 500).answer, Answer::kOk);
  EXPECT_EQ(store.push("list", element, {.grows = true}).answer, Answer::kOk);
  StoreAudit(store.store).linked();
  store.remove("list");
  EXPECT_EQ(store.store.usage().sticky_bytes, 0U);
}

TEST(Sticky, IsNothingThatATouchMakes) {
  TestStore store(kLimits);
  store.put("sticky", "v", kStickyPut);
  store.put("other", "v");
  EXPECT_EQ(store.find("sticky", {.expires = store.in(9)}).answer, Answer::kBadExpiry);
  EXPECT_EQ(store.find("other", {.expires = kSticky}).answer, Answer::kBadExpiry);
  EXPECT_EQ(store.find("sticky", {.expires = kSticky}).answer, Answer::kOk);
  EXPECT_EQ(store.peek("sticky").expires, kSticky);
  EXPECT_EQ(store.peek("other").expires, kNeverExpires);
}

TEST(Sticky, IsWhatAnotherPutSays) {
  TestStore store(kLimits);
  for (const std::size_t size : {std::size_t{10}, std::size_t{20'000}}) {
    const std::string value(size, 'v');
    store.put("k", value, {.expires = store.in(60)});
    EXPECT_EQ(store.put("k", value, kStickyPut).answer, Answer::kOk);
    EXPECT_EQ(store.store.usage().sticky_items, 1U);
    StoreAudit(store.store).linked();
    EXPECT_EQ(store.put("k", value, {.expires = store.in(60)}).answer, Answer::kOk);
    EXPECT_EQ(store.store.usage().sticky_items, 0U);
    StoreAudit(store.store).linked();
  }
  store.put("k", "1", kStickyPut);
  store.put("k", "2", {.mode = PutMode::kAppend});
  EXPECT_EQ(store.count("k").number, 13U);
  EXPECT_EQ(store.peek("k").expires, kSticky);
  StoreAudit(store.store).linked();
}

// Pages of which little is left are moved together, sticky or not.
TEST(Sticky, ItemsAreMovedTogether) {
  TestStore store({.memory_bytes = 4 * kMiB, .sticky_bytes = 2 * kMiB});
  for (int i = 0; i < 4000; ++i) {
    store.put("sticky" + std::to_string(i), std::string(400, 's'), kStickyPut);
  }
  for (int i = 0; i < 4000; ++i) {
    if (i % 20 != 0) store.remove("sticky" + std::to_string(i));
  }
  for (int i = 0; i < 20'000; ++i) store.put("other" + std::to_string(i), std::string(300, 'o'));
  EXPECT_GT(store.store.usage().moved_bytes, 50'000U);
  for (int i = 0; i < 4000; i += 20) {
    ASSERT_EQ(store.text("sticky" + std::to_string(i)), std::string(400, 's'));
  }
  EXPECT_GT(store.store.usage().items, 8000U) << "the room that sticky items left is used";
  StoreAudit(store.store).linked();
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "store/item.h"
#include "store/test_store.h"

namespace larder::store {
namespace {

TEST(Remove, TakesTheItemAway) {
  TestStore store;
  EXPECT_EQ(store.remove("k"), Answer::kMiss);
  store.put("k", "v");
  EXPECT_EQ(store.remove("k"), Answer::kOk);
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
  EXPECT_EQ(store.remove("k"), Answer::kMiss);
  store.put("k", "v", {.expires = kExpired});
  EXPECT_EQ(store.remove("k"), Answer::kMiss);
}

TEST(Remove, InEveryFormNeedsTheExpectedNumber) {
  for (const Remove form : {Remove{}, Remove{.invalidate = true}, Remove{.drop_value = true},
                            Remove{.invalidate = true, .drop_value = true}}) {
    TestStore store;
    Remove how = form;
    how.expected = 50;
    EXPECT_EQ(store.remove("k", how), Answer::kMiss);
    store.put("k", "v", {.cas = 51});
    EXPECT_EQ(store.remove("k", how), Answer::kExists);
    EXPECT_EQ(store.text("k"), "v");
    EXPECT_FALSE(store.peek("k").stale);
    how.expected = 51;
    EXPECT_EQ(store.remove("k", how), Answer::kOk);
  }
}

TEST(Remove, WithAnExpiryAloneIsPlain) {
  TestStore store;
  store.put("k", "v");
  EXPECT_EQ(store.remove("k", {.expires = store.in(10)}), Answer::kOk);
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
}

TEST(RemoveInvalidate, KeepsTheValueUnderANewNumber) {
  TestStore store;
  const Cas before =
      store.put("k", "v", {.binary_key = true, .flags = 3, .expires = store.in(500)}).cas;
  EXPECT_EQ(store.remove("k", {.invalidate = true}), Answer::kOk);
  const Found found = store.peek("k");
  EXPECT_EQ(text_of(found.value), "v");
  EXPECT_TRUE(found.stale && found.binary_key);
  EXPECT_EQ(found.flags, 3U);
  EXPECT_EQ(found.expires, store.in(500));
  EXPECT_GT(found.cas, before);
}

TEST(RemoveInvalidate, LetsANewReaderWinEachTime) {
  TestStore store;
  store.put("k", "v");
  for (int round = 0; round < 3; ++round) {
    store.remove("k", {.invalidate = true, .expires = store.in(40 + round)});
    EXPECT_EQ(store.peek("k").expires, store.in(40 + round));
    EXPECT_TRUE(store.read("k").won);
    EXPECT_FALSE(store.read("k").won);
  }
}

TEST(RemoveInvalidate, TakesAnOwnNumberForValuesOfEverySize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, limits::kMaxContiguousBytes,
                                 limits::kMaxContiguousBytes + 1, std::size_t{900'000}}) {
    TestStore store;
    const std::string value(size, 'v');
    store.put("k", value, {.flags = 3});
    store.find("k");
    const Found pinned = store.find("k");
    EXPECT_EQ(store.remove("k", {.invalidate = true, .cas = 20}), Answer::kOk);
    const Found found = store.read("k");
    EXPECT_EQ(found.cas, 20U);
    EXPECT_EQ(found.flags, 3U);
    EXPECT_TRUE(found.stale && found.won && found.fetched);
    EXPECT_EQ(text_of(found.value), value);
    EXPECT_EQ(text_of(pinned.value), value);
  }
}

TEST(RemoveDropValue, KeepsOnlyTheKey) {
  TestStore store;
  const Cas before =
      store.put("k", "abc", {.binary_key = true, .flags = 9, .expires = store.in(500)}).cas;
  store.find("k");
  EXPECT_EQ(store.remove("k", {.drop_value = true}), Answer::kOk);
  const Found found = store.peek("k");
  EXPECT_EQ(text_of(found.value), "");
  EXPECT_EQ(found.flags, 0U);
  EXPECT_EQ(found.expires, kNeverExpires);
  EXPECT_GT(found.cas, before) << "a changed value must not keep its number";
  EXPECT_TRUE(found.binary_key);
  EXPECT_FALSE(found.fetched || found.stale);
}

TEST(RemoveDropValue, TakesExpiryAndNumber) {
  TestStore store;
  const Cas stamp = store.put("k", "abc").cas;
  store.remove("k", {.drop_value = true});
  EXPECT_NE(store.peek("k").cas, stamp);
  store.remove("k", {.drop_value = true, .expires = store.in(90), .cas = 70});
  EXPECT_EQ(store.peek("k").expires, store.in(90));
  EXPECT_EQ(store.peek("k").cas, 70U);
}

TEST(RemoveDropValue, KeepsANumberThatTheClientChose) {
  TestStore store;
  store.put("k", "abc", {.cas = 60});
  store.remove("k", {.drop_value = true});
  EXPECT_EQ(store.peek("k").cas, 60U);
  store.remove("k", {.invalidate = true, .drop_value = true});
  EXPECT_NE(store.peek("k").cas, 60U);
}

TEST(RemoveDropValue, TogetherWithInvalidate) {
  TestStore store;
  store.put("k", "abc", {.flags = 5});
  store.remove("k", {.invalidate = true, .drop_value = true, .cas = 7});
  const Found found = store.read("k");
  EXPECT_TRUE(found.stale && found.won);
  EXPECT_EQ(found.value.size(), 0U);
  EXPECT_EQ(found.flags, 0U);
  EXPECT_EQ(found.cas, 7U);
}

TEST(RemoveDropValue, GivesTheMemoryBackEvenWhenTheStoreIsFull) {
  TestStore store({.memory_bytes = 2 << 20, .evict = false});
  int puts = 0;
  while (store.put("k" + std::to_string(puts), std::string(1000, 'v')).answer == Answer::kOk) {
    ++puts;
  }
  const std::size_t before = store.total();
  EXPECT_EQ(store.remove("k0", {.drop_value = true}), Answer::kOk);
  EXPECT_LT(store.total() + 900, before);
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "store/test_store.h"

namespace larder::store {
namespace {

TEST(Find, MissesWhatWasNeverPut) {
  TestStore store;
  const Found found = store.find("k");
  EXPECT_EQ(found.answer, Answer::kMiss);
  EXPECT_EQ(found.value.size(), 0U);
}

TEST(Find, TellsWhatWasPut) {
  TestStore store;
  const Stored stored =
      store.put("k", "hello", {.binary_key = true, .flags = 7, .expires = store.in(60)});
  ASSERT_EQ(stored.answer, Answer::kOk);
  EXPECT_EQ(stored.size, 5U);
  const Found found = store.find("k");
  ASSERT_EQ(found.answer, Answer::kOk);
  EXPECT_EQ(text_of(found.value), "hello");
  EXPECT_EQ(found.flags, 7U);
  EXPECT_EQ(found.expires, store.in(60));
  EXPECT_EQ(found.cas, stored.cas);
  EXPECT_TRUE(found.binary_key);
  EXPECT_FALSE(found.created || found.won || found.token_sent || found.stale || found.fetched);
}

TEST(Find, TellsOnlyValueFlagsAndCasWithoutDetails) {
  TestStore store;
  const Stored stored =
      store.put("k", "hello", {.binary_key = true, .flags = 7, .expires = store.in(60)});
  const Found found = store.find("k", {.want_details = false});
  ASSERT_EQ(found.answer, Answer::kOk);
  EXPECT_EQ(text_of(found.value), "hello");
  EXPECT_EQ(found.flags, 7U);
  EXPECT_EQ(found.cas, stored.cas);
  EXPECT_FALSE(found.binary_key);
  EXPECT_EQ(found.expires, kNeverExpires);
  EXPECT_TRUE(store.find("k").fetched);
}

TEST(Find, KeepsKeysApartThatDifferInOneByteOrLength) {
  TestStore store;
  const std::string longest(250, 'k');
  store.put("a", "1");
  store.put("b", "2");
  store.put("aa", "3");
  store.put(std::string_view("a\0", 2), "4");
  store.put(longest, "5");
  EXPECT_EQ(store.text("a"), "1");
  EXPECT_EQ(store.text("b"), "2");
  EXPECT_EQ(store.text("aa"), "3");
  EXPECT_EQ(store.text(std::string_view("a\0", 2)), "4");
  EXPECT_EQ(store.text(longest), "5");
  EXPECT_EQ(store.text(longest.substr(1)), TestStore::kNothing);
}

TEST(Find, TellsLongKeysApart) {
  TestStore store;
  const std::string longest(limits::kMaxArcusKeyBytes, 'k');
  std::string other = longest;
  other.back() = 'l';
  for (std::size_t size = 250; size < 260; ++size) {
    ASSERT_EQ(store.put(longest.substr(0, size), std::to_string(size)).answer, Answer::kOk);
  }
  ASSERT_EQ(store.put(longest, "longest").answer, Answer::kOk);
  for (std::size_t size = 250; size < 260; ++size) {
    EXPECT_EQ(store.text(longest.substr(0, size)), std::to_string(size));
  }
  EXPECT_EQ(store.text(longest), "longest");
  EXPECT_EQ(store.text(other), TestStore::kNothing);
}

TEST(Find, GivesNoValueWhenNoneIsWanted) {
  TestStore store;
  store.put("k", "hello");
  const Found found = store.find("k", {.want_value = false});
  EXPECT_EQ(found.answer, Answer::kOk);
  EXPECT_EQ(found.value.size(), 0U);
}

TEST(Find, MarksAsFetchedUnlessItLeavesNoTrace) {
  TestStore store;
  store.put("k", "v");
  EXPECT_FALSE(store.peek("k").fetched);
  EXPECT_FALSE(store.find("k").fetched);
  EXPECT_TRUE(store.find("k").fetched);
  store.put("k", "v");
  EXPECT_FALSE(store.find("k").fetched);
}

TEST(Find, CountsIdleSecondsSinceTheAccessBefore) {
  TestStore store;
  store.put("k", "v");
  store.pass(3);
  EXPECT_EQ(store.peek("k").idle_s, 3);
  EXPECT_EQ(store.find("k").idle_s, 3);
  EXPECT_EQ(store.find("k").idle_s, 0);
  store.pass(-5);
  EXPECT_EQ(store.find("k").idle_s, 0);
}

TEST(Find, ExpiresAtItsTimeAndNotBefore) {
  TestStore store;
  store.put("k", "v", {.expires = store.in(10)});
  store.now = store.in(10) - 1;
  EXPECT_EQ(store.text("k"), "v");
  store.now += 1;
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
  EXPECT_EQ(store.store.usage().expired, 1U);
  EXPECT_EQ(store.store.usage().items, 0U);
}

TEST(Find, NeverSeesWhatWasExpiredWhenPut) {
  TestStore store;
  EXPECT_EQ(store.put("k", "v", {.expires = kExpired}).answer, Answer::kOk);
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
  store.put("k", "v", {.expires = store.now});
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
}

TEST(Find, TouchesWithoutAnotherCas) {
  TestStore store;
  const Cas cas = store.put("k", "v").cas;
  EXPECT_EQ(store.find("k", {.expires = store.in(5)}).expires, kNeverExpires);
  EXPECT_EQ(store.find("k", {.expires = kNeverExpires}).expires, store.in(5));
  EXPECT_EQ(store.peek("k").cas, cas);
  EXPECT_EQ(text_of(store.find("k", {.expires = kExpired}).value), "v");
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
}

// ---- creation on a miss

TEST(FindToCreate, MakesAnEmptyItemForOneWinner) {
  TestStore store;
  const Lookup how{.create_expires = store.in(30)};
  const Found first = store.find("k", how);
  EXPECT_EQ(first.answer, Answer::kOk);
  EXPECT_TRUE(first.created && first.won);
  EXPECT_FALSE(first.token_sent || first.fetched);
  EXPECT_EQ(first.expires, kNeverExpires);
  EXPECT_EQ(first.flags, 0U);
  EXPECT_EQ(first.idle_s, 0);
  EXPECT_EQ(first.value.size(), 0U);

  const Found second = store.find("k", {.compete = true, .create_expires = store.in(300)});
  EXPECT_FALSE(second.created || second.won);
  EXPECT_TRUE(second.token_sent);
  EXPECT_EQ(second.expires, store.in(30));
  EXPECT_EQ(second.cas, first.cas);

  store.pass(30);
  EXPECT_TRUE(store.find("k", how).won);
}

TEST(FindToCreate, TakesTheCasThatIsGiven) {
  TestStore store;
  EXPECT_EQ(store.find("k", {.create_expires = 0, .create_cas = 777}).cas, 777U);
  EXPECT_EQ(store.peek("k").cas, 777U);
}

TEST(FindToCreate, IsOverWhenTheWinnerStores) {
  TestStore store;
  store.find("k", {.create_expires = store.in(30)});
  EXPECT_EQ(store.put("k", "x", {.mode = PutMode::kAdd}).answer, Answer::kNotStored);
  store.put("k", "full");
  EXPECT_FALSE(store.read("k").token_sent);
}

// ---- winning

TEST(FindToRecache, IsWonOnceByAReaderWhenLittleTimeRemains) {
  TestStore store;
  store.put("k", "v", {.expires = store.in(100)});
  EXPECT_FALSE(store.find("k", {.recache_below_s = 30}).won);
  EXPECT_FALSE(store.find("k", {.recache_below_s = 100}).won);
  EXPECT_TRUE(store.find("k", {.recache_below_s = 101}).won);
  const Found later = store.find("k", {.recache_below_s = 200});
  EXPECT_FALSE(later.won);
  EXPECT_TRUE(later.token_sent);
  store.put("k", "v", {.expires = store.in(100)});
  EXPECT_TRUE(store.find("k", {.recache_below_s = 200}).won);
}

TEST(FindToRecache, NeverWinsAnItemThatDoesNotExpire) {
  TestStore store;
  store.put("k", "v");
  EXPECT_FALSE(store.find("k", {.recache_below_s = 1'000'000}).won);
}

TEST(FindToRecache, LooksAtTheExpiryFromBeforeATouch) {
  TestStore store;
  store.put("k", "v", {.expires = store.in(100)});
  EXPECT_FALSE(store.find("k", {.expires = store.in(10), .recache_below_s = 30}).won);
  EXPECT_TRUE(store.find("k", {.recache_below_s = 30}).won);
}

TEST(FindToRecache, LooksAtTheNewExpiryWhenAskedTo) {
  TestStore store;
  store.put("k", "v");
  const UnixMs soon = store.in(10);
  const UnixMs late = store.in(90);
  EXPECT_FALSE(
      store.find("k", {.expires = late, .recache_below_s = 30, .recache_looks_after = true}).won);
  EXPECT_TRUE(
      store.find("k", {.expires = soon, .recache_below_s = 30, .recache_looks_after = true}).won);
  EXPECT_EQ(store.peek("k").expires, soon);
}

TEST(FindStale, IsWonByTheFirstWhoCompetes) {
  TestStore store;
  store.put("k", "old");
  ASSERT_EQ(store.remove("k", {.invalidate = true}), Answer::kOk);

  const Found plain = store.find("k");
  EXPECT_TRUE(plain.stale);
  EXPECT_FALSE(plain.won || plain.token_sent);

  const Found winner = store.read("k");
  EXPECT_TRUE(winner.stale && winner.won);
  EXPECT_FALSE(winner.token_sent);
  EXPECT_EQ(text_of(winner.value), "old");

  const Found loser = store.read("k");
  EXPECT_TRUE(loser.stale && loser.token_sent);
  EXPECT_FALSE(loser.won);
  EXPECT_EQ(text_of(loser.value), "old");
}

// The tenth is sent as the ninth was: by reference, where the front end can.
TEST(Find, TellsOfFrozenMemory) {
  TestStore test;
  const std::string value(limits::kFrozenBytes, 'v');
  test.put("long", value);
  test.put("short", std::string(limits::kMaxContiguousBytes, 'v'));
  for (int round = 0; round < 2; ++round) {
    for (int read = 0; read < limits::kReadsToFreeze; ++read) {
      EXPECT_FALSE(test.find("long").value.frozen());
      EXPECT_FALSE(test.find("short").value.frozen());
    }
    const Found found = test.find("long");
    EXPECT_TRUE(found.value.frozen());
    EXPECT_EQ(text_of(found.value), value);
    EXPECT_FALSE(test.find("long", {.want_value = false}).value.frozen());
    EXPECT_FALSE(test.find("short").value.frozen());
    test.put("long", value);  // another version, other memory
  }
}

}  // namespace
}  // namespace larder::store

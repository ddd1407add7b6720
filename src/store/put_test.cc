// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <string>

#include "base/limits.h"
#include "store/item.h"
#include "store/test_store.h"

namespace larder::store {
namespace {

constexpr PutMode kAll[] = {PutMode::kSet, PutMode::kAdd, PutMode::kReplace, PutMode::kAppend,
                            PutMode::kPrepend};

// What each mode does to nothing and to an item "old", with no, the right and a wrong number.
struct Row {
  PutMode mode;
  enum class Expected { kNone, kRight, kWrong } expected;
  Answer on_nothing;
  Answer on_item;
  std::string_view after;  // on the item
};

constexpr Row kTable[] = {
    {PutMode::kSet, Row::Expected::kNone, Answer::kOk, Answer::kOk, "new"},
    {PutMode::kSet, Row::Expected::kRight, Answer::kMiss, Answer::kOk, "new"},
    {PutMode::kSet, Row::Expected::kWrong, Answer::kMiss, Answer::kExists, "old"},
    {PutMode::kAdd, Row::Expected::kNone, Answer::kOk, Answer::kNotStored, "old"},
    {PutMode::kAdd, Row::Expected::kRight, Answer::kOk, Answer::kNotStored, "old"},
    {PutMode::kAdd, Row::Expected::kWrong, Answer::kOk, Answer::kNotStored, "old"},
    {PutMode::kReplace, Row::Expected::kNone, Answer::kNotStored, Answer::kOk, "new"},
    {PutMode::kReplace, Row::Expected::kRight, Answer::kMiss, Answer::kOk, "new"},
    {PutMode::kReplace, Row::Expected::kWrong, Answer::kMiss, Answer::kExists, "old"},
    {PutMode::kAppend, Row::Expected::kNone, Answer::kNotStored, Answer::kOk, "oldnew"},
    {PutMode::kAppend, Row::Expected::kRight, Answer::kNotStored, Answer::kOk, "oldnew"},
    {PutMode::kAppend, Row::Expected::kWrong, Answer::kNotStored, Answer::kExists, "old"},
    {PutMode::kPrepend, Row::Expected::kNone, Answer::kNotStored, Answer::kOk, "newold"},
    {PutMode::kPrepend, Row::Expected::kRight, Answer::kNotStored, Answer::kOk, "newold"},
    {PutMode::kPrepend, Row::Expected::kWrong, Answer::kNotStored, Answer::kExists, "old"},
};

Put put_of(const Row& row, Cas right) {
  Put how{.mode = row.mode};
  if (row.expected == Row::Expected::kRight) how.expected = right;
  if (row.expected == Row::Expected::kWrong) how.expected = right + 1;
  return how;
}

TEST(Put, AnswersByModeAndExpectedNumber) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(testing::Message() << "row " << &row - kTable);
    TestStore store;
    const Stored on_nothing = store.put("none", "new", put_of(row, 5));
    EXPECT_EQ(on_nothing.answer, row.on_nothing);
    EXPECT_EQ(on_nothing.cas != 0, row.on_nothing == Answer::kOk);
    EXPECT_EQ(store.text("none"), row.on_nothing == Answer::kOk ? "new" : TestStore::kNothing);

    const Cas before = store.put("some", "old").cas;
    const Stored on_item = store.put("some", "new", put_of(row, before));
    EXPECT_EQ(on_item.answer, row.on_item);
    EXPECT_EQ(store.text("some"), row.after);
    EXPECT_EQ(store.peek("some").cas, on_item.answer == Answer::kOk ? on_item.cas : before);
    EXPECT_EQ(on_item.cas > before, row.on_item == Answer::kOk);
    EXPECT_EQ(on_item.size, row.on_item == Answer::kOk ? row.after.size() : 0U);
  }
}

TEST(Put, TakesExpiredItemsForNothing) {
  for (const Row& row : kTable) {
    SCOPED_TRACE(testing::Message() << "row " << &row - kTable);
    TestStore store;
    const Cas cas = store.put("k", "old", {.expires = kExpired}).cas;
    EXPECT_EQ(store.put("k", "new", put_of(row, cas)).answer, row.on_nothing);
  }
}

TEST(Put, ReplacesFlagsExpiryAndKeyMark) {
  TestStore store;
  store.put("k", "v", {.binary_key = true, .flags = 7, .expires = store.in(9)});
  store.put("k", "v", {.flags = 8});
  const Found found = store.find("k");
  EXPECT_EQ(found.flags, 8U);
  EXPECT_EQ(found.expires, kNeverExpires);
  EXPECT_FALSE(found.binary_key);
}

TEST(Put, JoinsKeepFlagsAndExpiry) {
  for (const PutMode mode : {PutMode::kAppend, PutMode::kPrepend}) {
    TestStore store;
    store.put("k", "v", {.flags = 7, .expires = store.in(300)});
    store.put("k", "w", {.mode = mode, .flags = 8, .expires = store.in(10)});
    EXPECT_EQ(store.peek("k").flags, 7U);
    EXPECT_EQ(store.peek("k").expires, store.in(300));
  }
}

TEST(Put, JoinsNothingToNothing) {
  TestStore store;
  store.put("k", "");
  EXPECT_EQ(store.put("k", "", {.mode = PutMode::kAppend}).answer, Answer::kOk);
  EXPECT_EQ(store.text("k"), "");
}

TEST(Put, JoinsCreateWhenAsked) {
  for (const PutMode mode : {PutMode::kAppend, PutMode::kPrepend}) {
    TestStore store;
    const Put how{
        .mode = mode, .flags = 5, .expires = store.in(500), .create_expires = store.in(60)};
    EXPECT_EQ(store.put("k", "v", how).answer, Answer::kOk);
    EXPECT_EQ(store.peek("k").expires, store.in(60));
    EXPECT_EQ(store.peek("k").flags, 5U);
    EXPECT_EQ(store.put("k", "v", how).size, 2U);
    EXPECT_EQ(store.peek("k").expires, store.in(60));
  }
}

TEST(Put, AddKeepsWhatIsThereYoung) {
  TestStore store;
  store.put("k", "v");
  store.pass(5);
  store.put("k", "w", {.mode = PutMode::kAdd});
  const Found found = store.peek("k");
  EXPECT_EQ(found.idle_s, 0);
  EXPECT_FALSE(found.fetched);
}

TEST(Put, ClearsEveryMark) {
  for (const PutMode mode :
       {PutMode::kSet, PutMode::kReplace, PutMode::kAppend, PutMode::kPrepend}) {
    TestStore store;
    store.put("k", "a");
    store.remove("k", {.invalidate = true});
    ASSERT_TRUE(store.read("k").won);
    store.put("k", "b", {.mode = mode});
    const Found found = store.peek("k");
    EXPECT_FALSE(found.stale || found.token_sent || found.fetched);
  }
}

// ---- a client's own number

TEST(PutOwnCas, IsReturnedVerbatimAndCompared) {
  constexpr Cas kLargest = std::numeric_limits<Cas>::max();
  for (const PutMode mode : kAll) {
    TestStore store;
    if (mode != PutMode::kAdd) store.put("k", "v", {.cas = 5});
    const Stored stored = store.put("k", "w", {.mode = mode, .cas = kLargest});
    ASSERT_EQ(stored.answer, Answer::kOk);
    EXPECT_EQ(stored.cas, kLargest);
    EXPECT_EQ(store.peek("k").cas, kLargest);
    EXPECT_EQ(store.put("k", "x", {.expected = 5}).answer, Answer::kExists);
    EXPECT_EQ(store.put("k", "x", {.expected = kLargest}).answer, Answer::kOk);
    EXPECT_NE(store.peek("k").cas, kLargest);
  }
}

TEST(PutOwnCas, OfZeroIsNone) {
  TestStore store;
  EXPECT_NE(store.put("k", "v", {.cas = 0}).cas, 0U);
}

TEST(PutOwnCas, ComesWithAReservationToo) {
  for (const std::size_t size : {std::size_t{3}, limits::kMaxContiguousBytes + 1}) {
    TestStore store;
    const std::string value(size, 'v');
    Reservation reservation = store.reserve("k", size);
    while (reservation.missing() != 0) fill_some(reservation, value, size);
    EXPECT_EQ(store.commit(reservation, "k", {.cas = 99}).cas, 99U);
    EXPECT_EQ(store.peek("k").cas, 99U);
    EXPECT_EQ(store.text("k"), value);
  }
}

TEST(PutOwnCas, DoesNotHideFromAFlush) {
  TestStore store;
  store.put("k", "v", {.cas = std::numeric_limits<Cas>::max()});
  store.flush();
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
}

// ---- storing what is stale already

struct StaleStore : TestStore {
  StaleStore() {
    put("k", "old", {.flags = 1, .expires = in(40), .cas = 10});
    remove("k", {.invalidate = true, .cas = 50});
  }
  Stored late(Cas expected) {
    return put(
        "k", "new",
        {.keep_stale = true, .flags = 2, .expires = in(900), .expected = expected, .cas = 60});
  }
};

TEST(PutKeepStale, WithALowerNumberStoresAndStaysStale) {
  StaleStore store;
  ASSERT_TRUE(store.read("k").won);
  EXPECT_EQ(store.late(49).answer, Answer::kOk);
  const Found found = store.read("k");
  EXPECT_EQ(text_of(found.value), "new");
  EXPECT_EQ(found.flags, 2U);
  EXPECT_EQ(found.expires, store.in(40));
  EXPECT_EQ(found.cas, 60U);
  EXPECT_TRUE(found.stale && found.token_sent);
  EXPECT_FALSE(found.won);
}

TEST(PutKeepStale, LeavesTheTokenUnsentWhenItWas) {
  StaleStore store;
  EXPECT_EQ(store.late(49).answer, Answer::kOk);
  EXPECT_TRUE(store.read("k").won);
}

TEST(PutKeepStale, WithTheRightNumberStoresCleanly) {
  StaleStore store;
  EXPECT_EQ(store.late(50).answer, Answer::kOk);
  const Found found = store.read("k");
  EXPECT_FALSE(found.stale || found.won || found.token_sent);
  EXPECT_EQ(found.expires, store.in(900));
}

TEST(PutKeepStale, WithAHigherNumberIsRefused) {
  StaleStore store;
  EXPECT_EQ(store.late(51).answer, Answer::kExists);
  EXPECT_EQ(store.text("k"), "old");
}

TEST(PutKeepStale, NeedsAnItemAndIsPlainWithoutANumber) {
  StaleStore store;
  EXPECT_EQ(store.put("none", "v", {.keep_stale = true, .expected = 1}).answer, Answer::kMiss);
  EXPECT_EQ(store.put("k", "v", {.keep_stale = true}).answer, Answer::kOk);
  EXPECT_FALSE(store.peek("k").stale);
}

// ---- the limit of an item

TEST(PutLimit, CountsAsMemcachedDoes) {
  TestStore store;
  const std::size_t most = (1 << 20) - 56 - 1 - 1 - 2;  // with a key of one byte
  EXPECT_EQ(store.put("k", std::string(1048576, 'v')).answer, Answer::kTooLarge);
  EXPECT_EQ(store.put("k", std::string(1048000, 'v')).answer, Answer::kOk);
  EXPECT_EQ(store.put("k", std::string(most, 'v')).answer, Answer::kOk);
  EXPECT_EQ(store.put("k", std::string(most + 1, 'v')).answer, Answer::kTooLarge);
  EXPECT_EQ(store.put("k", std::string(most, 'v'), {.flags = 1}).answer, Answer::kTooLarge);
  EXPECT_EQ(store.put("k", std::string(most - 4, 'v'), {.flags = 1}).answer, Answer::kOk);
  EXPECT_EQ(store.put("kk", std::string(most, 'v')).answer, Answer::kTooLarge);
  EXPECT_EQ(store.reserve("k", most + 1).answer(), Answer::kTooLarge);
  EXPECT_EQ(store.reserve("k", most - 3, 1).answer(), Answer::kTooLarge);
  EXPECT_EQ(store.reserve("k", most).answer(), Answer::kOk);
}

TEST(PutLimit, HoldsForTheWholeOfAJoin) {
  TestStore store({.item_bytes = 1024});
  const std::size_t most = 1024 - 56 - 1 - 1 - 2;
  store.put("k", std::string(most - 5, 'v'));
  EXPECT_EQ(store.put("k", "123456", {.mode = PutMode::kAppend}).answer, Answer::kNotStored);
  EXPECT_EQ(store.put("k", "12345", {.mode = PutMode::kPrepend}).answer, Answer::kOk);
  store.put("f", std::string(most - 9, 'v'), {.flags = 1});
  EXPECT_EQ(store.put("f", "123456", {.mode = PutMode::kAppend}).answer, Answer::kNotStored);
  EXPECT_EQ(store.put("f", "12345", {.mode = PutMode::kAppend}).answer, Answer::kOk);
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"
#include "store/counter.h"
#include "store/item.h"
#include "store/test_store.h"

namespace larder::store {
namespace {

constexpr std::uint64_t kMax = ~std::uint64_t{0};

TEST(CounterNumber, IsWhatMemcachedCountsWith) {
  struct {
    std::string_view value;
    std::optional<std::uint64_t> number;
  } const kTable[] = {
      {"0", 0},
      {"9", 9},
      {"0010", 10},
      {"5  ", 5},
      {"18446744073709551615", kMax},
      {"00000000000000000001", 1},
      {"18446744073709551615 ", kMax},
      {"", {}},
      {" ", {}},
      {"   ", {}},
      {"abc", {}},
      {"12x", {}},
      {"1 2", 1},
      {" 5", 5},
      {"-5", {}},
      {"+5", 5},
      {"-0", 0},
      {"+", {}},
      {"- 5", {}},
      {std::string_view("5\0x", 3), 5},
      {"5\n", 5},
      {"0x10", {}},
      {"18446744073709551616", {}},
      {"100000000000000000000", {}},
      {"000000000000000000001", 1},
  };
  for (const auto& row : kTable) EXPECT_EQ(counter_number(row.value), row.number) << row.value;
}

TEST(Count, KeepsTheLengthAndPadsOnTheRight) {
  struct {
    std::string_view before;
    bool down;
    std::uint64_t delta;
    std::uint64_t number;
    std::string_view after;
  } const kTable[] = {
      {"9", false, 1, 10, "10"},
      {"10", true, 1, 9, "9 "},
      {"9 ", false, 5, 14, "14"},
      {"14", false, 0, 14, "14"},
      {"14", true, 1000, 0, "0 "},
      {"7", true, 7, 0, "0"},
      {"0010", false, 1, 11, "11  "},
      {"18446744073709551615", false, 1, 0, "0                   "},
      {"1", false, kMax, 0, "0"},
      {"5", true, kMax, 0, "0"},
      {"1", false, kMax - 1, kMax, "18446744073709551615"},
  };
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.before);
    TestStore store;
    store.put("n", row.before);
    const Counted counted = store.count("n", {.down = row.down, .delta = row.delta});
    EXPECT_EQ(counted.answer, Answer::kOk);
    EXPECT_EQ(counted.number, row.number);
    EXPECT_FALSE(counted.created);
    EXPECT_EQ(store.text("n"), row.after);
  }
}

TEST(Count, MakesAShorterNumberShortOnDemand) {
  TestStore store;
  store.put("n", "10");
  EXPECT_EQ(store.count("n", {.down = true, .keeps_width = false, .delta = 2}).number, 8U);
  EXPECT_EQ(store.text("n"), "8");
  store.put("n", "15 ");
  EXPECT_EQ(store.count("n", {.keeps_width = false}).number, 16U);
  EXPECT_EQ(store.text("n"), "16");
}

TEST(Count, BeginsAtNothingOnDemand) {
  TestStore store;
  store.put("n", "");
  EXPECT_EQ(store.count("n", {}).answer, Answer::kNotNumeric);
  EXPECT_EQ(store.count("n", {.empty_is_zero = true}).number, 1U);
  EXPECT_EQ(store.text("n"), "1");
}

TEST(Count, CreatesWithFlags) {
  TestStore store;
  const Counted counted =
      store.count("n", {.create_expires = kNeverExpires, .initial = 7, .create_flags = 9});
  EXPECT_TRUE(counted.created);
  EXPECT_EQ(store.peek("n").flags, 9U);
}

TEST(Count, KeepsEverythingButTheCas) {
  for (const std::string_view value : {"1", "9"}) {  // in place, and into a longer item
    TestStore store;
    const Cas before =
        store.put("n", value, {.binary_key = true, .flags = 8, .expires = store.in(300)}).cas;
    store.remove("n", {.invalidate = true});
    ASSERT_TRUE(store.read("n").won);
    const Counted counted = store.count("n");
    EXPECT_EQ(counted.expires, store.in(300));
    const Found found = store.peek("n");
    EXPECT_EQ(found.flags, 8U);
    EXPECT_EQ(found.expires, store.in(300));
    EXPECT_GT(found.cas, before);
    EXPECT_EQ(found.cas, counted.cas);
    EXPECT_TRUE(found.stale && found.token_sent && found.fetched && found.binary_key);
  }
}

TEST(Count, NeedsTheExpectedNumber) {
  TestStore store;
  store.put("n", "1", {.cas = 900});
  EXPECT_EQ(store.count("n", {.expected = 901}).answer, Answer::kExists);
  EXPECT_EQ(store.text("n"), "1");
  EXPECT_EQ(store.count("n", {.expected = 900, .cas = 950}).cas, 950U);
  EXPECT_EQ(store.peek("n").cas, 950U);
  EXPECT_EQ(store.text("n"), "2");
}

TEST(Count, GivesAPlainItemItsOwnNumber) {
  TestStore store;
  store.put("n", "1", {.flags = 4});
  EXPECT_EQ(store.count("n", {.cas = 77}).cas, 77U);
  EXPECT_EQ(store.peek("n").cas, 77U);
  EXPECT_EQ(store.peek("n").flags, 4U);
  EXPECT_EQ(store.text("n"), "2");
  EXPECT_NE(store.count("n").cas, 77U);
}

TEST(Count, RefusesWhatIsNoNumberAndLeavesIt) {
  TestStore store;
  const std::string blanks = "5" + std::string(limits::kMaxContiguousBytes, ' ');
  for (const std::string& value : {std::string("abc"), std::string(), blanks}) {
    store.put("n", value);
    EXPECT_EQ(store.count("n").answer, Answer::kNotNumeric);
    EXPECT_EQ(store.text("n"), value);
  }
}

TEST(Count, TouchesWhenToldTo) {
  TestStore store;
  store.put("n", "1", {.expires = store.in(5)});
  EXPECT_EQ(store.count("n", {.expires = store.in(80)}).expires, store.in(5));
  EXPECT_EQ(store.peek("n").expires, store.in(80));
}

TEST(Count, MissesNothingAndTheExpired) {
  TestStore store;
  EXPECT_EQ(store.count("n").answer, Answer::kMiss);
  store.put("n", "1", {.expires = kExpired});
  EXPECT_EQ(store.count("n").answer, Answer::kMiss);
}

TEST(CountToCreate, BeginsWithTheInitialNumber) {
  TestStore store;
  const Count how{
      .binary_key = true, .delta = 3, .cas = 44, .create_expires = store.in(70), .initial = 13};
  const Counted created = store.count("n", how);
  EXPECT_EQ(created.answer, Answer::kOk);
  EXPECT_TRUE(created.created);
  EXPECT_EQ(created.number, 13U);
  EXPECT_EQ(created.cas, 44U);
  EXPECT_EQ(created.expires, kNeverExpires);
  EXPECT_EQ(store.text("n"), "13");
  EXPECT_EQ(store.peek("n").expires, store.in(70));
  EXPECT_TRUE(store.peek("n").binary_key);
  const Counted counted = store.count("n", how);
  EXPECT_FALSE(counted.created);
  EXPECT_EQ(counted.number, 16U);
}

TEST(Count, LeavesPinnedBytesAlone) {
  TestStore store;
  store.put("n", "10");
  const Found pinned = store.find("n");
  EXPECT_EQ(store.count("n", {.down = true}).number, 9U);
  EXPECT_EQ(text_of(pinned.value), "10");
  EXPECT_EQ(store.text("n"), "9 ");
}

}  // namespace
}  // namespace larder::store

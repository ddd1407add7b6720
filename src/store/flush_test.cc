// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "store/test_store.h"

namespace larder::store {
namespace {

TEST(Flush, HidesAllThatWasStoredBeforeIt) {
  TestStore store;
  for (int i = 0; i < 1000; ++i) store.put(std::to_string(i), "v");
  store.flush();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(store.text(std::to_string(i)), TestStore::kNothing);
  EXPECT_EQ(store.store.usage().items, 0U);
  EXPECT_EQ(store.store.usage().expired, 1000U);
}

TEST(Flush, GoesByTheOrderOfCommandsNotByTheClock) {
  TestStore store;
  store.put("before", "v");
  store.flush();
  store.put("behind", "v");
  store.pass(-10);  // the wall clock was set back
  store.put("later", "v");
  EXPECT_EQ(store.text("before"), TestStore::kNothing);
  EXPECT_EQ(store.text("behind"), "v");
  EXPECT_EQ(store.text("later"), "v");
  store.flush();
  EXPECT_EQ(store.text("behind"), TestStore::kNothing);
  EXPECT_EQ(store.text("later"), TestStore::kNothing);
}

TEST(Flush, MakesEveryOperationMiss) {
  TestStore store;
  for (const char* key : {"a", "b", "c", "d", "e"}) store.put(key, "1");
  store.flush();
  EXPECT_EQ(store.put("a", "2", {.mode = PutMode::kAdd}).answer, Answer::kOk);
  EXPECT_EQ(store.put("b", "2", {.mode = PutMode::kReplace}).answer, Answer::kNotStored);
  EXPECT_EQ(store.remove("c"), Answer::kMiss);
  EXPECT_EQ(store.count("d").answer, Answer::kMiss);
  EXPECT_TRUE(store.find("e", {.create_expires = 0}).created);
}

TEST(Flush, DoesNotReachAPin) {
  TestStore store;
  store.put("k", "v");
  const Found pinned = store.find("k");
  store.flush();
  EXPECT_EQ(store.text("k"), TestStore::kNothing);
  EXPECT_EQ(text_of(pinned.value), "v");
}

TEST(FlushLater, HidesAtItsTimeWhatWasStoredBeforeThat) {
  TestStore store;
  store.put("a", "v");
  store.flush_in(3);
  store.pass(2);
  store.put("b", "v");
  EXPECT_EQ(store.text("a"), "v");
  store.pass(1);
  store.put("c", "v");
  EXPECT_EQ(store.text("a"), TestStore::kNothing);
  EXPECT_EQ(store.text("b"), TestStore::kNothing);
  EXPECT_EQ(store.text("c"), "v");
  store.pass(100);
  EXPECT_EQ(store.text("c"), "v");
}

TEST(FlushLater, IsReplacedByALaterCall) {
  TestStore store;
  store.put("a", "v");
  store.flush_in(3);
  store.flush_in(1000);
  store.pass(4);
  EXPECT_EQ(store.text("a"), "v");
  store.flush_in(2);
  store.pass(2);
  EXPECT_EQ(store.text("a"), TestStore::kNothing);
}

TEST(FlushLater, GivesWayToAFlushNow) {
  TestStore store;
  store.put("a", "v");
  store.flush_in(3);
  store.flush();
  EXPECT_EQ(store.text("a"), TestStore::kNothing);
  store.put("b", "v");
  store.pass(5);
  EXPECT_EQ(store.text("b"), "v");
}

TEST(FlushLater, NeverBringsBackWhatAnEarlierOneHid) {
  TestStore store;
  store.put("a", "v");
  store.flush();
  store.flush_in(1000);
  EXPECT_EQ(store.text("a"), TestStore::kNothing);

  store.put("b", "v");
  store.flush_in(3);
  store.pass(4);  // it has come, though no operation has seen it yet
  store.flush_in(1000);
  EXPECT_EQ(store.text("b"), TestStore::kNothing);
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "store/test_store.h"

namespace larder::store {
namespace {

Scrubbed scrub(TestStore& store) {
  Scrubbed all;
  Cursor cursor;
  Scrubbed step;
  bool is_more = true;
  while (is_more) {
    step = {};
    is_more = store.store.scrub(cursor, step, store.now);
    EXPECT_LE(step.visited, (limits::kShownLines + 16) * 12) << "a step is bounded";
    all.visited += step.visited;
    all.cleaned += step.cleaned;
  }
  return all;
}

void put_some(TestStore& store, const char* kind, std::size_t count, const Put& how = {}) {
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(store.put(kind + std::to_string(i), "value", how).answer, Answer::kOk);
  }
}

TEST(ScrubTest, LeavesWhatLives) {
  TestStore store;
  put_some(store, "k", 5000);
  const Scrubbed scrubbed = scrub(store);
  EXPECT_EQ(scrubbed.visited, 5000U);
  EXPECT_EQ(scrubbed.cleaned, 0U);
  for (std::size_t i = 0; i < 5000; ++i) ASSERT_EQ(store.text("k" + std::to_string(i)), "value");
}

TEST(ScrubTest, ReclaimsWhatHasExpired) {
  TestStore store;
  put_some(store, "stays", 3000);
  put_some(store, "goes", 2000, {.expires = store.in(5)});
  ASSERT_EQ(store.put("goes", std::string(100'000, 'v'), {.expires = store.in(5)}).answer,
            Answer::kOk);
  store.pass(6);
  const Scrubbed scrubbed = scrub(store);
  EXPECT_EQ(scrubbed.visited, 5001U);
  EXPECT_EQ(scrubbed.cleaned, 2001U);
  EXPECT_EQ(store.store.usage().items, 3000U);
  EXPECT_EQ(store.store.usage().expired, 2001U);
  EXPECT_EQ(scrub(store).visited, 3000U);
}

TEST(ScrubTest, ReclaimsWhatWasFlushed) {
  TestStore store;
  put_some(store, "a", 1000);
  put_some(store, "p:", 1000);
  ASSERT_EQ(store.flush_prefix("p"), Answer::kOk);
  EXPECT_EQ(scrub(store).cleaned, 1000U);
  store.flush();
  EXPECT_EQ(scrub(store).cleaned, 1000U);
  EXPECT_EQ(store.store.usage().items, 0U);
}

TEST(ScrubTest, KnowsACursorOfItsOwn) {
  TestStore store;
  Cursor cursor;
  Scrubbed scrubbed;
  EXPECT_TRUE(store.store.has(cursor));
  while (store.store.scrub(cursor, scrubbed, store.now)) EXPECT_TRUE(store.store.has(cursor));
  EXPECT_FALSE(store.store.has(cursor)) << "behind the last shard";
  EXPECT_FALSE(store.store.has(Cursor::of(~std::uint64_t{0})));
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/object_store.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "serve/edge/test_objects.h"

namespace larder::serve::edge {
namespace {

using State = LookedUp::State;
using wire::http::Fields;

constexpr std::size_t kKiB = 1024;

struct ObjectStoreTest : testing::Test {
  static ObjectStore::New response(std::string_view body, std::vector<std::string> vary = {}) {
    return {.head = test_head(),
            .field_lines = "Content-Type: text/plain\r\n",
            .body = body,
            .vary = {.names = std::move(vary)}};
  }
  bool put(std::string_view key, const ObjectStore::New& object, const Fields& request = {}) {
    return store.put(key, request, object, now);
  }
  State state(std::string_view key, const Fields& request = {}) {
    return store.find(key, request, now).state;
  }
  // The body of what a request is answered with; else nothing.
  std::string body(std::string_view key, const Fields& request = {}) {
    const LookedUp found = store.find(key, request, now);
    return found.state == State::kObject ? text_of(found.object.body_pieces()) : "(nothing)";
  }

  cache::Cache cache{{.memory_bytes = std::size_t{64} << 20}};
  ObjectStore store{cache};
  base::UnixMs now = kTestNow;
  const Fields french = fields_of({{"Accept-Language", "fr"}});
  const Fields german = fields_of({{"Accept-Language", "de"}});
  const std::vector<std::string> by_language = {"accept-language"};
};

TEST_F(ObjectStoreTest, GivesBackWhatWasPut) {
  EXPECT_EQ(state("k"), State::kMiss);
  ASSERT_TRUE(put("k", response("hello")));
  const LookedUp found = store.find("k", {}, now);
  ASSERT_EQ(found.state, State::kObject);
  EXPECT_EQ(found.object.head().status, 200);
  EXPECT_EQ(found.object.head().body_bytes, 5U);
  EXPECT_EQ(found.object.field_lines(), "Content-Type: text/plain\r\n");
  EXPECT_EQ(found.object.inline_body(), "hello");
  EXPECT_EQ(found.object.selecting(), "");
  EXPECT_EQ(state("other"), State::kMiss);
}

TEST_F(ObjectStoreTest, KeepsBodiesOfAllSizes) {
  for (const std::size_t size : {0UL, 1UL, 8000UL, 8 * kKiB, 9 * kKiB, 32 * kKiB, 300 * kKiB}) {
    const std::string bytes(size, 'b');
    ASSERT_TRUE(put("k", response(bytes))) << size;
    EXPECT_EQ(body("k"), bytes) << size;
  }
}

TEST_F(ObjectStoreTest, WhatIsPutReplacesWhatWasThereAndReadersKeepTheOld) {
  ASSERT_TRUE(put("k", response("old")));
  const LookedUp old = store.find("k", {}, now);
  ASSERT_TRUE(put("k", response("new")));
  EXPECT_EQ(body("k"), "new");
  EXPECT_EQ(old.object.inline_body(), "old");
}

TEST_F(ObjectStoreTest, FindsTheLanguageThatIsWantedMost) {
  ObjectStore::New object = response("hallo", by_language);
  object.field_lines = "Content-Language: de\r\n";
  ASSERT_TRUE(put("k", object, fields_of({{"Accept-Language", "en, de"}})));
  EXPECT_EQ(body("k", fields_of({{"Accept-Language", "fr;q=0.5, DE"}})), "hallo");
  EXPECT_EQ(state("k", fields_of({{"Accept-Language", "de;q=0.5, fr"}})), State::kVaryMiss);
  EXPECT_EQ(state("k", fields_of({{"Accept-Language", "fr, de"}})), State::kVaryMiss);
  EXPECT_EQ(state("k"), State::kVaryMiss);
}

TEST_F(ObjectStoreTest, ForgetsAnObjectWhenItIsOfNoUseAnyMore) {
  ObjectStore::New object = response("hello");
  object.head.freshness.if_error_ms = 5'000;
  ASSERT_TRUE(put("k", object));
  now += 64'999;
  EXPECT_EQ(state("k"), State::kObject);
  now += 1;
  EXPECT_EQ(state("k"), State::kMiss);
  object.head.has_validator = true;
  ASSERT_TRUE(put("k", object));
  now += 365LL * 24 * 3600 * 1000;
  EXPECT_EQ(state("k"), State::kObject);
}

TEST_F(ObjectStoreTest, StoresNothingUnderAKeyThatIsTooLong) {
  const std::string longest(limits::kMaxArcusKeyBytes - 1, 'k');
  ASSERT_TRUE(put(longest, response("hello")));
  EXPECT_EQ(body(longest), "hello");
  const std::string too_long = longest + "k";
  EXPECT_FALSE(put(too_long, response("hello")));
  EXPECT_FALSE(put(too_long, response("hello", by_language), french));
  EXPECT_FALSE(store.mark_hit_for_miss(too_long, now + 1000, now));
  EXPECT_EQ(state(too_long), State::kMiss);
  EXPECT_EQ(store.remove(too_long, now), 0U);
}

TEST_F(ObjectStoreTest, GivesEachRequestTheVariantThatItSelects) {
  ASSERT_TRUE(put("k", response("bonjour", by_language), french));
  EXPECT_EQ(body("k", french), "bonjour");
  EXPECT_EQ(state("k", german), State::kVaryMiss);
  ASSERT_TRUE(put("k", response("hallo", by_language), german));
  EXPECT_EQ(body("k", french), "bonjour");
  EXPECT_EQ(body("k", german), "hallo");
  ASSERT_TRUE(put("k", response("salut", by_language), french));
  EXPECT_EQ(body("k", french), "salut");
  EXPECT_EQ(store.remove("k", now), 2U);
  EXPECT_EQ(state("k", french), State::kMiss);
}

TEST_F(ObjectStoreTest, OfSeveralVariantsTheLatestAnswers) {
  const Fields both = fields_of({{"Accept-Language", "fr"}, {"Cookie", "a=b"}});
  ASSERT_TRUE(put("k", response("by language", by_language), both));
  ASSERT_TRUE(put("k", response("by cookie", {"cookie"}), both));
  EXPECT_EQ(body("k", both), "by cookie");
  EXPECT_EQ(body("k", french), "by language");
  ASSERT_TRUE(put("k", response("by language again", by_language), both));
  EXPECT_EQ(body("k", both), "by language again");
}

TEST_F(ObjectStoreTest, VariantsAndASingleObjectReplaceEachOther) {
  ASSERT_TRUE(put("k", response("single")));
  ASSERT_TRUE(put("k", response("bonjour", by_language), french));
  EXPECT_EQ(state("k", german), State::kVaryMiss);
  ASSERT_TRUE(put("k", response("single")));
  EXPECT_EQ(body("k", german), "single");
  // Those of before do not come back.
  ASSERT_TRUE(put("k", response("hallo", by_language), german));
  EXPECT_EQ(state("k", french), State::kVaryMiss);
  EXPECT_EQ(store.remove("k", now), 1U);
}

TEST_F(ObjectStoreTest, StoresNothingThatVariesByEverythingOrByTooMuch) {
  ObjectStore::New object = response("hello");
  object.vary.by_all = true;
  EXPECT_FALSE(put("k", object));
  EXPECT_FALSE(put("k", response("hello", {std::string(limits::kMaxVaryBytes + 1, 'n')})));
  const std::string value(70'000, 'v');
  EXPECT_FALSE(put("k", response("hello", {"cookie"}), fields_of({{"Cookie", value}})));
  EXPECT_EQ(state("k"), State::kMiss);
}

TEST_F(ObjectStoreTest, ThereAreSoManyVariantsAndTheLatestStay) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < limits::kMaxVariants + 8; ++i) values.push_back(std::to_string(i));
  for (const std::string& value : values) {
    const Fields request = fields_of({{"Cookie", value}});
    ASSERT_TRUE(put("k", response(value, {"cookie"}), request));
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Fields request = fields_of({{"Cookie", values[i]}});
    EXPECT_EQ(body("k", request), i < 8 ? "(nothing)" : values[i]);
  }
  const std::size_t items = cache.usage().items;
  EXPECT_EQ(items, limits::kMaxVariants + 1);
  EXPECT_EQ(store.remove("k", now), limits::kMaxVariants);
  EXPECT_EQ(cache.usage().items, 0U);
}

TEST_F(ObjectStoreTest, VariantsAreKnownAsLongAsAnyIsOfUse) {
  ObjectStore::New object = response("bonjour", by_language);
  object.head.freshness.lifetime_ms = 100'000;
  ASSERT_TRUE(put("k", object, french));
  ASSERT_TRUE(put("k", response("hallo", by_language), german));
  now += 60'000;
  EXPECT_EQ(body("k", french), "bonjour");
  EXPECT_EQ(state("k", german), State::kVaryMiss);
  now += 40'000;
  EXPECT_EQ(state("k", french), State::kMiss);
}

TEST_F(ObjectStoreTest, AMarkHoldsUntilItsTimeOrUntilSomethingIsStored) {
  EXPECT_TRUE(store.mark_hit_for_miss("k", now + 1000, now));
  EXPECT_EQ(state("k"), State::kHitForMiss);
  EXPECT_EQ(store.remove("k", now), 0U);
  EXPECT_EQ(state("k"), State::kMiss);
  EXPECT_TRUE(store.mark_hit_for_miss("k", now + 1000, now));
  now += 1000;
  EXPECT_EQ(state("k"), State::kMiss);
  ASSERT_TRUE(put("k", response("hello")));
  EXPECT_TRUE(store.mark_hit_for_miss("k", now, now));  // over before it begins
  EXPECT_EQ(body("k"), "hello");
  EXPECT_TRUE(store.mark_hit_for_miss("k", now + 1000, now));
  EXPECT_EQ(state("k"), State::kHitForMiss);
  ASSERT_TRUE(put("k", response("hello")));
  EXPECT_EQ(body("k"), "hello");
}

TEST_F(ObjectStoreTest, AMarkLeavesVariantsToThoseWhoSelectThem) {
  ASSERT_TRUE(put("k", response("bonjour", by_language), french));
  EXPECT_TRUE(store.mark_hit_for_miss("k", now + 1000, now));
  EXPECT_EQ(body("k", french), "bonjour");
  EXPECT_EQ(state("k", german), State::kHitForMiss);
  now += 1000;
  EXPECT_EQ(body("k", french), "bonjour");
  EXPECT_EQ(state("k", german), State::kVaryMiss);
}

TEST_F(ObjectStoreTest, AnUpdateKeepsTheBodyAndTheId) {
  for (const std::size_t size : {5UL, 9 * kKiB, 32 * kKiB}) {
    const std::string bytes(size, 'b');
    ASSERT_TRUE(put("k", response(bytes)));
    const LookedUp was = store.find("k", {}, now);
    const Freshness fresh{.generated = now + 1, .lifetime_ms = 100'000};
    ASSERT_TRUE(store.update("k", was.object, fresh, "A: b\r\n", now));
    const LookedUp is = store.find("k", {}, now + 99'999);
    ASSERT_EQ(is.state, State::kObject);
    EXPECT_EQ(is.object.head().id, was.object.head().id);
    EXPECT_EQ(is.object.head().freshness, fresh);
    EXPECT_EQ(is.object.field_lines(), "A: b\r\n");
    EXPECT_EQ(text_of(is.object.body_pieces()), bytes);
    EXPECT_EQ(text_of(was.object.body_pieces()), bytes);
  }
}

TEST_F(ObjectStoreTest, AnUpdateOfWhatIsNotStoredAnyMoreChangesNothing) {
  ASSERT_TRUE(put("k", response("old")));
  const LookedUp was = store.find("k", {}, now);
  ASSERT_TRUE(put("k", response("new")));
  EXPECT_FALSE(store.update("k", was.object, {.generated = now}, "", now));
  EXPECT_EQ(body("k"), "new");
  const LookedUp is = store.find("k", {}, now);
  EXPECT_EQ(store.remove("k", now), 1U);
  EXPECT_FALSE(store.update("k", is.object, {.generated = now}, "", now));
  EXPECT_EQ(state("k"), State::kMiss);
}

TEST_F(ObjectStoreTest, AnUpdateOfAVariantKeepsItAVariantAndItsVariantsKnown) {
  ASSERT_TRUE(put("k", response("bonjour", by_language), french));
  ASSERT_TRUE(put("k", response("hallo", by_language), german));
  const LookedUp was = store.find("k", french, now);
  const Freshness fresh{.generated = now, .lifetime_ms = 500'000};
  ASSERT_TRUE(store.update("k", was.object, fresh, "", now));
  EXPECT_FALSE(store.update("k", was.object, fresh, "", now));
  now += 499'999;
  EXPECT_EQ(body("k", french), "bonjour");
  EXPECT_EQ(state("k", german), State::kVaryMiss);
}

TEST_F(ObjectStoreTest, CountsTheUsesOfAUrlWithinAWindow) {
  EXPECT_EQ(store.note_use("k", now), 1U);
  EXPECT_EQ(store.note_use("k", now), 2U);
  EXPECT_EQ(store.note_use("other", now), 1U);
  EXPECT_EQ(store.note_use("k", now + limits::kUseWindowMs - 1), 3U);
  EXPECT_EQ(store.note_use("k", now + limits::kUseWindowMs), 1U);
  EXPECT_EQ(state("k"), State::kMiss);
}

TEST_F(ObjectStoreTest, KeepsPartsByIdAndNumber) {
  const ObjectId id = store.new_id();
  EXPECT_NE(id, store.new_id());
  const std::string bytes(ObjectStore::kPartBytes, 'p');
  EXPECT_FALSE(store.find_part(id, 3, now));
  EXPECT_FALSE(store.has_part(id, 3, now));
  ASSERT_TRUE(store.put_part(id, 3, bytes, now));
  EXPECT_TRUE(store.has_part(id, 3, now));
  EXPECT_FALSE(store.has_part(3, id, now) && id != 3);
  const std::optional<cache::Value> part = store.find_part(id, 3, now);
  ASSERT_TRUE(part);
  EXPECT_EQ(text_of(pieces_of(*part)), bytes);
}

TEST_F(ObjectStoreTest, AnObjectCostsLittleBesideItsBytes) {
  cache::Cache large({.memory_bytes = std::size_t{256} << 20});
  ObjectStore objects(large);
  constexpr std::size_t kObjects = 100'000;
  const std::string bytes(kKiB, 'b');
  const ObjectStore::New object = response(bytes);
  std::size_t own = 0;
  for (std::size_t i = 0; i < kObjects; ++i) {
    const std::string key = "http://example.com/path/of/an/object?" + std::to_string(i);
    ASSERT_TRUE(objects.put(key, {}, object, now));
    own += key.size() + object.field_lines.size() + bytes.size();
  }
  const cache::Usage usage = large.usage();
  ASSERT_EQ(usage.items, kObjects);
  const std::size_t beside = (usage.total_bytes - own) / kObjects;
  RecordProperty("bytes_beside", static_cast<int>(beside));
  EXPECT_LE(beside, 100U);
}

}  // namespace
}  // namespace larder::serve::edge

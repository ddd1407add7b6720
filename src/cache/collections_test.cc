// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cache/collections.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace larder::cache {
namespace {

using store::collection::Got;
using store::collection::Removal;

constexpr UnixMs kNow = 1'800'000'000'000;

struct ClosedGate final : Gate {
  bool admits(const Key&) noexcept override { return false; }
  void wait(const Key&, Waiter& waiter) override { waiter.ready(); }
};

NewCollection new_list() { return {.flags = 3, .attributes = {.most = 100}}; }

std::vector<std::string> texts_of(const Got& got) {
  std::vector<std::string> texts;
  for (store::collection::Snapshot::Walk walk(got.elements); !walk.is_done(); walk.step()) {
    texts.emplace_back(walk.entry());
  }
  return texts;
}

TEST(Collections, AreWorkedOnByTheirTypes) {
  Cache cache({});
  const Key key = cache.key("list");
  for (const char* value : {"a", "b", "c"}) {
    const auto pushed = with<List>(cache, key, {.create = new_list(), .grows = true}, kNow,
                                   [&](List& list) { return list.insert(-1, value); });
    ASSERT_EQ(pushed.answer, Answer::kOk);
    EXPECT_EQ(pushed.created, value[0] == 'a');
    EXPECT_EQ(pushed.result, Verdict::kDone);
  }
  const auto read = [&](Removal removal) {
    return with<List>(cache, key, {.drop_when_empty = removal == Removal::kDrop}, kNow,
                      [&](List& list) { return list.get(0, -1, removal); });
  };
  const auto got = read(Removal::kKeep);
  EXPECT_EQ(got.answer, Answer::kOk);
  EXPECT_EQ(got.flags, 3U);
  EXPECT_FALSE(got.dropped);
  const auto dropped = read(Removal::kDrop);
  EXPECT_TRUE(dropped.dropped);
  EXPECT_EQ(texts_of(dropped.result), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(texts_of(got.result), (std::vector<std::string>{"a", "b", "c"})) << "outlives it";
  EXPECT_EQ(read(Removal::kKeep).answer, Answer::kMiss);
}

TEST(Collections, OfAnotherTypeAreNotWorkedOn) {
  Cache cache({});
  const Key key = cache.key("set");
  ASSERT_EQ(cache.create_collection(key, {.type = store::collection::Type::kSet}, kNow),
            Answer::kOk);
  const auto never = [](auto& other) {
    ADD_FAILURE() << other.tree().size();
    return Verdict::kDone;
  };
  EXPECT_EQ(with<List>(cache, key, {}, kNow, never).answer, Answer::kWrongType);
  EXPECT_EQ(with<Map>(cache, key, {}, kNow, never).answer, Answer::kWrongType);
  EXPECT_EQ(with<BTree>(cache, key, {}, kNow, never).answer, Answer::kWrongType);
  const auto has = [](Set& set) { return set.has("x"); };
  EXPECT_EQ(with<Set>(cache, key, {}, kNow, has).result, Verdict::kElementMissing);
}

TEST(Collections, ArePendingBehindAGate) {
  ClosedGate gate;
  Cache cache({}, &gate);
  const Key key = cache.key("list");
  const auto push = [](List& list) { return list.insert(-1, "x"); };
  EXPECT_EQ(with<List>(cache, key, {.create = new_list()}, kNow, push).answer, Answer::kPending);
  EXPECT_EQ(cache.create_collection(key, new_list(), kNow), Answer::kPending);
  EXPECT_EQ(cache.inspect(key, [](const Collection&) {}, kNow).answer, Answer::kPending);
  const auto check = [](const Collection*) { return Verdict::kDone; };
  EXPECT_EQ(cache.change(key, {}, check, [](Collection&) {}, kNow).answer, Answer::kPending);
  EXPECT_EQ(cache.usage().items, 0U);
}

}  // namespace
}  // namespace larder::cache

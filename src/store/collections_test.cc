// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>

#include "base/limits.h"
#include "store/collection/collection.h"
#include "store/store_audit.h"
#include "store/test_store.h"

// Collections as items: found, created, dropped, and gone as any other item.
namespace larder::store {
namespace {

using collection::Collection;
using collection::List;
using collection::Type;
using collection::Verdict;

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr Type kTypes[] = {Type::kList, Type::kSet, Type::kMap, Type::kBTree};

NewCollection list_of(std::uint32_t most = 1'000'000) {
  return {.type = Type::kList, .attributes = {.most = most}};
}

TEST(Collections, OfEveryTypeAreCreatedEmptyAndOnce) {
  for (const Type type : kTypes) {
    TestStore store;
    EXPECT_EQ(store.elements("c"), std::nullopt);
    EXPECT_EQ(store.create("c", {.type = type, .flags = 7, .expires = store.in(60)}), Answer::kOk);
    EXPECT_EQ(store.create("c", {.type = type}), Answer::kExists);
    EXPECT_EQ(store.elements("c"), 0U);
    const Found found = store.find("c", {.any_type = true});
    EXPECT_EQ(found.answer, Answer::kOk);
    EXPECT_EQ(found.type, item_type(type));
    EXPECT_EQ(found.flags, 7U);
    EXPECT_EQ(found.expires, store.in(60));
    EXPECT_EQ(found.size, 0U);
    EXPECT_EQ(text_of(found.value), "");
    StoreAudit(store.store).linked();
    store.pass(60);
    EXPECT_EQ(store.elements("c"), std::nullopt);
    EXPECT_EQ(store.store.usage().collection_bytes, 0U);
  }
}

TEST(Collections, AreNoValues) {
  TestStore store;
  store.create("c", list_of());
  store.put("v", "1");
  EXPECT_EQ(store.find("c").answer, Answer::kWrongType);
  for (const PutMode mode : {PutMode::kSet, PutMode::kAdd, PutMode::kReplace, PutMode::kAppend}) {
    EXPECT_EQ(store.put("c", "v", {.mode = mode}).answer, Answer::kWrongType);
    EXPECT_EQ(store.put("c", std::string(50'000, 'v'), {.mode = mode}).answer, Answer::kWrongType);
  }
  EXPECT_EQ(store.count("c").answer, Answer::kWrongType);
  EXPECT_EQ(store.create("v", list_of()), Answer::kExists);
  EXPECT_EQ(store.push("v", "1").answer, Answer::kWrongType);
  EXPECT_EQ(store.push("v", "1", {.create = list_of()}).answer, Answer::kWrongType);
  store.create("s", {.type = Type::kSet});
  EXPECT_EQ(store.push("s", "1").answer, Answer::kWrongType);
  EXPECT_EQ(store.find("v", {.any_type = true}).type, ItemType::kValue);
  EXPECT_EQ(store.elements("c"), 0U);
}

TEST(Collections, AreRemovedInEveryForm) {
  for (const Remove how : {Remove{}, Remove{.invalidate = true}, Remove{.drop_value = true}}) {
    TestStore store;
    store.push("c", "1", {.create = list_of()});
    EXPECT_EQ(store.remove("c", how), Answer::kOk);
    EXPECT_EQ(store.find("c", {.any_type = true}).answer, Answer::kMiss);
    EXPECT_EQ(store.store.usage().collection_bytes, 0U);
    EXPECT_EQ(store.store.usage().block_bytes, 0U);
  }
}

TEST(Collections, GetAnotherExpiryWithoutChanging) {
  TestStore store;
  store.push("c", "1", {.create = list_of()});
  const Cas cas = store.find("c", {.any_type = true}).cas;
  EXPECT_EQ(store.find("c", {.expires = store.in(10)}).answer, Answer::kWrongType);
  EXPECT_EQ(store.find("c", {.any_type = true, .expires = store.in(10)}).answer, Answer::kOk);
  const Found found = store.find("c", {.any_type = true});
  EXPECT_EQ(found.expires, store.in(10));
  EXPECT_EQ(found.cas, cas);
  EXPECT_EQ(store.elements("c"), 1U);
  StoreAudit(store.store).linked();
}

// ---- work on them

TEST(Operate, CreatesWhenAskedAndOnlyIfItGoesWell) {
  TestStore store;
  EXPECT_EQ(store.push("c", "1").answer, Answer::kMiss);
  NewCollection what = list_of(1);
  what.flags = 9;
  what.attributes.overflow = collection::Overflow::kError;
  const auto refuse = [](Collection&) { return Verdict::kOutOfRange; };
  const CollectionUsed refused =
      store.store.operate(store.store.key("c"), Type::kList, {.create = what}, refuse, store.now);
  EXPECT_EQ(refused.answer, Answer::kOk);
  EXPECT_FALSE(refused.created);
  EXPECT_EQ(store.elements("c"), std::nullopt);
  EXPECT_EQ(store.store.usage().block_bytes, 0U);
  const CollectionUsed created = store.push("c", "1", {.create = what});
  EXPECT_EQ(created.answer, Answer::kOk);
  EXPECT_TRUE(created.created);
  EXPECT_EQ(created.flags, 9U);
  const CollectionUsed found = store.push("c", "2", {.create = what});
  EXPECT_EQ(found.answer, Answer::kOk);
  EXPECT_FALSE(found.created);
  EXPECT_EQ(found.flags, 9U);
  EXPECT_EQ(store.elements("c"), 1U) << "the second one was refused";
}

TEST(Operate, DropsWhatIsEmptyWhenAsked) {
  TestStore store;
  store.push("c", "1", {.create = list_of()});
  store.push("c", "2");
  EXPECT_FALSE(store.pop("c").dropped);
  EXPECT_TRUE(store.pop("c").dropped);
  EXPECT_EQ(store.pop("c").answer, Answer::kMiss);
  store.create("c", list_of());
  EXPECT_FALSE(store.pop("c").dropped) << "nothing was taken of it";
  EXPECT_EQ(store.elements("c"), 0U);
  EXPECT_EQ(store.store.usage().items, 1U);
}

TEST(Operate, OnWhatIsRemovedMeanwhileComesBeforeThat) {
  TestStore store;
  store.push("c", "1", {.create = list_of()});
  int runs = 0;
  // Under the lock of the collection, which a removal does not need.
  const auto push_while_it_is_replaced = [&](Collection& each) {
    if (++runs == 1) {
      store.remove("c");
      store.push("c", "other", {.create = list_of()});
    }
    return each.as<List>().insert(-1, "late");
  };
  const CollectionUsed used = store.store.operate(store.store.key("c"), Type::kList, {},
                                                  push_while_it_is_replaced, store.now);
  EXPECT_EQ(used.answer, Answer::kOk);
  EXPECT_EQ(runs, 1) << "it comes before the removal";
  EXPECT_EQ(store.elements("c"), 1U);
}

TEST(Operate, MakesRoomAndSparesWhatItWorksOn) {
  TestStore store({.memory_bytes = 2 * kMiB});
  for (int i = 0; i < 10'000; ++i) store.put("v" + std::to_string(i), std::string(300, 'v'));
  ASSERT_GT(store.store.usage().evicted, 0U);
  const std::string element(1000, 'e');
  std::size_t pushed = 0;
  for (; pushed < 1000; ++pushed) {
    ASSERT_EQ(store.push("list", element, {.create = list_of()}).answer, Answer::kOk);
  }
  EXPECT_EQ(store.elements("list"), pushed);
  EXPECT_LE(store.total(), 2 * kMiB);
  StoreAudit(store.store).linked();
}

TEST(Operate, IsRefusedWhereNothingMayBeEvicted) {
  TestStore store({.memory_bytes = 2 * kMiB, .evict = false});
  const std::string element(1000, 'e');
  std::size_t pushed = 0;
  while (store.push("list", element, {.create = list_of()}).answer == Answer::kOk) ++pushed;
  EXPECT_GT(pushed, 1000U);
  EXPECT_EQ(store.push("list", element).answer, Answer::kNoMemory);
  EXPECT_EQ(store.elements("list"), pushed);
  EXPECT_TRUE(store.pop("list", 1'000'000).dropped);
  for (std::size_t i = 0; i < pushed; ++i) {
    ASSERT_EQ(store.push("list", element, {.create = list_of()}).answer, Answer::kOk) << i;
  }
}

// ---- attributes

TEST(Change, IsOfExpiryAndAttributesOrOfNeither) {
  TestStore store;
  store.push("c", "1", {.create = list_of()});
  const Key key = store.store.key("c");
  const auto set_most = [](Collection& each) { each.attributes().most = 5; };
  const auto refuse = [](const Collection*) { return Verdict::kBadValue; };
  const auto admit = [](const Collection*) { return Verdict::kDone; };
  Store::Changed changed = store.store.change(key, store.in(9), refuse, set_most, store.now);
  EXPECT_EQ(changed.answer, Answer::kOk);
  EXPECT_EQ(changed.verdict, Verdict::kBadValue);
  changed = store.store.change(key, kSticky, admit, set_most, store.now);
  EXPECT_EQ(changed.answer, Answer::kBadExpiry);
  std::uint32_t most = 0;
  const auto look = [&](const Collection& each) { most = each.attributes().most; };
  EXPECT_EQ(store.store.inspect(key, look, store.now).expires, kNeverExpires);
  EXPECT_EQ(most, 1'000'000U);
  changed = store.store.change(key, store.in(9), admit, set_most, store.now);
  EXPECT_EQ(changed.answer, Answer::kOk);
  EXPECT_EQ(changed.verdict, Verdict::kDone);
  EXPECT_EQ(store.store.inspect(key, look, store.now).expires, store.in(9));
  EXPECT_EQ(most, 5U);
  EXPECT_EQ(store.store.change(store.store.key("none"), {}, admit, set_most, store.now).answer,
            Answer::kMiss);
}

TEST(Change, OfAValueIsOfItsExpiryAlone) {
  TestStore store;
  store.put("v", "1");
  const auto is_value = [](const Collection* each) {
    return each == nullptr ? Verdict::kDone : Verdict::kBadValue;
  };
  const auto never = [](Collection&) { FAIL() << "there is no collection"; };
  const Store::Changed changed =
      store.store.change(store.store.key("v"), store.in(9), is_value, never, store.now);
  EXPECT_EQ(changed.answer, Answer::kOk);
  EXPECT_EQ(store.peek("v").expires, store.in(9));
}

// ---- memory

TEST(Collections, CostAtMostWhatIsPromisedWhenTheyAreEmpty) {
  TestStore store({.memory_bytes = 64 * kMiB});
  const Usage before = store.store.usage();
  constexpr std::size_t kCount = 50'000;
  constexpr std::size_t kKeyBytes = 6;
  for (std::size_t i = 0; i < kCount; ++i) {
    ASSERT_EQ(store.create(std::to_string(100'000 + i), {.type = Type::kBTree}), Answer::kOk);
  }
  const Usage usage = store.store.usage();
  const std::size_t index = usage.index_bytes - before.index_bytes;
  EXPECT_LE((usage.item_bytes + index) / kCount, 128 + kKeyBytes);
}

// However it goes, nobody waits for more than a step of it.
TEST(Collections, OfManyElementsGoInBoundedSteps) {
  constexpr std::size_t kElements = 200'000;
  using End = void (*)(TestStore&);
  for (const End end :
       {End([](TestStore& s) { s.remove("list"); }),
        End([](TestStore& s) { s.pop("list", 1'000'000); }), End([](TestStore& s) { s.flush(); }),
        End([](TestStore& s) { s.pass(60); })}) {
    TestStore store({.memory_bytes = 64 * kMiB});
    NewCollection what = list_of();
    what.expires = store.in(60);
    for (std::size_t i = 0; i < kElements; ++i) {
      ASSERT_EQ(store.push("list", std::to_string(i), {.create = what}).answer, Answer::kOk);
    }
    end(store);
    EXPECT_EQ(store.find("list", {.any_type = true}).answer, Answer::kMiss);
    EXPECT_EQ(store.store.usage().collection_bytes, 0U);
    std::size_t left = store.store.usage().block_bytes;
    ASSERT_GT(left, kElements) << "it would have been freed at once";
    for (std::size_t steps = 0; left != 0; ++steps) {
      ASSERT_LT(steps, kElements);
      store.store.tend(store.now);
      const std::size_t now = store.store.usage().block_bytes;
      ASSERT_LE(left - now, limits::kBlocksAtOnce * 3 * limits::KiB);
      left = now;
    }
  }
}

TEST(Collections, AreEvictedAsOthersAre) {
  TestStore store({.memory_bytes = 4 * kMiB});
  for (int i = 0; i < 100; ++i) {
    for (int n = 0; n < 20; ++n) {
      ASSERT_EQ(
          store.push("list" + std::to_string(i), std::string(4000, 'e'), {.create = list_of()})
              .answer,
          Answer::kOk);
    }
  }
  const Usage usage = store.store.usage();
  EXPECT_GT(usage.evicted, 30U);
  EXPECT_LT(usage.evicted, 90U) << "more than there was need for";
  EXPECT_LE(usage.total_bytes, 4 * kMiB);
  StoreAudit(store.store).linked();
}

}  // namespace
}  // namespace larder::store

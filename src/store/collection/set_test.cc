// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "store/collection/hash_order.h"
#include "store/collection/test_collisions.h"
#include "store/collection/test_pool.h"

namespace larder::store::collection {
namespace {

using namespace std::string_view_literals;

std::multiset<std::string> values_of(const Snapshot& elements) {
  std::multiset<std::string> values;
  for (const std::string& entry : entries_of(elements)) values.emplace(Set::value_of(entry));
  return values;
}

class SetTest : public testing::Test {
 protected:
  using Values = std::multiset<std::string>;

  Values all() { return values_of(set_.get(0, Removal::kKeep, 0).elements); }

  TestPool pool_;
  Set set_{pool_.blocks(), {.most = 1000}};
};

TEST_F(SetTest, HasAValueOnceByAllItsBytes) {
  for (const std::string_view value : {"red"sv, "Red"sv, ""sv, "\0\r\n\xfe"sv, "\0\r\n"sv}) {
    EXPECT_EQ(set_.has(value), Verdict::kElementMissing);
    EXPECT_EQ(set_.insert(value), Verdict::kDone);
    EXPECT_EQ(set_.insert(value), Verdict::kElementExists);
    EXPECT_EQ(set_.has(value), Verdict::kDone);
  }
  EXPECT_EQ(all(),
            Values({"red", "Red", "", std::string("\0\r\n\xfe"sv), std::string("\0\r\n"sv)}));
}

TEST_F(SetTest, ThatIsFullRefusesWhatItHasAsWell) {
  set_.attributes().most = 2;
  EXPECT_EQ(set_.insert("a"), Verdict::kDone);
  EXPECT_EQ(set_.insert("b"), Verdict::kDone);
  EXPECT_EQ(set_.insert("c"), Verdict::kOverflowed);
  EXPECT_EQ(set_.insert("a"), Verdict::kOverflowed);
  EXPECT_EQ(set_.erase("a"), Verdict::kDone);
  EXPECT_EQ(set_.insert("b"), Verdict::kElementExists);
  EXPECT_EQ(set_.insert("c"), Verdict::kDone);
}

TEST_F(SetTest, ForgetsWhatIsErased) {
  EXPECT_EQ(set_.erase("a"), Verdict::kElementMissing);
  EXPECT_EQ(set_.insert("a"), Verdict::kDone);
  EXPECT_EQ(set_.erase("b"), Verdict::kElementMissing);
  EXPECT_EQ(set_.erase("a"), Verdict::kDone);
  EXPECT_EQ(set_.erase("a"), Verdict::kElementMissing);
  EXPECT_TRUE(set_.tree().empty());
}

TEST_F(SetTest, GivesAllWhenThatManyAreWantedOrMore) {
  EXPECT_EQ(set_.get(0, Removal::kKeep, 0).verdict, Verdict::kElementMissing);
  EXPECT_EQ(set_.get(1, Removal::kDrop, 0).verdict, Verdict::kElementMissing);
  for (const std::string_view value : {"a", "b", "c"})
    EXPECT_EQ(set_.insert(value), Verdict::kDone);
  for (const std::size_t count : {0, 3, 4, 1000}) {
    const Got got = set_.get(count, Removal::kKeep, 1);
    EXPECT_EQ(got.verdict, Verdict::kDone);
    EXPECT_EQ(values_of(got.elements), Values({"a", "b", "c"}));
  }
}

TEST_F(SetTest, GivesAwayWhatItDraws) {
  Values rest;
  for (int i = 0; i < 500; ++i) {
    rest.insert(std::to_string(i));
    EXPECT_EQ(set_.insert(std::to_string(i)), Verdict::kDone);
  }
  for (std::uint64_t lot = 0; !rest.empty(); ++lot) {
    const std::size_t count = std::min<std::size_t>(1 + lot * 7 % 40, rest.size());
    const Got got = set_.get(count, lot % 2 == 0 ? Removal::kDelete : Removal::kDrop, lot);
    const Values drawn = values_of(got.elements);
    EXPECT_EQ(drawn.size(), count);
    for (const std::string& value : drawn) EXPECT_EQ(rest.erase(value), 1U) << value;
    EXPECT_EQ(all(), rest);
  }
}

// Of the 20 triples of 6 values each comes up as often as the others: 1000 times of 20000, with a
// standard deviation of 31.
TEST_F(SetTest, DrawsEachSampleAsOftenAsTheOthers) {
  for (const std::string_view value : {"a", "b", "c", "d", "e", "f"}) {
    EXPECT_EQ(set_.insert(value), Verdict::kDone);
  }
  std::map<Values, int> times;
  for (std::uint64_t lot = 0; lot < 20'000; ++lot) {
    ++times[values_of(set_.get(3, Removal::kKeep, lot).elements)];
  }
  EXPECT_EQ(times.size(), 20U);
  for (const auto& [sample, count] : times) EXPECT_NEAR(count, 1000, 31 * 6);
}

TEST_F(SetTest, ThatIsUnreadableRefusesReadsOnly) {
  set_.attributes().readable = false;
  EXPECT_EQ(set_.insert("x"), Verdict::kDone);
  EXPECT_EQ(set_.has("x"), Verdict::kUnreadable);
  EXPECT_EQ(set_.get(0, Removal::kKeep, 0).verdict, Verdict::kUnreadable);
  EXPECT_EQ(set_.get(0, Removal::kDelete, 0).verdict, Verdict::kUnreadable);
  EXPECT_EQ(set_.erase("x"), Verdict::kDone);
}

TEST_F(SetTest, TellsValuesWithOneHashApart) {
  for (const auto& [first, second] : colliding_pairs(20)) {
    ASSERT_EQ(HashedBytes::hash_of(first), HashedBytes::hash_of(second));
    EXPECT_EQ(set_.insert(first), Verdict::kDone);
    EXPECT_EQ(set_.has(second), Verdict::kElementMissing);
    EXPECT_EQ(set_.erase(second), Verdict::kElementMissing);
    EXPECT_EQ(set_.insert(second), Verdict::kDone);
    EXPECT_EQ(set_.insert(first), Verdict::kElementExists);
    EXPECT_EQ(set_.erase(first), Verdict::kDone);
    EXPECT_EQ(set_.has(first), Verdict::kElementMissing);
    EXPECT_EQ(set_.has(second), Verdict::kDone);
  }
  EXPECT_EQ(all().size(), 20U);
}

}  // namespace
}  // namespace larder::store::collection

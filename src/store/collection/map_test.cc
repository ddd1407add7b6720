// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/map.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "store/collection/test_collisions.h"
#include "store/collection/test_pool.h"

namespace larder::store::collection {
namespace {

class MapTest : public testing::Test {
 protected:
  using Fields = std::vector<std::string_view>;

  static std::string text_of(const Got& got) {
    std::string text;
    for (const std::string& entry : entries_of(got.elements)) {
      const auto [field, value] = Map::element_of(entry);
      text += (text.empty() ? "" : " ") + std::string(field) + '=' + std::string(value);
    }
    EXPECT_EQ(got.verdict, text.empty() ? Verdict::kElementMissing : Verdict::kDone);
    return text;
  }
  std::string get(const Fields& fields) { return text_of(map_.get(fields, Removal::kKeep)); }
  std::string take(const Fields& fields) { return text_of(map_.get(fields, Removal::kDelete)); }

  TestPool pool_;
  Map map_{pool_.blocks(), {.most = 1000}};
};

TEST_F(MapTest, HasOneValueOfAField) {
  EXPECT_EQ(map_.insert({"name", "Ann"}), Verdict::kDone);
  EXPECT_EQ(map_.insert({"name", "Eve"}), Verdict::kElementExists);
  EXPECT_EQ(map_.insert({"Name", ""}), Verdict::kDone);
  EXPECT_EQ(get({"name"}), "name=Ann");
  EXPECT_EQ(get({"Name"}), "Name=");
  EXPECT_EQ(get({"nam"}), "");
}

TEST_F(MapTest, TakesTheLongestField) {
  const std::string field(250, 'f');
  EXPECT_EQ(map_.insert({field, "x"}), Verdict::kDone);
  EXPECT_EQ(get({field}), field + "=x");
}

TEST_F(MapTest, UpsertsAndUpdatesWithOtherLengths) {
  EXPECT_EQ(map_.update({"city", "Oslo"}), Verdict::kElementMissing);
  EXPECT_EQ(map_.upsert({"city", "Oslo"}), Verdict::kDone);
  EXPECT_EQ(map_.upsert({"city", "Bergen, west"}), Verdict::kReplaced);
  EXPECT_EQ(get({"city"}), "city=Bergen, west");
  EXPECT_EQ(map_.update({"city", "Rome"}), Verdict::kDone);
  EXPECT_EQ(get({"city"}), "city=Rome");
  EXPECT_EQ(map_.tree().size(), 1U);
}

TEST_F(MapTest, ThatIsFullStillKnowsItsFields) {
  map_.attributes().most = 2;
  EXPECT_EQ(map_.insert({"a", "1"}), Verdict::kDone);
  EXPECT_EQ(map_.upsert({"b", "2"}), Verdict::kDone);
  EXPECT_EQ(map_.insert({"c", "3"}), Verdict::kOverflowed);
  EXPECT_EQ(map_.upsert({"c", "3"}), Verdict::kOverflowed);
  EXPECT_EQ(map_.insert({"b", "3"}), Verdict::kElementExists);
  EXPECT_EQ(map_.upsert({"b", "3"}), Verdict::kReplaced);
  EXPECT_EQ(get({"a", "b", "c"}), "a=1 b=3");
}

TEST_F(MapTest, GivesFieldsInTheOrderOfTheRequest) {
  for (const std::string_view field : {"a", "b", "c", "d"}) {
    EXPECT_EQ(map_.insert({field, field}), Verdict::kDone);
  }
  EXPECT_EQ(get({"d", "x", "a", "c"}), "d=d a=a c=c");
  EXPECT_EQ(get({"c", "c"}), "c=c c=c");
  EXPECT_EQ(get({"x", "y"}), "");
  EXPECT_EQ(map_.get({}, Removal::kKeep).elements.size(), 4U);
}

TEST_F(MapTest, GivesAwayWhatItGets) {
  for (const std::string_view field : {"a", "b", "c", "d", "e"}) {
    EXPECT_EQ(map_.insert({field, field}), Verdict::kDone);
  }
  EXPECT_EQ(take({"d", "x", "a", "d"}), "d=d a=a") << "gone when it is named again";
  EXPECT_EQ(take({"d"}), "");
  EXPECT_EQ(map_.erase(Fields{"b", "a"}), Verdict::kDone);
  EXPECT_EQ(map_.erase(Fields{"b", "a"}), Verdict::kElementMissing);
  EXPECT_EQ(get({"a", "b", "c", "d", "e"}), "c=c e=e");
  EXPECT_EQ(map_.get({}, Removal::kDrop).elements.size(), 2U);
  EXPECT_EQ(get({}), "");
  EXPECT_EQ(take({}), "");
  EXPECT_EQ(map_.erase({}), Verdict::kElementMissing);
}

TEST_F(MapTest, ErasesAllFields) {
  EXPECT_EQ(map_.insert({"a", "1"}), Verdict::kDone);
  EXPECT_EQ(map_.insert({"b", "2"}), Verdict::kDone);
  EXPECT_EQ(map_.erase({}), Verdict::kDone);
  EXPECT_TRUE(map_.tree().empty());
}

TEST_F(MapTest, ThatIsUnreadableRefusesReadsOnly) {
  map_.attributes().readable = false;
  EXPECT_EQ(map_.insert({"f", "v"}), Verdict::kDone);
  EXPECT_EQ(map_.get({}, Removal::kKeep).verdict, Verdict::kUnreadable);
  EXPECT_EQ(map_.get(Fields{"f"}, Removal::kDelete).verdict, Verdict::kUnreadable);
  EXPECT_EQ(map_.update({"f", "w"}), Verdict::kDone);
  EXPECT_EQ(map_.upsert({"f", "w"}), Verdict::kReplaced);
  EXPECT_EQ(map_.erase(Fields{"f"}), Verdict::kDone);
}

TEST_F(MapTest, TellsFieldsWithOneHashApart) {
  for (const auto& [first, second] : colliding_pairs(20)) {
    EXPECT_EQ(map_.insert({second, "2"}), Verdict::kDone);
    EXPECT_EQ(map_.update({first, "1"}), Verdict::kElementMissing);
    EXPECT_EQ(map_.insert({first, "1"}), Verdict::kDone);
    EXPECT_EQ(get({first, second}), first + "=1 " + second + "=2");
    EXPECT_EQ(map_.upsert({second, "3"}), Verdict::kReplaced);
    EXPECT_EQ(take({first}), first + "=1");
    EXPECT_EQ(get({first, second}), second + "=3");
  }
}

}  // namespace
}  // namespace larder::store::collection

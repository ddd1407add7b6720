// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/list.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "store/collection/test_pool.h"

namespace larder::store::collection {
namespace {

std::string joined(const Snapshot& elements) {
  std::string text;
  for (const std::string& value : entries_of(elements)) text += (text.empty() ? "" : " ") + value;
  return text;
}

class ListTest : public testing::Test {
 protected:
  // A list of these values, a character each, with that limit.
  List& make(std::string_view values, std::uint32_t most, Overflow overflow) {
    list_.emplace(pool_.blocks(), Attributes{.most = most, .overflow = overflow});
    for (const char& value : values) {
      EXPECT_EQ(list_->insert(-1, {&value, 1}), Verdict::kDone);
    }
    return *list_;
  }
  std::string all() { return joined(list_->get(0, -1, Removal::kKeep).elements); }
  // What a list of "abcde" answers; a question mark if it is not kDone.
  std::string range(std::int64_t from, std::int64_t to) {
    const Got got = list_->get(from, to, Removal::kKeep);
    EXPECT_EQ(got.verdict == Verdict::kElementMissing, got.elements.empty());
    return got.verdict == Verdict::kDone ? joined(got.elements) : "?";
  }

  TestPool pool_;
  std::optional<List> list_;
};

TEST_F(ListTest, InsertsSoThatTheValueHasThatIndex) {
  List& list = make("", 10, Overflow::kTailTrim);
  EXPECT_EQ(list.insert(0, "one"), Verdict::kDone);
  EXPECT_EQ(list.insert(-1, "two"), Verdict::kDone);
  EXPECT_EQ(list.insert(2, "three"), Verdict::kDone);
  EXPECT_EQ(list.insert(0, "zero"), Verdict::kDone);
  EXPECT_EQ(list.insert(2, "1.5"), Verdict::kDone);
  EXPECT_EQ(list.insert(-2, ""), Verdict::kDone);
  EXPECT_EQ(list.insert(-7, "first"), Verdict::kDone);
  EXPECT_EQ(all(), "first zero one 1.5 two  three");
}

TEST_F(ListTest, RefusesAnIndexThatItCannotGive) {
  List& list = make("abc", 5, Overflow::kTailTrim);
  for (const std::int64_t index :
       {std::int64_t{4}, std::int64_t{-5}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_EQ(list.insert(index, "x"), Verdict::kOutOfRange) << index;
  }
  EXPECT_EQ(all(), "a b c");
}

TEST_F(ListTest, ThatIsFullRefusesIndexesBeyondItsLimit) {
  for (const Overflow overflow : {Overflow::kTailTrim, Overflow::kHeadTrim, Overflow::kError}) {
    List& list = make("abcde", 5, overflow);
    EXPECT_EQ(list.insert(5, "x"), Verdict::kOutOfRange);
    EXPECT_EQ(list.insert(-6, "x"), Verdict::kOutOfRange);
    EXPECT_EQ(all(), "a b c d e");
  }
}

TEST_F(ListTest, ThatIsFullLosesTheOtherEndWhateverItsAction) {
  for (const Overflow overflow : {Overflow::kTailTrim, Overflow::kHeadTrim}) {
    List& list = make("abcde", 5, overflow);
    EXPECT_EQ(list.insert(0, "H"), Verdict::kDone);
    EXPECT_EQ(all(), "H a b c d");
    EXPECT_EQ(list.insert(-1, "T"), Verdict::kDone);
    EXPECT_EQ(all(), "a b c d T");
  }
}

TEST_F(ListTest, ThatIsFullLosesItsTailInBetween) {
  List& list = make("abcde", 5, Overflow::kTailTrim);
  EXPECT_EQ(list.insert(2, "M"), Verdict::kDone);
  EXPECT_EQ(all(), "a b M c d");
  EXPECT_EQ(list.insert(-3, "N"), Verdict::kDone);
  EXPECT_EQ(all(), "a b M N c");
  EXPECT_EQ(list.insert(-2, "L"), Verdict::kDone);
  EXPECT_EQ(all(), "a b M N L");
  EXPECT_EQ(list.insert(-5, "F"), Verdict::kDone);
  EXPECT_EQ(all(), "a F b M N");
}

TEST_F(ListTest, ThatIsFullLosesItsHeadInBetween) {
  List& list = make("abcd", 4, Overflow::kHeadTrim);
  EXPECT_EQ(list.insert(1, "X"), Verdict::kDone);
  EXPECT_EQ(all(), "X b c d");
  EXPECT_EQ(list.insert(-2, "Y"), Verdict::kDone);
  EXPECT_EQ(all(), "b c Y d");
  EXPECT_EQ(list.insert(3, "Z"), Verdict::kDone);
  EXPECT_EQ(all(), "c Y Z d");
  EXPECT_EQ(list.insert(-4, "F"), Verdict::kDone);
  EXPECT_EQ(all(), "F Y Z d");
}

TEST_F(ListTest, OfOneElementIsReplaced) {
  List& list = make("a", 1, Overflow::kHeadTrim);
  EXPECT_EQ(list.insert(0, "b"), Verdict::kDone);
  EXPECT_EQ(list.insert(1, "x"), Verdict::kOutOfRange);
  EXPECT_EQ(list.insert(-2, "x"), Verdict::kOutOfRange);
  EXPECT_EQ(all(), "b");
  EXPECT_EQ(list.insert(-1, "c"), Verdict::kDone);
  EXPECT_EQ(all(), "c");
}

TEST_F(ListTest, ThatIsFullRefusesWhenThatIsAnError) {
  List& list = make("abc", 3, Overflow::kError);
  for (const std::int64_t index : {0, -1, 1}) {
    EXPECT_EQ(list.insert(index, "x"), Verdict::kOverflowed);
  }
  EXPECT_EQ(all(), "a b c");
}

TEST_F(ListTest, GivesRangesInTheirDirectionAndClipsThem) {
  make("abcde", 5, Overflow::kTailTrim);
  EXPECT_EQ(range(1, 1), "b");
  EXPECT_EQ(range(-1, -1), "e");
  EXPECT_EQ(range(1, 3), "b c d");
  EXPECT_EQ(range(3, 1), "d c b");
  EXPECT_EQ(range(-2, -4), "d c b");
  EXPECT_EQ(range(-1, 0), "e d c b a");
  EXPECT_EQ(range(3, 100), "d e");
  EXPECT_EQ(range(-100, 1), "a b");
  EXPECT_EQ(range(100, -100), "e d c b a");
  EXPECT_EQ(
      range(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()),
      "a b c d e");
  EXPECT_EQ(range(10, 20), "?");
  EXPECT_EQ(range(-20, -10), "?");
  EXPECT_EQ(range(5, 5), "?");
  EXPECT_EQ(range(-6, -6), "?");
}

TEST_F(ListTest, ThatIsEmptyHasNothing) {
  List& list = make("", 5, Overflow::kTailTrim);
  EXPECT_EQ(range(0, -1), "?");
  EXPECT_EQ(list.erase(0, -1), Verdict::kElementMissing);
}

TEST_F(ListTest, GivesAwayWhatItGets) {
  List& list = make("abcdef", 6, Overflow::kTailTrim);
  const Got got = list.get(3, 1, Removal::kDelete);
  EXPECT_EQ(got.verdict, Verdict::kDone);
  EXPECT_EQ(joined(got.elements), "d c b");
  EXPECT_EQ(all(), "a e f");
  EXPECT_EQ(list.erase(-1, 50), Verdict::kDone);
  EXPECT_EQ(list.erase(9, 9), Verdict::kElementMissing);
  EXPECT_EQ(all(), "a e");
  EXPECT_EQ(joined(list.get(0, -1, Removal::kDrop).elements), "a e");
  EXPECT_TRUE(list.tree().empty());
  EXPECT_EQ(joined(got.elements), "d c b");
}

TEST_F(ListTest, ThatIsUnreadableRefusesReadsOnly) {
  List& list = make("ab", 5, Overflow::kTailTrim);
  list.attributes().readable = false;
  EXPECT_EQ(list.get(0, 0, Removal::kKeep).verdict, Verdict::kUnreadable);
  EXPECT_EQ(list.get(0, 0, Removal::kDelete).verdict, Verdict::kUnreadable);
  EXPECT_EQ(list.insert(0, "c"), Verdict::kDone);
  EXPECT_EQ(list.erase(1, 1), Verdict::kDone);
  list.attributes().readable = true;
  EXPECT_EQ(all(), "c b");
}

}  // namespace
}  // namespace larder::store::collection

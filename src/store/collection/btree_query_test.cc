// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "store/collection/btree.h"
#include "store/collection/test_btree.h"

namespace larder::store::collection {
namespace {

using enum Overflow;
using Order = BTree::Order;
using Compare = EflagFilter::Compare;

class BTreeQuery : public BTreeTest {};

// ---- trims

TEST_F(BTreeQuery, SaysWhereItHasBeenTrimmedBelow) {
  make(3, kSmallestTrim, {"10", "15", "20", "30"});
  EXPECT_EQ(get("15..100"), "15=v15 20=v20 30=v30 END");
  EXPECT_EQ(get("14..100"), "15=v15 20=v20 30=v30 TRIMMED");
  EXPECT_EQ(get("100..0"), "30=v30 20=v20 15=v15 TRIMMED");
  EXPECT_EQ(get("100..15"), "30=v30 20=v20 15=v15 END");
  EXPECT_EQ(get("0..14"), "OUT_OF_RANGE");
  EXPECT_EQ(get("14..0"), "OUT_OF_RANGE");
  EXPECT_EQ(get("12"), "OUT_OF_RANGE");
  EXPECT_EQ(get("40..50"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("16"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("16..19"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("100..0", 0, 2), "30=v30 20=v20 END");
  EXPECT_EQ(get("100..0", 0, 3), "30=v30 20=v20 15=v15 END");
  EXPECT_EQ(get("100..0", 0, 4), "30=v30 20=v20 15=v15 TRIMMED");
  EXPECT_EQ(get("0..100", 0, 2), "15=v15 20=v20 TRIMMED");
  EXPECT_EQ(count("0..100"), 3U);
  EXPECT_EQ(count("0..14"), 0U);
  EXPECT_EQ(erase("0..14"), Verdict::kElementMissing);
  EXPECT_EQ(erase("12"), Verdict::kElementMissing);
}

TEST_F(BTreeQuery, SaysWhereItHasBeenTrimmedAbove) {
  make(3, kLargestTrim, {"30", "20", "15", "10"});
  EXPECT_EQ(get("0..20"), "10=v10 15=v15 20=v20 END");
  EXPECT_EQ(get("0..21"), "10=v10 15=v15 20=v20 TRIMMED");
  EXPECT_EQ(get("100..0"), "20=v20 15=v15 10=v10 TRIMMED");
  EXPECT_EQ(get("20..0"), "20=v20 15=v15 10=v10 END");
  EXPECT_EQ(get("21..50"), "OUT_OF_RANGE");
  EXPECT_EQ(get("25"), "OUT_OF_RANGE");
  EXPECT_EQ(get("0..5"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("0..100", 0, 2), "10=v10 15=v15 END");
  EXPECT_EQ(get("0..100", 0, 3), "10=v10 15=v15 20=v20 END");
  EXPECT_EQ(get("0..100", 0, 4), "10=v10 15=v15 20=v20 TRIMMED");
}

TEST_F(BTreeQuery, SaysThatWhatIsFilteredMayHaveBeenTrimmed) {
  make(3, kSmallestTrim);
  for (const std::string_view bkey : {"1", "2", "3", "4"})
    insert(bkey, "0" + std::string(bkey), "");
  EXPECT_EQ(get("0..10", filter(Compare::kEqual, {"09"})), "OUT_OF_RANGE");
  EXPECT_EQ(get("10..0", filter(Compare::kEqual, {"09"})), "OUT_OF_RANGE");
  EXPECT_EQ(get("2..10", filter(Compare::kEqual, {"09"})), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("10..0", filter(Compare::kGreaterOrEqual, {"03"})), "4/04= 3/03= TRIMMED");
  EXPECT_EQ(get("10..0", filter(Compare::kGreaterOrEqual, {"03"}), 0, 2), "4/04= 3/03= END");
  EXPECT_EQ(get("10..0", filter(Compare::kGreaterOrEqual, {"03"}), 2, 2), "OUT_OF_RANGE");
  EXPECT_EQ(get("10..0", filter(Compare::kGreaterOrEqual, {"03"}), 3, 2), "NOT_FOUND_ELEMENT")
      << "the whole tree has no more than three";
}

// ---- filters, offsets, counts

TEST_F(BTreeQuery, FiltersByEflags) {
  make(10, kSmallestTrim);
  const std::string_view eflags[] = {"01", "02", "03", "", "0105", "0206", "FF", "80"};
  for (std::size_t i = 0; i < std::size(eflags); ++i) {
    insert(std::to_string(i + 1), eflags[i], "e");
  }
  EXPECT_EQ(get("0..100", filter(Compare::kEqual, {"02"})), "2/02=e 6/0206=e END");
  EXPECT_EQ(get("100..0", filter(Compare::kGreaterOrEqual, {"02"})),
            "8/80=e 7/FF=e 6/0206=e 3/03=e 2/02=e END");
  EXPECT_EQ(get("0..100", filter(Compare::kGreaterOrEqual, {"02"}), 0, 2), "2/02=e 3/03=e END");
  EXPECT_EQ(get("0..100", filter(Compare::kGreaterOrEqual, {"02"}), 1, 2), "3/03=e 6/0206=e END");
  EXPECT_EQ(get("0..100", filter(Compare::kGreaterOrEqual, {"02"}), 9, 2), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("2", filter(Compare::kEqual, {"02"})), "2/02=e END");
  EXPECT_EQ(get("2", filter(Compare::kEqual, {"03"})), "NOT_FOUND_ELEMENT");
  const EflagFilter in = filter(Compare::kEqual, {"01", "03", "FF"});
  EXPECT_EQ(count("0..100", &in), 4U);
  EXPECT_EQ(count("1..3", &in), 2U);
  const EflagFilter nobody = filter(Compare::kEqual, {"77"});
  EXPECT_EQ(count("0..100", &nobody), 0U);
  EXPECT_EQ(tree_->erase({.range = range("0..100"), .filter = &nobody}), Verdict::kElementMissing);
}

TEST_F(BTreeQuery, ErasesByFilter) {
  make(10, kSmallestTrim);
  const std::string_view eflags[] = {"01", "02", "03", "", "0105", "0206", "FF", "80"};
  for (std::size_t i = 0; i < std::size(eflags); ++i) {
    insert(std::to_string(i + 1), eflags[i], "e");
  }
  const EflagFilter first = filter(Compare::kEqual, {"01"});
  EXPECT_EQ(tree_->erase({.range = range("0..100"), .filter = &first, .most = 1}), Verdict::kDone);
  EXPECT_EQ(get("0..5"), "2/02=e 3/03=e 4=e 5/0105=e END");
  const EflagFilter high = filter(Compare::kGreater, {"01"});
  const BTree::Query query{.range = range("100..0"), .filter = &high, .offset = 1};
  EXPECT_EQ(text_of(tree_->get(query, Removal::kDelete)), "7/FF=e 6/0206=e 3/03=e 2/02=e END");
  EXPECT_EQ(get("0..100"), "4=e 5/0105=e 8/80=e END");
}

TEST_F(BTreeQuery, SkipsAndStops) {
  make(20, kSmallestTrim, {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
  EXPECT_EQ(get("1..10", 0, 3), "1=v1 2=v2 3=v3 END");
  EXPECT_EQ(get("10..1", 0, 3), "10=v10 9=v9 8=v8 END");
  EXPECT_EQ(get("1..10", 2, 3), "3=v3 4=v4 5=v5 END");
  EXPECT_EQ(get("10..1", 2, 3), "8=v8 7=v7 6=v6 END");
  EXPECT_EQ(get("1..10", 8, 5), "9=v9 10=v10 END");
  EXPECT_EQ(get("1..10", 10, 5), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("1..5", 5, 5), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("1..10", 5, 0), "6=v6 7=v7 8=v8 9=v9 10=v10 END");
  EXPECT_EQ(get("20..30"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(count("3..7"), 5U);
  EXPECT_EQ(count("7..3"), 5U);
  EXPECT_EQ(count("20..30"), 0U);
  EXPECT_EQ(count("5"), 1U);
}

TEST_F(BTreeQuery, ErasesTheFirstInItsDirection) {
  make(20, kSmallestTrim, {"1", "2", "3", "4", "5", "6", "7"});
  const BTree::Query two{.range = range("1..2")};
  EXPECT_EQ(text_of(tree_->get(two, Removal::kDelete)), "1=v1 2=v2 END");
  EXPECT_EQ(erase("3..7", 2), Verdict::kDone);
  EXPECT_EQ(get("0..100"), "5=v5 6=v6 7=v7 END");
  EXPECT_EQ(erase("100..0", 1), Verdict::kDone);
  EXPECT_EQ(get("0..100"), "5=v5 6=v6 END");
  EXPECT_EQ(erase("5"), Verdict::kDone);
  EXPECT_EQ(erase("5"), Verdict::kElementMissing);
  const BTree::Query one{.range = range("0..9"), .most = 1};
  EXPECT_EQ(text_of(tree_->get(one, Removal::kDrop)), "6=v6 END");
  EXPECT_TRUE(tree_->tree().empty());
  EXPECT_EQ(erase("0..9"), Verdict::kElementMissing);
}

TEST_F(BTreeQuery, ThatIsUnreadableRefusesReadsOnly) {
  BTree& tree = make(10, kError, {"1"});
  tree.attributes().readable = false;
  std::size_t number = 0;
  EXPECT_EQ(get("1"), "UNREADABLE");
  EXPECT_EQ(text_of(tree.get({.range = range("1")}, Removal::kDelete)), "UNREADABLE");
  EXPECT_EQ(tree.count_in(range("1"), nullptr, number), Verdict::kUnreadable);
  EXPECT_EQ(tree.position(bkey("1"), Order::kAscending, number), Verdict::kUnreadable);
  EXPECT_EQ(text_of(tree.get_by_position(Order::kAscending, 0, 0)), "UNREADABLE");
  EXPECT_EQ(text_of(tree.position_with_get(bkey("1"), Order::kAscending, 0)), "UNREADABLE");
  EXPECT_EQ(tree.scan(range("1"), nullptr, 1).verdict, Verdict::kUnreadable);
  EXPECT_EQ(erase("1"), Verdict::kDone);
  EXPECT_EQ(count_up("2", {}), Verdict::kElementMissing);
  EXPECT_EQ(insert("2", "", "7"), Verdict::kDone);
  EXPECT_EQ(count_up("2", {}, 8), Verdict::kDone);
  EXPECT_EQ(tree.update(bkey("2"), {}, "9"), Verdict::kDone);
  EXPECT_EQ(upsert("2", "", "8"), Verdict::kReplaced);
}

// ---- positions

class BTreePosition : public BTreeTest {
 protected:
  void SetUp() override { make(10, kSmallestTrim, {"100", "200", "300", "400", "500"}); }

  std::size_t position(std::string_view bkey_text, Order order) {
    std::size_t position = 999;
    EXPECT_EQ(tree_->position(bkey(bkey_text), order, position), Verdict::kDone);
    return position;
  }
  std::string at(Order order, std::size_t from, std::size_t to) {
    return text_of(tree_->get_by_position(order, from, to));
  }
  // position, index, elements
  std::string around(std::string_view bkey_text, Order order, std::size_t around) {
    const BTree::Neighbours got = tree_->position_with_get(bkey(bkey_text), order, around);
    return std::to_string(got.position) + ' ' + std::to_string(got.index) + ": " + text_of(got);
  }

  static constexpr Order kUp = Order::kAscending;
  static constexpr Order kDown = Order::kDescending;
};

TEST_F(BTreePosition, IsHowManyComeBefore) {
  EXPECT_EQ(position("100", kUp), 0U);
  EXPECT_EQ(position("100", kDown), 4U);
  EXPECT_EQ(position("400", kUp), 3U);
  EXPECT_EQ(position("400", kDown), 1U);
  std::size_t position = 0;
  EXPECT_EQ(tree_->position(bkey("150"), kUp, position), Verdict::kElementMissing);
}

TEST_F(BTreePosition, GivesElementsInEitherDirection) {
  EXPECT_EQ(at(kUp, 0, 0), "100=v100 END");
  EXPECT_EQ(at(kDown, 0, 0), "500=v500 END");
  EXPECT_EQ(at(kUp, 1, 3), "200=v200 300=v300 400=v400 END");
  EXPECT_EQ(at(kDown, 1, 3), "400=v400 300=v300 200=v200 END");
  EXPECT_EQ(at(kUp, 3, 1), "400=v400 300=v300 200=v200 END");
  EXPECT_EQ(at(kDown, 3, 1), "200=v200 300=v300 400=v400 END");
  EXPECT_EQ(at(kUp, 3, 100), "400=v400 500=v500 END");
  EXPECT_EQ(at(kUp, 100, 3), "500=v500 400=v400 END");
  EXPECT_EQ(at(kUp, 5, 9), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(at(kDown, 4, 5), "100=v100 END");
}

TEST_F(BTreePosition, GivesNeighbours) {
  EXPECT_EQ(around("300", kUp, 0), "2 0: 300=v300 END");
  EXPECT_EQ(around("300", kDown, 0), "2 0: 300=v300 END");
  EXPECT_EQ(around("300", kUp, 1), "2 1: 200=v200 300=v300 400=v400 END");
  EXPECT_EQ(around("300", kDown, 1), "2 1: 400=v400 300=v300 200=v200 END");
  EXPECT_EQ(around("100", kUp, 1), "0 0: 100=v100 200=v200 END");
  EXPECT_EQ(around("100", kDown, 2), "4 2: 300=v300 200=v200 100=v100 END");
  EXPECT_EQ(around("500", kUp, 100), "4 4: 100=v100 200=v200 300=v300 400=v400 500=v500 END");
  EXPECT_EQ(around("200", kUp, 2), "1 1: 100=v100 200=v200 300=v300 400=v400 END");
  EXPECT_EQ(text_of(tree_->position_with_get(bkey("301"), kUp, 1)), "NOT_FOUND_ELEMENT");
}

TEST_F(BTreePosition, DoesNotTellOfTrims) {
  make(3, kSmallestTrim, {"1", "2", "3", "4"});
  std::size_t position = 0;
  EXPECT_EQ(tree_->position(bkey("1"), kUp, position), Verdict::kElementMissing);
  EXPECT_EQ(at(kUp, 0, 9), "2=v2 3=v3 4=v4 END");
  EXPECT_EQ(at(kDown, 0, 9), "4=v4 3=v3 2=v2 END");
  EXPECT_EQ(around("2", kUp, 5), "0 0: 2=v2 3=v3 4=v4 END");
}

TEST_F(BTreeQuery, FindsItsWayThroughManyLeaves) {
  make(1000, kSmallestTrim);
  for (int i = 0; i < 400; i += 2) insert(std::to_string(i));
  EXPECT_EQ(count("0..1000"), 200U);
  EXPECT_EQ(get("101..110"), "102=v102 104=v104 106=v106 108=v108 110=v110 END");
  EXPECT_EQ(text_of(tree_->get_by_position(Order::kAscending, 99, 101)),
            "198=v198 200=v200 202=v202 END");
  EXPECT_EQ(get("0..1000", 150, 2), "300=v300 302=v302 END");
  EXPECT_EQ(get("398..0", 3, 2), "392=v392 390=v390 END");
}

// ---- scans

TEST_F(BTreeQuery, ScansUpToAsManyAsAreWanted) {
  make(10, kSmallestTrim, {"10", "20", "30", "40"});
  const BTree::Scan all = tree_->scan(range("0..100"), nullptr, 10);
  EXPECT_EQ(all.verdict, Verdict::kDone);
  EXPECT_EQ(text_of(all.elements), "10=v10 20=v20 30=v30 40=v40");
  EXPECT_FALSE(all.ends_trimmed);
  EXPECT_EQ(text_of(tree_->scan(range("35..0"), nullptr, 2).elements), "30=v30 20=v20");
}

TEST_F(BTreeQuery, ScansIntoWhatHasBeenTrimmed) {
  make(3, kSmallestTrim, {"10", "20", "30", "40"});
  EXPECT_EQ(tree_->scan(range("0..100"), nullptr, 10).verdict, Verdict::kOutOfRange);
  EXPECT_EQ(tree_->scan(range("19..0"), nullptr, 10).verdict, Verdict::kOutOfRange);
  EXPECT_EQ(tree_->scan(range("20..100"), nullptr, 10).verdict, Verdict::kDone);
  EXPECT_EQ(tree_->scan(range("50..60"), nullptr, 10).verdict, Verdict::kDone);
  const BTree::Scan down = tree_->scan(range("100..0"), nullptr, 10);
  EXPECT_TRUE(down.ends_trimmed);
  EXPECT_EQ(down.last, bkey("20"));
  EXPECT_FALSE(tree_->scan(range("100..20"), nullptr, 10).ends_trimmed);
  EXPECT_FALSE(tree_->scan(range("100..0"), nullptr, 3).ends_trimmed) << "ended before";
  const EflagFilter nobody = filter(Compare::kEqual, {"09"});
  const BTree::Scan filtered = tree_->scan(range("100..0"), &nobody, 10);
  EXPECT_EQ(filtered.verdict, Verdict::kDone);
  EXPECT_TRUE(filtered.elements.empty());
  EXPECT_EQ(filtered.last, bkey("20"));
  EXPECT_EQ(erase("0..100"), Verdict::kDone);
  EXPECT_EQ(tree_->scan(range("0..100"), nullptr, 10).verdict, Verdict::kDone) << "empty";
}

}  // namespace
}  // namespace larder::store::collection

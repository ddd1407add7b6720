// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/btree.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "store/collection/test_btree.h"

namespace larder::store::collection {
namespace {

using enum Overflow;
using Order = BTree::Order;

// ---- elements

TEST_F(BTreeTest, KeepsElementsInTheOrderOfTheirBkeys) {
  make(100, kSmallestTrim);
  EXPECT_EQ(insert("30", "", "thirty"), Verdict::kDone);
  EXPECT_EQ(insert("10", "0A", "ten"), Verdict::kDone);
  EXPECT_EQ(insert("20", "00FF", "twenty"), Verdict::kDone);
  EXPECT_EQ(get("0..100"), "10/0A=ten 20/00FF=twenty 30=thirty END");
  EXPECT_EQ(get("100..0"), "30=thirty 20/00FF=twenty 10/0A=ten END");
  EXPECT_EQ(get("20"), "20/00FF=twenty END");
  EXPECT_EQ(get("21"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(insert("20", "", "again"), Verdict::kElementExists);
  EXPECT_EQ(span(), "10..30");
}

TEST_F(BTreeTest, TakesTheLongestOfAll) {
  make(100, kSmallestTrim);
  const std::string longest(31 * 2, 'C');
  EXPECT_EQ(insert("0x" + longest, longest, ""), Verdict::kDone);
  EXPECT_EQ(get("0x00..0xFF"), "0x" + longest + "/" + longest + "= END");
  make(100, kSmallestTrim);
  EXPECT_EQ(insert("18446744073709551615", "", std::string(32766, 'e')), Verdict::kDone);
  EXPECT_EQ(count("18446744073709551615"), 1U);
}

TEST_F(BTreeTest, OrdersBytesAndPutsAPrefixFirst) {
  make(100, kSmallestTrim, {"0x01", "0x0100", "0x02", "0x0a0B0c", "0xFF", "0x00"});
  EXPECT_EQ(span(), "0x00..0xFF");
  EXPECT_EQ(get("0x00..0xFFFF"),
            "0x00=v0x00 0x01=v0x01 0x0100=v0x0100 0x02=v0x02 0x0A0B0C=v0x0a0B0c 0xFF=v0xFF END");
  EXPECT_EQ(get("0x01FF..0x01"), "0x0100=v0x0100 0x01=v0x01 END");
  EXPECT_EQ(get("0x0001"), "NOT_FOUND_ELEMENT");
}

TEST_F(BTreeTest, UpsertsAndTakesAnEflagAway) {
  make(100, kSmallestTrim);
  EXPECT_EQ(upsert("40", "", "forty"), Verdict::kDone);
  EXPECT_EQ(upsert("40", "01", "FORTY!"), Verdict::kReplaced);
  EXPECT_EQ(get("40"), "40/01=FORTY! END");
  EXPECT_EQ(upsert("40", "", "f"), Verdict::kReplaced);
  EXPECT_EQ(get("40"), "40=f END");
}

// ---- kinds of bkeys

TEST_F(BTreeTest, RefusesBkeysOfTheOtherKind) {
  BTree& tree = make(100, kSmallestTrim, {"10"});
  std::size_t number = 0;
  EXPECT_EQ(insert("0x0A"), Verdict::kBkeyMismatch);
  EXPECT_EQ(upsert("0x0A", "", ""), Verdict::kBkeyMismatch);
  EXPECT_EQ(tree.update(bkey("0x0A"), {}, "x"), Verdict::kBkeyMismatch);
  EXPECT_EQ(count_up("0x0A", {.initial = 1}), Verdict::kBkeyMismatch);
  EXPECT_EQ(get("0x00..0xFF"), "BKEY_MISMATCH");
  EXPECT_EQ(erase("0x0A"), Verdict::kBkeyMismatch);
  EXPECT_EQ(tree.count_in(range("0x00..0xFF"), nullptr, number), Verdict::kBkeyMismatch);
  EXPECT_EQ(tree.position(bkey("0x0A"), Order::kAscending, number), Verdict::kBkeyMismatch);
  EXPECT_EQ(text_of(tree.position_with_get(bkey("0x0A"), Order::kAscending, 1)), "BKEY_MISMATCH");
  EXPECT_EQ(tree.scan(range("0x00..0xFF"), nullptr, 1).verdict, Verdict::kBkeyMismatch);
}

TEST_F(BTreeTest, ThatIsEmptyTakesEitherKind) {
  BTree& tree = make(100, kSmallestTrim, {"10"});
  EXPECT_EQ(erase("10"), Verdict::kDone);
  EXPECT_EQ(get("0x00..0xFF"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(erase("0xAB"), Verdict::kElementMissing);
  EXPECT_EQ(tree.update(bkey("0xAB"), {}, "x"), Verdict::kElementMissing);
  EXPECT_EQ(tree.scan(range("0x00..0xFF"), nullptr, 1).verdict, Verdict::kDone);
  EXPECT_EQ(count("0x00..0xFF"), 0U);
  EXPECT_EQ(insert("0xAB"), Verdict::kDone);
  EXPECT_EQ(insert("10"), Verdict::kBkeyMismatch);
  EXPECT_EQ(span(), "0xAB..0xAB");
}

TEST_F(BTreeTest, ThatIsEmptyHasTheKindOfItsRange) {
  BTree& tree = make(100, kSmallestTrim);
  EXPECT_EQ(tree.set_max_range(bkey("0x0010")), Verdict::kDone);
  EXPECT_EQ(insert("5"), Verdict::kBkeyMismatch);
  EXPECT_EQ(count_up("5", {}), Verdict::kBkeyMismatch);
  EXPECT_EQ(tree.set_max_range(bkey("100")), Verdict::kDone) << "while it is empty";
  EXPECT_EQ(insert("0x05"), Verdict::kBkeyMismatch);
  EXPECT_EQ(tree.set_max_range(std::nullopt), Verdict::kDone);
  EXPECT_EQ(insert("0x05"), Verdict::kDone);
}

// ---- the range of bkeys

class BTreeRange : public BTreeTest {
 protected:
  BTree& make_of_20(Overflow overflow) {
    BTree& tree = make(10, overflow);
    EXPECT_EQ(tree.set_max_range(bkey("20")), Verdict::kDone);
    for (const std::string_view bkey : {"100", "110", "120"})
      EXPECT_EQ(insert(bkey), Verdict::kDone);
    return tree;
  }
};

TEST_F(BTreeRange, LosesWhatIsTooSmallForTheLargest) {
  for (const Overflow overflow : {kSmallestTrim, kSmallestSilentTrim}) {
    BTree& tree = make_of_20(overflow);
    EXPECT_EQ(insert("125"), Verdict::kDone);
    EXPECT_EQ(get("0..1000"), "110=v110 120=v120 125=v125 END");
    EXPECT_FALSE(tree.is_trimmed());
    EXPECT_EQ(insert("90"), Verdict::kOutOfRange);
    EXPECT_EQ(lost_by("500"), "") << "it is not told of the range";
    EXPECT_EQ(insert("1"), Verdict::kOutOfRange);
    EXPECT_EQ(get("0..1000"), "500=new END");
    EXPECT_FALSE(tree.is_trimmed());
  }
}

TEST_F(BTreeRange, LosesWhatIsTooLargeForTheSmallest) {
  for (const Overflow overflow : {kLargestTrim, kLargestSilentTrim}) {
    make_of_20(overflow);
    EXPECT_EQ(insert("125"), Verdict::kOutOfRange);
    EXPECT_EQ(insert("90"), Verdict::kDone);
    EXPECT_EQ(get("0..1000"), "90=v90 100=v100 110=v110 END");
    EXPECT_EQ(insert("500"), Verdict::kOutOfRange);
    EXPECT_EQ(lost_by("1"), "");
    EXPECT_EQ(get("0..1000"), "1=new END");
  }
}

TEST_F(BTreeRange, RefusesWhenThatIsAnError) {
  make_of_20(kError);
  for (const std::string_view bkey : {"125", "90", "500", "1"}) {
    EXPECT_EQ(insert(bkey), Verdict::kOutOfRange);
  }
  EXPECT_EQ(get("0..1000"), "100=v100 110=v110 120=v120 END");
}

TEST_F(BTreeRange, MakesRoomBeforeTheNumberOfElementsMatters) {
  BTree& tree = make_of_20(kSmallestTrim);
  tree.attributes().most = 3;
  EXPECT_EQ(lost_by("121"), "");
  EXPECT_EQ(span(), "110..121");
  EXPECT_FALSE(tree.is_trimmed());
  EXPECT_EQ(lost_by("122"), "110=v110");
  EXPECT_TRUE(tree.is_trimmed());
  EXPECT_EQ(insert("150"), Verdict::kDone);
  EXPECT_FALSE(tree.is_trimmed()) << "a trim of the range is not remembered";
  EXPECT_EQ(span(), "150..150");
}

TEST_F(BTreeRange, IsTakenFromBytesOfItsOwnLength) {
  BTree& tree = make(10, kSmallestTrim);
  EXPECT_EQ(tree.set_max_range(bkey("0x0010")), Verdict::kDone);
  EXPECT_EQ(insert("0x0001"), Verdict::kDone);
  EXPECT_EQ(insert("0x0011"), Verdict::kDone);
  EXPECT_EQ(insert("0x0012"), Verdict::kDone);
  EXPECT_EQ(get("0x00..0xFFFF"), "0x0011=v0x0011 0x0012=v0x0012 END");
  // Shorter ones are filled up with zeros, and of longer ones the first bytes count.
  EXPECT_EQ(insert("0x0021FF"), Verdict::kDone);
  EXPECT_EQ(span(), "0x0011..0x0021FF");
  EXPECT_EQ(insert("0x01"), Verdict::kDone);
  EXPECT_EQ(span(), "0x01..0x01");
  EXPECT_EQ(insert("0x00F0"), Verdict::kDone);
  EXPECT_EQ(insert("0x00EF"), Verdict::kOutOfRange);
  EXPECT_EQ(span(), "0x00F0..0x01");
}

TEST_F(BTreeRange, CoversWhatThereIsWhenItIsSet) {
  BTree& tree = make(10, kSmallestTrim, {"10", "60"});
  EXPECT_EQ(tree.set_max_range(bkey("49")), Verdict::kBadValue);
  EXPECT_EQ(tree.max_range(), std::nullopt);
  EXPECT_EQ(tree.set_max_range(bkey("50")), Verdict::kDone);
  EXPECT_EQ(tree.set_max_range(bkey("0x50")), Verdict::kBadValue);
  EXPECT_EQ(tree.max_range(), bkey("50"));
  EXPECT_EQ(tree.set_max_range({}), Verdict::kDone);
  EXPECT_EQ(tree.max_range(), std::nullopt);
  EXPECT_EQ(insert("1000"), Verdict::kDone);
}

TEST_F(BTreeRange, CoversAllNumbers) {
  BTree& tree = make(10, kSmallestTrim);
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(tree.set_max_range(Bkey::of(most - 1)), Verdict::kDone);
  EXPECT_EQ(insert("0"), Verdict::kDone);
  EXPECT_EQ(insert("1"), Verdict::kDone);
  EXPECT_EQ(insert(std::to_string(most)), Verdict::kDone);
  EXPECT_EQ(span(), "1.." + std::to_string(most));
}

}  // namespace
}  // namespace larder::store::collection

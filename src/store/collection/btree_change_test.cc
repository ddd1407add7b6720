// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "store/collection/btree.h"
#include "store/collection/test_btree.h"

namespace larder::store::collection {
namespace {

using enum Overflow;

class BTreeChange : public BTreeTest {};

// ---- updates

class BTreeUpdate : public BTreeTest {
 protected:
  Verdict update(std::string_view bkey_text, std::optional<std::string_view> eflag,
                 std::optional<std::string_view> value) {
    std::optional<EflagUpdate> change;
    if (eflag) change = EflagUpdate{.eflag = Eflag(bytes_of_hex(*eflag))};
    return tree_->update(bkey(bkey_text), change, value);
  }
  Verdict combine(base::Bitwise how, std::string_view eflag, std::size_t offset,
                  std::optional<std::string_view> value = {}) {
    const EflagUpdate change{.eflag = Eflag(bytes_of_hex(eflag)), .how = how, .offset = offset};
    return tree_->update(bkey("20"), change, value);
  }
};

TEST_F(BTreeUpdate, ChangesWhatIsGiven) {
  make(100, kSmallestTrim, {"20", "30"});
  EXPECT_EQ(update("30", {}, "THIRTY!!"), Verdict::kDone);
  EXPECT_EQ(get("30"), "30=THIRTY!! END");
  EXPECT_EQ(update("30", "0102", "30"), Verdict::kDone);
  EXPECT_EQ(get("30"), "30/0102=30 END");
  EXPECT_EQ(update("30", "0F", {}), Verdict::kDone);
  EXPECT_EQ(get("30"), "30/0F=30 END");
  EXPECT_EQ(update("30", {}, "xx"), Verdict::kDone);
  EXPECT_EQ(get("30"), "30/0F=xx END");
  EXPECT_EQ(update("30", "", {}), Verdict::kDone);
  EXPECT_EQ(get("30"), "30=xx END");
  EXPECT_EQ(update("30", {}, {}), Verdict::kNothingToUpdate);
  EXPECT_EQ(update("99", {}, "x"), Verdict::kElementMissing);
  EXPECT_EQ(get("20"), "20=v20 END");
}

TEST_F(BTreeUpdate, CombinesPartsOfAnEflag) {
  make(100, kSmallestTrim);
  insert("20", "00FF", "twenty");
  EXPECT_EQ(combine(base::Bitwise::kOr, "00", 1), Verdict::kDone);
  EXPECT_EQ(combine(base::Bitwise::kOr, "F0", 0), Verdict::kDone);
  EXPECT_EQ(get("20"), "20/F0FF=twenty END");
  EXPECT_EQ(combine(base::Bitwise::kAnd, "0F", 1), Verdict::kDone);
  EXPECT_EQ(get("20"), "20/F00F=twenty END");
  EXPECT_EQ(combine(base::Bitwise::kXor, "FFFF", 0), Verdict::kDone);
  EXPECT_EQ(get("20"), "20/0FF0=twenty END");
  EXPECT_EQ(combine(base::Bitwise::kOr, "01", 0, "bits"), Verdict::kDone);
  EXPECT_EQ(get("20"), "20/0FF0=bits END");
  EXPECT_EQ(combine(base::Bitwise::kOr, "0102", 1, "not"), Verdict::kEflagMismatch);
  EXPECT_EQ(combine(base::Bitwise::kOr, "01", 2), Verdict::kEflagMismatch);
  EXPECT_EQ(combine(base::Bitwise::kOr, "", 0), Verdict::kDone);
  EXPECT_EQ(get("20"), "20/0FF0=bits END");
}

// ---- numbers

TEST_F(BTreeChange, CountsAndKeepsTheEflag) {
  make(4, kSmallestTrim);
  insert("1", "01", "10");
  insert("2", "", "x2");
  insert("3", "", "");
  EXPECT_EQ(count_up("1", {.delta = 5}, 15), Verdict::kDone);
  EXPECT_EQ(count_up("1", {.delta = 7, .down = true}, 8), Verdict::kDone);
  EXPECT_EQ(get("1"), "1/01=8 END");
  EXPECT_EQ(count_up("1", {.delta = 70, .down = true}, 0), Verdict::kDone);
  EXPECT_EQ(get("1"), "1/01=0 END");
  EXPECT_EQ(count_up("2", {}), Verdict::kNotNumeric);
  EXPECT_EQ(count_up("3", {}), Verdict::kNotNumeric);
  EXPECT_EQ(count_up("9", {}), Verdict::kElementMissing);
  EXPECT_EQ(upsert("2", "", "18446744073709551615"), Verdict::kReplaced);
  EXPECT_EQ(count_up("2", {.delta = 2}, 1), Verdict::kDone) << "wraps";
}

TEST_F(BTreeChange, BeginsToCountAsByAnInsert) {
  make(2, kSmallestTrim, {"2"});
  const BTree::Count from_7{.delta = 5, .down = true, .initial = 7, .eflag = Eflag("\xaa\xbb")};
  EXPECT_EQ(count_up("4", from_7, 7), Verdict::kDone);
  EXPECT_EQ(get("4"), "4/AABB=7 END");
  EXPECT_EQ(count_up("4", from_7, 2), Verdict::kDone);
  EXPECT_EQ(count_up("5", {.initial = 9}, 9), Verdict::kDone);
  EXPECT_TRUE(tree_->is_trimmed());
  EXPECT_EQ(span(), "4..5");
  EXPECT_EQ(count_up("0", {.initial = 9}), Verdict::kOutOfRange);
  make(1, kError, {"1"});
  EXPECT_EQ(count_up("2", {.initial = 0}), Verdict::kOverflowed);
  make(1, kError);
  EXPECT_EQ(count_up("0x77", {.initial = 5, .eflag = Eflag("\x01")}, 5), Verdict::kDone);
  EXPECT_EQ(count_up("0x77", {}, 6), Verdict::kDone);
  EXPECT_EQ(get("0x77"), "0x77/01=6 END");
}

// ---- when it is full

TEST_F(BTreeChange, ThatIsFullRefusesWhenThatIsAnError) {
  make(3, kError, {"10", "20", "30"});
  for (const std::string_view bkey : {"5", "15", "40"})
    EXPECT_EQ(insert(bkey), Verdict::kOverflowed);
  EXPECT_EQ(insert("20"), Verdict::kElementExists);
  EXPECT_EQ(upsert("20", "", "B"), Verdict::kReplaced);
  EXPECT_EQ(upsert("25", "", "B"), Verdict::kOverflowed);
  EXPECT_EQ(get("0..100"), "10=v10 20=B 30=v30 END");
}

TEST_F(BTreeChange, ThatIsFullLosesTheSmallest) {
  make(3, kSmallestTrim, {"10", "20", "30"});
  EXPECT_FALSE(tree_->is_trimmed());
  EXPECT_EQ(insert("5"), Verdict::kOutOfRange);
  EXPECT_TRUE(tree_->is_trimmed()) << "of 5";
  EXPECT_EQ(span(), "10..30");
  EXPECT_EQ(insert("15"), Verdict::kDone);
  EXPECT_EQ(get("0..100"), "15=v15 20=v20 30=v30 TRIMMED");
  EXPECT_EQ(lost_by("50"), "15=v15");
  EXPECT_EQ(insert("1"), Verdict::kOutOfRange);
  EXPECT_EQ(erase("50"), Verdict::kDone);
  EXPECT_EQ(lost_by("60"), "");
  EXPECT_EQ(lost_by("70"), "20=v20");
  Snapshot lost;
  EXPECT_EQ(tree_->upsert({.bkey = bkey("95")}, &lost), Verdict::kDone);
  EXPECT_EQ(text_of(lost), "30=v30");
  lost = Snapshot();
  EXPECT_EQ(tree_->upsert({.bkey = bkey("95")}, &lost), Verdict::kReplaced);
  EXPECT_EQ(text_of(lost), "");
  EXPECT_EQ(span(), "60..95");
}

TEST_F(BTreeChange, ThatIsFullLosesTheLargest) {
  make(3, kLargestTrim, {"10", "20", "30"});
  EXPECT_EQ(insert("40"), Verdict::kOutOfRange);
  EXPECT_TRUE(tree_->is_trimmed());
  EXPECT_EQ(insert("15"), Verdict::kDone);
  EXPECT_EQ(span(), "10..20");
  EXPECT_EQ(lost_by("5"), "20=v20");
  EXPECT_EQ(insert("50"), Verdict::kOutOfRange);
  EXPECT_EQ(insert("15"), Verdict::kElementExists);
  EXPECT_EQ(upsert("15", "11", "q"), Verdict::kReplaced);
  EXPECT_EQ(get("0..100"), "5=new 10=v10 15/11=q TRIMMED");
}

TEST_F(BTreeChange, LosesInSilence) {
  make(3, kSmallestSilentTrim, {"10", "20", "30"});
  EXPECT_EQ(insert("5"), Verdict::kOutOfRange);
  EXPECT_EQ(insert("25"), Verdict::kDone);
  EXPECT_FALSE(tree_->is_trimmed());
  EXPECT_EQ(get("0..100"), "20=v20 25=v25 30=v30 END");
  EXPECT_EQ(get("0..15"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(lost_by("35"), "20=v20") << "but for who asks";
  make(3, kLargestSilentTrim, {"10", "20", "30"});
  EXPECT_EQ(insert("45"), Verdict::kOutOfRange);
  EXPECT_EQ(insert("5"), Verdict::kDone);
  EXPECT_FALSE(tree_->is_trimmed());
  EXPECT_EQ(get("0..100"), "5=v5 10=v10 20=v20 END");
  EXPECT_EQ(get("30..100"), "NOT_FOUND_ELEMENT");
}

TEST_F(BTreeChange, ThatIsEmptyAgainIsStillTrimmed) {
  make(3, kSmallestTrim, {"1", "2", "3", "4"});
  EXPECT_EQ(erase("0..100"), Verdict::kDone);
  EXPECT_TRUE(tree_->is_trimmed());
  EXPECT_EQ(get("0..5"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(get("1"), "NOT_FOUND_ELEMENT");
  EXPECT_EQ(span(), "-");
  EXPECT_EQ(insert("1"), Verdict::kDone);
  EXPECT_TRUE(tree_->is_trimmed());
}

TEST_F(BTreeChange, ForgetsTrimsWithAnotherAction) {
  make(3, kSmallestTrim, {"1", "2", "3", "4"});
  tree_->set_overflow(kSmallestTrim);
  EXPECT_TRUE(tree_->is_trimmed());
  tree_->set_overflow(kLargestTrim);
  EXPECT_FALSE(tree_->is_trimmed());
  tree_->set_overflow(kSmallestTrim);
  EXPECT_FALSE(tree_->is_trimmed());
  EXPECT_EQ(get("0..5"), "2=v2 3=v3 4=v4 END");
}

}  // namespace
}  // namespace larder::store::collection

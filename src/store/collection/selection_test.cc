// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/selection.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "store/collection/test_pool.h"

namespace larder::store::collection {
namespace {

using enum Selection::Direction;

class SelectionTest : public testing::Test {
 protected:
  void fill(std::size_t size) {
    while (tree_.size() < size) {
      const std::string entry = std::to_string(tree_.size());
      const std::string_view parts[] = {entry};
      ASSERT_TRUE(tree_.insert(tree_.size(), parts));
    }
  }
  static Selection selection(Selection::Direction direction,
                             std::initializer_list<std::size_t> ranks) {
    Selection selection(direction);
    for (const std::size_t rank : ranks) selection.add(rank);
    EXPECT_EQ(selection.size(), ranks.size());
    return selection;
  }
  std::vector<std::string> pinned(const Selection& selection) const {
    Snapshot snapshot;
    selection.pin(tree_, snapshot);
    return entries_of(snapshot);
  }
  std::vector<std::string> all() const {
    Selection all;
    all.add(0, tree_.size());
    return pinned(all);
  }
  using Entries = std::vector<std::string>;

  TestPool pool_;
  Tree tree_{pool_.blocks()};
};

TEST_F(SelectionTest, PinsInItsDirection) {
  fill(10);
  EXPECT_EQ(pinned(selection(kUpwards, {2, 3, 4, 9})), Entries({"2", "3", "4", "9"}));
  EXPECT_EQ(pinned(selection(kDownwards, {9, 4, 3, 2})), Entries({"9", "4", "3", "2"}));
  EXPECT_EQ(pinned(Selection()), Entries());
}

TEST_F(SelectionTest, ErasesWhatItPins) {
  fill(10);
  EXPECT_TRUE(selection(kUpwards, {2, 3, 4, 8}).erase_from(tree_));
  EXPECT_EQ(all(), Entries({"0", "1", "5", "6", "7", "9"}));
  EXPECT_TRUE(selection(kDownwards, {5, 2, 1}).erase_from(tree_));
  EXPECT_EQ(all(), Entries({"0", "6", "7"}));
  EXPECT_TRUE(Selection().erase_from(tree_));
  EXPECT_TRUE(selection(kDownwards, {2, 1, 0}).erase_from(tree_));
  EXPECT_TRUE(tree_.empty());
}

TEST_F(SelectionTest, ErasesAllOrNothing) {
  fill(2000);
  const Entries before = all();
  Selection scattered;
  for (std::size_t rank = 0; rank < 2000; rank += 3) scattered.add(rank);
  Snapshot pin;
  tree_.pin(1000, 1001, pin);
  pool_.hold_all_free();
  EXPECT_FALSE(scattered.erase_from(tree_)) << "the pinned leaf cannot be copied";
  EXPECT_EQ(all(), before);
  pin = Snapshot();
  EXPECT_TRUE(scattered.erase_from(tree_)) << "nothing is pinned any more";
  EXPECT_EQ(tree_.size(), 2000U - 667);
  EXPECT_EQ(all()[0], "1");
  pool_.give_back_held();
}

}  // namespace
}  // namespace larder::store::collection

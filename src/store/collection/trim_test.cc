// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/trim.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "store/collection/test_pool.h"

namespace larder::store::collection {
namespace {

class TrimTest : public testing::Test {
 protected:
  void SetUp() override {
    for (char c = 'a'; c <= 'e'; ++c) ASSERT_TRUE(insert(tree_.size(), std::string(1, c)));
  }
  bool insert(std::size_t rank, std::string_view entry) {
    const std::string_view parts[] = {entry};
    return tree_.insert(rank, parts);
  }
  bool insert_and_trim(std::size_t rank, std::string_view entry, const Trim& trim,
                       Snapshot* lost = nullptr) {
    const std::string_view parts[] = {entry};
    return collection::insert_and_trim(tree_, rank, parts, trim, lost);
  }
  static std::string joined(const Snapshot& snapshot) {
    std::string text;
    for (const std::string& entry : entries_of(snapshot)) text += entry;
    return text;
  }
  Snapshot all() const {
    Snapshot all;
    tree_.pin(0, tree_.size(), all);
    return all;
  }

  TestPool pool_;
  Tree tree_{pool_.blocks()};
};

TEST_F(TrimTest, LosesWhatIsBeforeTheNewOne) {
  Snapshot lost;
  EXPECT_TRUE(insert_and_trim(5, "X", {.from = 0, .to = 2}, &lost));
  EXPECT_EQ(joined(all()), "cdeX");
  EXPECT_EQ(joined(lost), "ab");
  EXPECT_TRUE(insert_and_trim(1, "Y", {.from = 0, .to = 1}));
  EXPECT_EQ(joined(all()), "YdeX");
}

TEST_F(TrimTest, LosesWhatIsBehindTheNewOne) {
  Snapshot lost;
  EXPECT_TRUE(insert_and_trim(0, "X", {.from = 3, .to = 5}, &lost));
  EXPECT_EQ(joined(all()), "Xabc");
  EXPECT_EQ(joined(lost), "de");
  EXPECT_TRUE(insert_and_trim(3, "Y", {.from = 3, .to = 4}));
  EXPECT_EQ(joined(all()), "XabY");
  EXPECT_TRUE(insert_and_trim(0, "Z", {.from = 0, .to = 4}));
  EXPECT_EQ(joined(all()), "Z");
}

// There is room for the new entry, but none for a copy of the pinned leaf that is to lose one.
TEST_F(TrimTest, ChangesNothingWithoutMemoryToTrim) {
  const std::string entry(30, 'x');
  while (tree_.size() < 500) ASSERT_TRUE(insert(tree_.size(), entry));
  ASSERT_TRUE(tree_.erase(499, 500));
  Snapshot head;
  tree_.pin(0, 1, head);
  const std::vector<std::string> before = entries_of(all());
  pool_.hold_all_free();
  Snapshot lost;
  EXPECT_FALSE(insert_and_trim(tree_.size(), entry, {.from = 0, .to = 1}, &lost));
  EXPECT_TRUE(lost.empty());
  EXPECT_EQ(entries_of(all()), before);
  EXPECT_TRUE(insert(tree_.size(), entry)) << "it was not this that had no room";
  EXPECT_EQ(joined(head), "a");
  pool_.give_back_held();
}

}  // namespace
}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/tree.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "store/collection/test_pool.h"
#include "store/collection/tree_audit.h"
#include "store/test_store.h"

namespace larder::store::collection {
namespace {

bool insert(Tree& tree, std::size_t rank, std::string_view entry) {
  return tree.insert(rank, {&entry, 1});
}

void fill(Tree& tree, std::size_t entries, std::size_t bytes) {
  const std::string entry(bytes, 'x');
  for (std::size_t i = 0; i < entries; ++i) ASSERT_TRUE(insert(tree, i, entry));
}

std::vector<std::string> contents(const Tree& tree) {
  const TreeAudit audit(tree);
  return {audit.entries.begin(), audit.entries.end()};
}

TEST(Tree, IsEmptyAtFirst) {
  TestPool test;
  Tree tree(test.blocks());
  EXPECT_EQ(tree.size(), 0U);
  EXPECT_EQ(tree.bytes(), 0U);
  EXPECT_EQ(tree.at(0).leaf, nullptr);
  EXPECT_EQ(tree.find([](std::string_view) { return true; }).leaf, nullptr);
  EXPECT_TRUE(tree.erase(0, 0));
  tree.clear();
  EXPECT_EQ(test.pages(), 0U);
}

TEST(Tree, TakesWhatIsJoined) {
  TestPool test;
  Tree tree(test.blocks());
  ASSERT_TRUE(tree.insert(0, std::array<std::string_view, 3>{"ab", "", "c"}));
  ASSERT_TRUE(tree.insert(1, {}));
  ASSERT_TRUE(tree.replace(1, std::array<std::string_view, 2>{"d", tree.entry(tree.at(0))}));
  EXPECT_EQ(contents(tree), (std::vector<std::string>{"abc", "dabc"}));
}

TEST(Tree, HasAnEntryOfTheGreatestLength) {
  TestPool test;
  Tree tree(test.blocks());
  fill(tree, 100, 20);
  const std::string great(Tree::kMostEntryBytes, 'g');
  ASSERT_TRUE(insert(tree, 50, great));
  ASSERT_TRUE(insert(tree, 51, great));
  ASSERT_TRUE(insert(tree, 51, "between"));
  EXPECT_EQ(tree.entry(tree.at(50)), great);
  EXPECT_EQ(tree.entry(tree.at(51)), "between");
  EXPECT_EQ(tree.entry(tree.at(52)), great);
  ASSERT_TRUE(tree.erase(50, 51));
  ASSERT_TRUE(tree.replace(51, std::array<std::string_view, 1>{"short"}));
  EXPECT_EQ(TreeAudit(tree).leaves.size(), 3U) << "those beside it are as they were cut";
}

TEST(TreeDeathTest, DiesOfALongerOne) {
  TestPool test;
  Tree tree(test.blocks());
  EXPECT_DEATH((void)insert(tree, 0, std::string(Tree::kMostEntryBytes + 1, 'g')),
               "kMostEntryBytes");
}

// ---- memory

TEST(TreeMemory, IsLittleForFew) {
  TestPool test;
  Tree tree(test.blocks());
  ASSERT_TRUE(insert(tree, 0, "ten bytes."));
  EXPECT_EQ(tree.bytes(), 32U);
  fill(tree, 9, 10);
  EXPECT_EQ(tree.bytes(), 144U);
  ASSERT_TRUE(tree.erase(1, 10));
  EXPECT_EQ(tree.bytes(), 32U);
}

// Bytes for each entry beyond what is the client's, `payload`; those of the entry's head are told.
double overhead(const Tree& tree, std::size_t payload) {
  const double bytes = static_cast<double>(tree.bytes());
  const double entries = static_cast<double>(tree.size());
  return bytes / entries - static_cast<double>(payload);
}

using Where = std::size_t (*)(std::size_t size, std::mt19937_64& random);

double overhead_of(std::size_t payload, std::size_t head, Where where) {
  TestPool test;
  Tree tree(test.blocks());
  std::mt19937_64 random(1);
  const std::string entry(payload + head, 'x');
  for (std::size_t i = 0; i < 50'000; ++i) EXPECT_TRUE(insert(tree, where(i, random), entry));
  return overhead(tree, payload);
}

std::size_t anywhere(std::size_t size, std::mt19937_64& random) { return random() % (size + 1); }
std::size_t behind(std::size_t size, std::mt19937_64&) { return size; }
std::size_t before(std::size_t, std::mt19937_64&) { return 0; }

// A b+tree's: two bytes of head, a bkey of 8, a value of 16.
TEST(TreeMemory, IsFewBytesBeyondAnElement) {
  EXPECT_LE(overhead_of(24, 2, anywhere), 7);
  EXPECT_LE(overhead_of(24, 2, behind), 5);
  EXPECT_LE(overhead_of(24, 2, before), 5);
  EXPECT_LE(overhead_of(16, 4, anywhere), 8) << "a set's: a hash of 4";
  EXPECT_LE(overhead_of(100, 0, anywhere), 13) << "a list's";
  EXPECT_LE(overhead_of(1000, 0, anywhere), 100);
}

// As many come as go, anywhere: a b+tree that is full and trims.
TEST(TreeMemory, StaysSoWhileEntriesComeAndGo) {
  TestPool test;
  Tree tree(test.blocks());
  fill(tree, 50'000, 26);
  std::mt19937_64 random(1);
  const std::string entry(26, 'y');
  for (std::size_t i = 0; i < 100'000; ++i) {
    const std::size_t rank = random() % tree.size();
    ASSERT_TRUE(tree.erase(rank, rank + 1));
    ASSERT_TRUE(insert(tree, random() % (tree.size() + 1), entry));
  }
  EXPECT_LE(overhead(tree, 24), 9);
  // Some that are long become short.
  for (std::size_t rank = 0; rank < tree.size(); rank += 2) {
    ASSERT_TRUE(tree.replace(rank, std::array<std::string_view, 1>{"ten bytes."}));
  }
  EXPECT_LE(overhead(tree, (24 + 8) / 2), 9);
}

TEST(TreeMemory, ComesBackWithMostOfTheEntries) {
  TestPool test;
  Tree tree(test.blocks());
  fill(tree, 50'000, 26);
  std::mt19937_64 random(1);
  while (tree.size() > 500) {
    const std::size_t rank = random() % tree.size();
    ASSERT_TRUE(tree.erase(rank, rank + 1));
  }
  EXPECT_LE(overhead(tree, 24), 12);
  EXPECT_EQ(TreeAudit(tree).small_pairs, 0U);
}

// Ranges of any length cut out of a tree leave one whose nodes are filled.
TEST(TreeMemory, ComesBackWithRanges) {
  TestPool test;
  std::mt19937_64 random(1);
  for (std::size_t round = 0; round < 20; ++round) {
    Tree tree(test.blocks());
    fill(tree, 20'000, 26);
    while (tree.size() > 1000) {
      const std::size_t from = random() % tree.size();
      ASSERT_TRUE(tree.erase(from, std::min(from + random() % 1000, tree.size())));
    }
    const TreeAudit audit(tree);
    EXPECT_GE(audit.least_children, Inner::kMost / 4);
    EXPECT_EQ(audit.small_pairs, 0U);
    EXPECT_LE(audit.height(), 2U);
    EXPECT_LE(overhead(tree, 24), 14);
  }
}

// ---- time

constexpr std::size_t kMany = 1'000'000;

// The lock of a collection is held meanwhile: what it takes is a number of nodes, not of entries.
TEST(TreeTime, IsThatOfFewNodesForARangeOfAMillion) {
  TestPool test;
  Tree tree(test.blocks());
  fill(tree, kMany, 10);
  const std::size_t bytes = test.blocks().block_bytes();
  const std::size_t height = TreeAudit(tree).height();
  ASSERT_EQ(height, 4U);
  ASSERT_TRUE(tree.erase(10, kMany - 10));
  EXPECT_EQ(tree.size(), 20U);
  EXPECT_LE(tree.bytes(), 512U);
  // Leaves beside the way to each end are given back at once, and some for each block that is taken
  // to join what is left there.
  const std::size_t blocks = 2 * (Inner::kMost + height) + 4 * height * limits::kReclaimedBlocks;
  const std::size_t at_once = blocks * Leaf::kMostBytes;
  ASSERT_LE(at_once, bytes / 4);
  EXPECT_GE(test.blocks().block_bytes(), bytes - at_once);
  test.reclaim_all();
  EXPECT_EQ(test.blocks().block_bytes(), tree.bytes());
}

TEST(TreeTime, IsThatOfNoNodeForAll) {
  TestPool test;
  Tree tree(test.blocks());
  fill(tree, kMany / 10, 10);
  const std::size_t bytes = test.blocks().block_bytes();
  ASSERT_TRUE(tree.erase(0, tree.size()));
  EXPECT_EQ(tree.bytes(), 0U);
  EXPECT_EQ(test.blocks().block_bytes(), bytes);
}

// ---- without memory

// One of everything that may need memory, in a tree of three levels whose leaves may be pinned. The
// pool runs out at every block that it takes: it has none but those of `pages` new pages.
class Shortage {
 public:
  void expect_all_or_nothing(const std::function<bool(Tree&)>& operation) {
    const std::vector<std::string> before = contents(tree_);
    for (std::size_t pages = 0;; ++pages) {
      test_.hold_all_free();
      test_.allow_pages(pages);
      if (operation(tree_)) break;
      ++refusals_;
      ASSERT_EQ(contents(tree_), before);
    }
    test_.give_back_held();
    test_.set_scarce(false);
  }
  void pin_all() { tree_.pin(0, tree_.size(), pinned_); }
  void unpin() { pinned_ = {}; }
  Tree& tree() { return tree_; }
  std::size_t refusals() const { return refusals_; }

 private:
  TestPool test_;
  Tree tree_{test_.blocks()};
  Snapshot pinned_;
  std::size_t refusals_ = 0;
};

TEST(TreeShortage, ChangesNothing) {
  Shortage shortage;
  Tree& tree = shortage.tree();
  std::mt19937_64 random(1);
  for (std::size_t i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(insert(tree, random() % (i + 1), std::to_string(i)));
  }
  ASSERT_EQ(TreeAudit(tree).height(), 3U);
  const auto any_rank = [&] { return random() % tree.size(); };
  const auto entry_of = [&](std::size_t bytes) {
    return std::string(bytes, static_cast<char>(random()));
  };
  for (std::size_t round = 0; round < 40; ++round) {
    if (round % 2 == 0) shortage.pin_all();
    shortage.expect_all_or_nothing(
        [rank = any_rank(), entry = entry_of(1500)](Tree& it) { return insert(it, rank, entry); });
    shortage.expect_all_or_nothing([rank = any_rank(), entry = entry_of(30'000)](Tree& it) {
      return insert(it, rank, entry);
    });
    shortage.expect_all_or_nothing([rank = any_rank(), entry = entry_of(2000)](Tree& it) {
      return it.replace(rank, std::array{std::string_view(entry)});
    });
    shortage.expect_all_or_nothing(
        [from = any_rank() / 2](Tree& it) { return it.erase(from, from + 100); });
    shortage.unpin();
  }
  EXPECT_GE(shortage.refusals(), 100U);
}

}  // namespace
}  // namespace larder::store::collection

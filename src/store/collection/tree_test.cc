// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "store/collection/tree_audit.h"
#include "store/test_seed.h"
#include "store/test_store.h"

namespace larder::store::collection {
namespace {

constexpr std::size_t kMiB = 1024 * limits::KiB;

#ifdef LARDER_SANITIZED
constexpr std::size_t kOperations = 30'000;
#else
constexpr std::size_t kOperations = 1'000'000;
#endif

struct TestPool {
  explicit TestPool(std::size_t limit = 1024 * kMiB)
      : ledger({.memory_bytes = limit}), arena(ledger), pool(arena) {}
  ~TestPool() {
    while (pool.reclaim(1000)) {
    }
    EXPECT_EQ(pool.block_bytes(), 0U);
    EXPECT_EQ(arena.leased_bytes(), 0U);
  }

  Ledger ledger;
  Arena arena;
  BlockPool pool;
};

bool insert(Tree& tree, std::size_t rank, std::string_view entry) {
  const std::array parts = {entry.substr(0, entry.size() / 3), entry.substr(entry.size() / 3)};
  return tree.insert(rank, parts);
}

std::vector<std::string> contents(const Snapshot& snapshot) {
  std::vector<std::string> entries;
  for (Snapshot::Walk walk(snapshot); !walk.is_done(); walk.step()) {
    entries.emplace_back(walk.entry());
  }
  return entries;
}

// A tree with what it should be.
class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}

  void run(std::size_t operations, std::size_t most_entries) {
    most_ = most_entries;
    for (std::size_t i = 0; i < operations && !testing::Test::HasFailure(); ++i) {
      step();
      if (i % 5000 == 0) audit();
    }
    audit();
    while (!pinned_.empty()) unpin(pinned_.size() - 1);
  }

 private:
  struct Pinned {
    Snapshot snapshot;
    std::vector<std::string> entries;
  };

  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  std::string some() {
    const std::size_t dice = below(1000);
    std::size_t size = below(40);
    if (dice < 100) size = below(300);
    if (dice < 10) size = below(5000);
    if (dice == 0) size = below(Tree::kMostEntryBytes + 1);
    std::string text(size, static_cast<char>('a' + below(26)));
    for (std::size_t i = 0; i < std::min<std::size_t>(size, 8); ++i) text[i] = static_cast<char>(random_());
    return text;
  }
  void step() {
    if (below(2000) == 0) growing_ = !growing_;
    const std::size_t dice = below(100);
    if (dice < (growing_ ? 55U : 15U) && model_.size() < most_) return insert_one();
    if (dice < 65) return replace_one();
    if (dice < 90) return erase_some(below(4));
    if (dice < 92) return erase_some(below(growing_ ? 20 : model_.size() + 1));
    if (dice < 98) return pin_some();
    if (!pinned_.empty()) unpin(below(pinned_.size()));
  }
  void insert_one() {
    const std::size_t rank = below(model_.size() + 1);
    const std::string entry = some();
    ASSERT_TRUE(insert(tree_, rank, entry));
    model_.insert(at(rank), entry);
    expect_at(rank);
  }
  void replace_one() {
    if (model_.empty()) return;
    const std::size_t rank = below(model_.size());
    std::string entry = some();
    if (below(4) == 0) {  // with bytes of its own
      const std::string_view own = tree_.entry(tree_.at(rank));
      const std::array parts = {own.substr(0, own.size() / 2), std::string_view("x"), own};
      if (own.size() * 2 > 300) return;
      entry = std::string(parts[0]) + "x" + std::string(own);
      ASSERT_TRUE(tree_.replace(rank, parts));
    } else {
      ASSERT_TRUE(tree_.replace(rank, std::array{std::string_view(entry)}));
    }
    model_[rank] = entry;
    expect_at(rank);
  }
  void erase_some(std::size_t most) {
    const std::size_t from = below(model_.size() + 1);
    const std::size_t to = from + below(std::min(most + 1, model_.size() - from + 1));
    ASSERT_TRUE(tree_.erase(from, to));
    model_.erase(at(from), at(to));
    expect_at(from);
  }
  void pin_some() {
    if (model_.empty() || pinned_.size() > 20) return;
    Pinned pinned;
    for (std::size_t i = 0; i < 3; ++i) pin_range(pinned);
    pinned_.push_back(std::move(pinned));
  }
  void pin_range(Pinned& pinned) {
    const std::size_t from = below(model_.size());
    const std::size_t to = from + below(std::min<std::size_t>(model_.size() - from + 1, 200));
    const auto how = below(3);
    if (how == 0) {
      tree_.pin(tree_.at(from), pinned.snapshot);
      return pinned.entries.push_back(model_[from]);
    }
    how == 1 ? tree_.pin(from, to, pinned.snapshot)
             : tree_.pin_backwards(from, to, pinned.snapshot);
    std::vector<std::string> entries(at(from), at(to));
    if (how == 2) std::ranges::reverse(entries);
    pinned.entries.insert(pinned.entries.end(), entries.begin(), entries.end());
  }
  std::vector<std::string>::iterator at(std::size_t rank) {
    return model_.begin() + static_cast<std::ptrdiff_t>(rank);
  }
  void unpin(std::size_t at) {
    EXPECT_EQ(contents(pinned_[at].snapshot), pinned_[at].entries);
    pinned_.erase(pinned_.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void expect_at(std::size_t rank) {
    const Tree::Place place = tree_.at(rank);
    ASSERT_EQ(place.rank, rank);
    ASSERT_EQ(place.leaf == nullptr, rank == model_.size());
    if (rank == model_.size()) return;
    ASSERT_EQ(tree_.entry(place), model_[rank]);
  }
  void audit() {
    const TreeAudit audit(tree_);
    ASSERT_TRUE(std::ranges::equal(audit.entries, model_));
    EXPECT_GE(audit.least_children, 10U);
  }

  std::mt19937_64 random_;
  TestPool test_;
  Tree tree_{test_.pool};
  std::vector<std::string> model_;
  std::vector<Pinned> pinned_;
  std::size_t most_ = 0;
  bool growing_ = true;
};

TEST(Tree, IsASequence) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  History(seed).run(kOperations, 20'000);
}

std::size_t overhead(const Tree& tree, std::size_t payload) {
  return tree.bytes() - tree.size() * payload;
}

TEST(TreeMemory, X) {
  for (int how = 0; how < 3; ++how) {
    TestPool test;
    Tree tree(test.pool);
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < 50'000; ++i) {
      const std::size_t rank = how == 0 ? random() % (i + 1) : how == 1 ? i : 0;
      ASSERT_TRUE(insert(tree, rank, std::string(26, 'x')));
    }
    std::printf("%d: %f per entry; leased %f; height %zu leaves %zu\n", how, double(overhead(tree, 24)) / 50'000,
                double(test.arena.leased_bytes()) / 50'000 - 24, TreeAudit(tree).height(), TreeAudit(tree).leaves.size());
  }
}

}  // namespace
}  // namespace larder::store::collection

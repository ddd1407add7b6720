// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "store/collection/snapshot.h"
#include "store/collection/test_pool.h"
#include "store/collection/tree.h"
#include "store/collection/tree_audit.h"
#include "store/test_seed.h"
#include "store/test_store.h"

// Trees against a plain vector of strings.
namespace larder::store::collection {
namespace {

#ifdef LARDER_SANITIZED
constexpr std::size_t kPart = 5;
#else
constexpr std::size_t kPart = 1;
#endif

class History {
 public:
  struct Plan {
    std::size_t operations = 0;
    std::size_t most_entries = 0;
    bool in_order = false;  // the entries are sorted, and looked for
    bool short_of_memory = false;
  };

  History(const Plan& plan, std::uint64_t seed) : plan_(plan), random_(seed) {}

  void run() {
    for (std::size_t i = 0; i < plan_.operations && !testing::Test::HasFailure(); ++i) {
      if (plan_.short_of_memory && i % 100 == 0) squeeze();
      step();
      if (i % 5000 == 0) audit();
    }
    audit();
    EXPECT_EQ(refusals_ != 0, plan_.short_of_memory);
    while (!pinned_.empty()) unpin(pinned_.size() - 1);
    expect_all_accounted();
  }

 private:
  struct Pinned {
    Snapshot snapshot;
    std::vector<std::string> entries;
  };

  std::size_t below(std::size_t count) { return count == 0 ? 0 : random_() % count; }
  std::vector<std::string>::iterator at(std::size_t rank) {
    return model_.begin() + static_cast<std::ptrdiff_t>(rank);
  }
  // Mostly short ones; some that need a leaf for themselves.
  std::string any_entry() {
    const std::size_t dice = below(1000);
    std::size_t size = below(40);
    if (dice < 100) size = below(300);
    if (dice < 10) size = below(5000);
    if (dice == 0) size = below(Tree::kMostEntryBytes + 1);
    std::string text(size, static_cast<char>('a' + below(26)));
    for (std::size_t i = 0; i < std::min<std::size_t>(size, 8); ++i) {
      text[i] = static_cast<char>(random_());
    }
    return text;
  }

  // Times in which it grows, and in which it shrinks.
  void step() {
    if (below(2000) == 0) growing_ = !growing_;
    const std::size_t dice = below(100);
    if (dice < (growing_ ? 55U : 15U)) return insert_one();
    if (dice < 65) return plan_.in_order ? find_one() : replace_one();
    if (dice < 90) return erase_some(below(4));
    if (dice < 92) return erase_some(below(growing_ ? 20 : model_.size() + 1));
    if (dice < 98) return pin_some();
    if (!pinned_.empty()) unpin(below(pinned_.size()));
  }
  void insert_one() {
    if (model_.size() == plan_.most_entries) return;
    const std::string entry = any_entry();
    const std::size_t rank = plan_.in_order ? find(entry) : below(model_.size() + 1);
    const std::string_view view = entry;
    const std::array parts = {view.substr(0, view.size() / 3), view.substr(view.size() / 3)};
    if (is_done(tree_.insert(rank, parts))) model_.insert(at(rank), entry);
    expect_at(rank);
  }
  void replace_one() {
    if (model_.empty()) return;
    const std::size_t rank = below(model_.size());
    std::string entry = any_entry();
    if (below(4) == 0 && model_[rank].size() < 100) {  // of its own bytes
      const std::string_view own = tree_.entry(tree_.at(rank));
      entry = model_[rank].substr(model_[rank].size() / 2) + "x" + model_[rank];
      const std::array parts = {own.substr(own.size() / 2), std::string_view("x"), own};
      if (is_done(tree_.replace(rank, parts))) model_[rank] = entry;
    } else if (is_done(tree_.replace(rank, std::array{std::string_view(entry)}))) {
      model_[rank] = entry;
    }
    expect_at(rank);
  }
  void erase_some(std::size_t most) {
    const std::size_t from = below(model_.size() + 1);
    const std::size_t to = from + below(std::min(most + 1, model_.size() - from + 1));
    if (is_done(tree_.erase(from, to))) model_.erase(at(from), at(to));
    expect_at(from);
  }

  // Of entries in order: where one is or would be.
  std::size_t find(const std::string& entry) {
    const Tree::Place place = tree_.find([&](std::string_view other) { return other < entry; });
    const auto there = std::ranges::lower_bound(model_, entry);
    EXPECT_EQ(place.rank, static_cast<std::size_t>(there - model_.begin()));
    EXPECT_EQ(place.leaf == nullptr, there == model_.end());
    if (place.leaf != nullptr && place.rank < model_.size()) {
      EXPECT_EQ(tree_.entry(place), *there);
    }
    return place.rank;
  }
  void find_one() {
    const bool is_there = !model_.empty() && below(2) == 0;
    find(is_there ? model_[below(model_.size())] : any_entry());
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
    const std::size_t how = below(3);
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
  void unpin(std::size_t at) {
    EXPECT_EQ(entries_of(pinned_[at].snapshot), pinned_[at].entries);
    pinned_.erase(pinned_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  // At times no page is to be had, at others some are.
  void squeeze() { below(3) == 0 ? test_.set_scarce(false) : test_.allow_pages(below(2)); }
  // Not: nothing has changed.
  bool is_done(bool answer) {
    if (answer) return true;
    ++refusals_;
    EXPECT_EQ(tree_.size(), model_.size());
    if (below(20) == 0) audit();
    return false;
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
    if (plan_.short_of_memory) return;
    EXPECT_GE(audit.least_children, Inner::kMost / 4);
    Tree::Place place = tree_.at(0);
    for (const std::string& entry : model_) {
      ASSERT_EQ(tree_.entry(place), entry);
      tree_.step_forwards(place);
    }
    ASSERT_EQ(place.leaf, nullptr);
    for (std::size_t rank = model_.size(); rank-- != 0;) {
      tree_.step_backwards(place);
      ASSERT_EQ(tree_.entry(place), model_[rank]);
    }
  }
  void expect_all_accounted() {
    test_.reclaim_all();
    EXPECT_EQ(test_.blocks().block_bytes(), tree_.bytes());
  }

  Plan plan_;
  std::mt19937_64 random_;
  TestPool test_{1024 * limits::MiB};
  Tree tree_{test_.blocks()};
  std::vector<std::string> model_;
  std::vector<Pinned> pinned_;
  std::size_t refusals_ = 0;
  bool growing_ = true;
};

void run(const History::Plan& plan) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  History(plan, seed).run();
}

TEST(TreeModel, IsASequence) { run({.operations = 1'000'000 / kPart, .most_entries = 20'000}); }

TEST(TreeModel, IsASequenceOfFew) { run({.operations = 1'000'000 / kPart, .most_entries = 200}); }

TEST(TreeModel, IsASequenceInOrder) {
  run({.operations = 1'000'000 / kPart, .most_entries = 20'000, .in_order = true});
}

TEST(TreeModel, IsASequenceThatMayBeShortOfMemory) {
  run({.operations = 1'000'000 / kPart, .most_entries = 20'000, .short_of_memory = true});
}

}  // namespace
}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string_view>
#include <vector>

#include "store/collection/tree.h"

namespace larder::store::collection {

// For tests: walks over all nodes of a tree and holds them against what is known of them.
class TreeAudit {
 public:
  explicit TreeAudit(const Tree& tree) : tree_(tree) {
    if (tree.root_ != nullptr) walk(*tree.root_);
    EXPECT_EQ(tree.size(), entries.size());
    EXPECT_EQ(tree.bytes(), bytes_);
  }

  std::size_t height() const { return tree_.root_ == nullptr ? 0 : tree_.root_->level + 1; }

  std::vector<std::string_view> entries;
  std::vector<const Leaf*> leaves;
  std::size_t inners = 0;
  std::size_t least_children = Inner::kMost;  // of inner nodes but the root
  std::size_t small_pairs = 0;                // of neighbours that could be one leaf

 private:
  void walk(const Node& node) {
    bytes_ += node.bytes();
    ASSERT_NE(node.count, 0U);
    ASSERT_EQ(node.bytes(), tree_.pool_->bytes_at(&node));
    node.is_leaf() ? walk_leaf(as_leaf(node)) : walk_inner(as_inner(node));
  }
  void walk_leaf(const Leaf& leaf) {
    ASSERT_LE(leaf.needs(), leaf.bytes());
    ASSERT_TRUE(leaf.count == 1 || leaf.needs() <= Leaf::kMostBytes);
    ASSERT_EQ(leaf.first(), leaf.entry(0));
    leaves.push_back(&leaf);
    for (std::size_t i = 0; i < leaf.count; ++i) entries.push_back(leaf.entry(i));
  }
  void walk_inner(const Inner& inner) {
    ++inners;
    ASSERT_LE(inner.count, inner.room());
    ASSERT_LE(inner.count, Inner::kMost);
    if (&inner != tree_.root_) least_children = std::min<std::size_t>(least_children, inner.count);
    const Leaf* last = nullptr;
    for (const Child& child : inner.children()) {
      const std::size_t bytes = bytes_;
      const std::size_t before = entries.size();
      ASSERT_EQ(child.node->level + 1, inner.level);
      walk(*child.node);
      ASSERT_EQ(child.entries, entries.size() - before);
      ASSERT_EQ(child.units * Node::kUnit, bytes_ - bytes);
      if (!child.node->is_leaf()) continue;
      const Leaf& leaf = as_leaf(*child.node);
      if (last != nullptr && last->needs() + leaf.needs() < Leaf::kMostBytes / 2) ++small_pairs;
      last = &leaf;
    }
  }

  const Tree& tree_;
  std::size_t bytes_ = 0;
};

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "store/collection/block_pool.h"
#include "store/collection/node.h"
#include "store/collection/snapshot.h"

namespace larder::store::collection {

class LeafEdit;
class NodeReserve;
struct TreePath;

// A sequence of entries, each some bytes, in packed blocks: a B+tree that counts.
//
//   inner   [ child, entries and bytes below it ][ child, entries and bytes below it ] …
//             │
//   leaf    [ head │ entry │ entry │ …  free  … │ ends ]          32 B to 2 KiB, or one entry
//
// All that collections need comes from it: the n-th entry, the rank of one, and, where the owner
// keeps them in an order, the place of a key, each in O(log n). Blocks have the size that their
// contents need, to an eighth, so that little of one is unused.
//
// A leaf that a Snapshot pins does not change: who writes to it writes to a copy. Not synchronised;
// snapshots are read and dropped without the owner's lock.
class Tree {
 public:
  static constexpr std::size_t kMostEntryBytes = Leaf::kMostEntryBytes;

  // An entry of the tree, or (at rank size()) its end. Good until the tree changes.
  struct Place {
    std::size_t rank = 0;
    Leaf* leaf = nullptr;  // null: the end
    std::uint32_t index = 0;
  };

  explicit Tree(BlockPool& pool) : pool_(&pool) {}
  ~Tree() { clear(); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  std::size_t size() const;  // entries
  bool empty() const { return size() == 0; }
  std::size_t bytes() const { return bytes_; }  // what its blocks are accounted for

  Place at(std::size_t rank) const;  // size() at most
  // The first entry for which before(entry) is false; it must be true for all up to one and false
  // for all behind.
  template <class Before>
  Place find(Before before) const;
  std::string_view entry(const Place& place) const { return place.leaf->entry(place.index); }
  // To the neighbour: forwards up to the end, backwards down to rank 0.
  void step_forwards(Place& place) const;
  void step_backwards(Place& place) const;

  // An entry that is these bytes, joined, before the one that is at `rank` now. They may be those
  // of entries. False: no memory, and nothing has changed.
  [[nodiscard]] bool insert(std::size_t rank, std::span<const std::string_view> parts);
  // Other bytes for one entry. The same.
  [[nodiscard]] bool replace(std::size_t rank, std::span<const std::string_view> parts);
  // The entries of ranks from..to, `to` not included. The same. O(log n): whole leaves go to the
  // pool's buried.
  [[nodiscard]] bool erase(std::size_t from, std::size_t to);
  // Takes the memory that it needs for those (one at least), which it can then not fail for,
  // whatever else is erased before; until somebody pins them. The same.
  [[nodiscard]] bool prepare_erase(std::size_t from, std::size_t to);
  void clear();  // the blocks are buried

  // Adds to a snapshot: one entry, or those of ranks from..to (`to` not included) up- or downwards.
  void pin(const Place& place, Snapshot& into) const;
  void pin(std::size_t from, std::size_t to, Snapshot& into) const;
  void pin_backwards(std::size_t from, std::size_t to, Snapshot& into) const;

 private:
  friend class TreeAudit;

  static Leaf& first_leaf(Node& node) {
    Node* at = &node;
    while (!at->is_leaf()) at = as_inner(*at).begin()->node;
    return as_leaf(*at);
  }
  template <class Before>
  static std::size_t find_child(const Inner& inner, Before& before);
  template <class Before>
  static std::size_t find_entry(const Leaf& leaf, Before& before);

  TreePath path_to(std::size_t rank) const;
  Child known_root() const;
  Child known_at(const TreePath& path, std::size_t level) const;
  bool put_first(const LeafEdit& edit);
  bool change(TreePath& path, const LeafEdit& edit);
  static bool reserve_above(const TreePath& path, std::size_t more, NodeReserve& reserve);
  void put(const TreePath& path, std::span<Child> instead, NodeReserve& reserve);
  void set_root(std::span<const Child> tops, NodeReserve& reserve);
  bool own(std::size_t rank, std::size_t from, std::size_t to);
  Child cut(const Child& child, std::size_t from, std::size_t to);
  Child cut_inner(const Child& child, std::size_t from, std::size_t to);
  void lower_root();

  void mend_path(const TreePath& path);
  bool mend(Inner& inner, std::size_t at);
  bool join(Inner& inner, std::size_t at);
  bool join_leaves(Inner& inner, std::size_t at);
  bool join_inners(Inner& inner, std::size_t at);
  Leaf* tightened(Leaf* leaf);
  Inner* tightened(Inner* inner);

  BlockPool* pool_;
  Node* root_ = nullptr;
  std::size_t bytes_ = 0;
};
static_assert(sizeof(Tree) <= 24, "an empty collection is to be small");

// The last child whose first entry is before. Each look costs a line of a leaf: the two that may be
// next are fetched meanwhile.
template <class Before>
std::size_t Tree::find_child(const Inner& inner, Before& before) {
  const Child* children = inner.begin();
  std::size_t from = 1;
  std::size_t count = inner.count - std::size_t{1};
  while (count != 0) {
    const std::size_t half = count / 2;
    const std::size_t rest = count - half - 1;
    __builtin_prefetch(children[from + half / 2].node);
    __builtin_prefetch(children[from + half + (rest + 1) / 2].node);
    const bool is_before = before(first_leaf(*children[from + half].node).first());
    from = is_before ? from + half + 1 : from;
    count = is_before ? rest : half;
  }
  return from - 1;
}

template <class Before>
std::size_t Tree::find_entry(const Leaf& leaf, Before& before) {
  std::size_t from = 0;
  std::size_t count = leaf.count;
  while (count != 0) {
    const std::size_t half = count / 2;
    const bool is_before = before(leaf.entry(from + half));
    from = is_before ? from + half + 1 : from;
    count = is_before ? count - half - 1 : half;
  }
  return from;
}

template <class Before>
Tree::Place Tree::find(Before before) const {
  Place place;
  if (root_ == nullptr) return place;
  Node* node = root_;
  Node* next = nullptr;  // what comes behind `node`
  while (!node->is_leaf()) {
    Inner& inner = as_inner(*node);
    const std::size_t at = find_child(inner, before);
    for (const Child& child : inner.children().first(at)) place.rank += child.entries;
    if (at + 1 != inner.count) next = inner.begin()[at + 1].node;
    node = inner.begin()[at].node;
  }
  const std::size_t index = find_entry(as_leaf(*node), before);
  place.rank += index;
  if (index != node->count) {
    place.leaf = &as_leaf(*node);
    place.index = static_cast<std::uint32_t>(index);
  } else if (next != nullptr) {
    place.leaf = &first_leaf(*next);
  }
  return place;
}

}  // namespace larder::store::collection

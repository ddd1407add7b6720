// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// Of Tree: what erases ranges, and keeps the nodes that are left filled.
#include <algorithm>
#include <array>

#include "store/collection/node_reserve.h"
#include "store/collection/tree.h"
#include "store/collection/tree_path.h"

namespace larder::store::collection {
namespace {

// What has less is joined with a neighbour, and what the two have joined leaves room for more.
constexpr std::size_t kSmallLeafBytes = Leaf::kMostBytes / 4;
constexpr std::size_t kJoinedLeafBytes = Leaf::kMostBytes / 4 * 3;
constexpr std::size_t kSmallInner = Inner::kMost / 4;
constexpr std::size_t kJoinedInner = Inner::kMost / 4 * 3;

bool is_small(const Node& node) {
  return node.is_leaf() ? as_leaf(node).needs() < kSmallLeafBytes : node.count < kSmallInner;
}

}  // namespace

// The same in a smaller block, if much of this one is unused. Not pinned by anybody.
Leaf* Tree::tightened(Leaf* leaf) {
  Leaf* tight = take_smaller_node<Leaf>(*pool_, leaf->bytes(), leaf->needs());
  if (tight == nullptr) return leaf;
  tight->append(*leaf, 0, leaf->count);
  Leaf::drop(leaf, *pool_);
  return tight;
}

// ---- ranges

void Tree::clear() {
  if (root_ != nullptr) pool_->bury(root_);
  root_ = nullptr;
  bytes_ = 0;
}

// The leaves that lose a part of their entries are the tree's own first: from then on nothing needs
// memory, and what would be better with some goes without.
bool Tree::erase(std::size_t from, std::size_t to) {
  if (from == to) return true;
  if (from == 0 && to == size()) {
    clear();
    return true;
  }
  if (!prepare_erase(from, to)) return false;
  const Child known = cut(known_root(), from, to);
  root_ = known.node;
  bytes_ = known.units * Node::kUnit;
  lower_root();
  return true;
}

bool Tree::prepare_erase(std::size_t from, std::size_t to) {
  return own(from, from, to) && own(to - 1, from, to);
}

// Makes the leaf at `rank` one that nobody pins, unless from..to are all of its entries.
bool Tree::own(std::size_t rank, std::size_t from, std::size_t to) {
  const TreePath path = path_to(rank);
  const std::size_t first = rank - path.index;
  Leaf& leaf = *path.leaf;
  if (!leaf.is_shared() || (from <= first && first + leaf.count <= to)) return true;
  NodeReserve reserve(*pool_);
  if (!reserve.add(leaf.needs())) return false;
  auto& copy = reserve.use<Leaf>();
  copy.append(leaf, 0, leaf.count);
  std::array<Child, 1> instead = {known_of(copy)};
  put(path, instead, reserve);
  Leaf::drop(&leaf, *pool_);
  return true;
}

// Not all that is below: some entries stay.
Child Tree::cut(const Child& child, std::size_t from, std::size_t to) {
  if (!child.node->is_leaf()) return cut_inner(child, from, to);
  Leaf* leaf = &as_leaf(*child.node);
  leaf->erase(from, to);
  return known_of(*tightened(leaf));
}

//   children    [ … ][ a: loses its end ][ gone ][ gone ][ b: loses its begin ][ … ]
//   afterwards  [ … ][ a                ][ b                                  ][ … ]
//                                        seam: both may be small now
Child Tree::cut_inner(const Child& child, std::size_t from, std::size_t to) {
  Inner& inner = as_inner(*child.node);
  Child* children = inner.begin();
  std::size_t at = 0;
  for (; from >= children[at].entries; ++at) {
    from -= children[at].entries;
    to -= children[at].entries;
  }
  if (from != 0 || to < children[at].entries) {
    const std::size_t entries = children[at].entries;
    children[at] = cut(children[at], from, std::min(to, entries));
    to -= std::min(to, entries);
    ++at;
  }
  const std::size_t seam = at;
  for (; at != inner.count && to >= children[at].entries; ++at) {
    to -= children[at].entries;
    pool_->bury(children[at].node);
  }
  if (to != 0) children[at] = cut(children[at], 0, to);
  inner.splice(seam, at - seam, {});
  mend(inner, seam);
  if (seam != 0) mend(inner, seam - 1);
  return known_of(*tightened(&inner));
}

Inner* Tree::tightened(Inner* inner) {
  Inner* tight = take_smaller_node<Inner>(*pool_, inner->bytes(), Inner::bytes_for(inner->count));
  if (tight == nullptr) return inner;
  tight->fill(inner->children());
  pool_->give_back(inner);
  return tight;
}

void Tree::lower_root() {
  while (!root_->is_leaf() && root_->count == 1) {
    Inner& inner = as_inner(*root_);
    root_ = inner.begin()->node;
    bytes_ -= inner.bytes();
    pool_->give_back(&inner);
  }
}

// ---- small nodes

// The leaf of the path has become smaller, and is known as such.
void Tree::mend_path(const TreePath& path) {
  bool joined = false;
  for (std::size_t level = path.height; level-- != 0;) {
    joined |= mend(*path.steps[level].inner, path.steps[level].at);
    if (!joined) return;
    const Child known = known_of(*path.steps[level].inner);
    if (level == 0) {
      bytes_ = known.units * Node::kUnit;
    } else {
      path.steps[level - 1].inner->begin()[path.steps[level - 1].at] = known;
    }
  }
  lower_root();
}

// Joins a child that is small with its neighbours, as far as they fit together and there is memory.
// True: it did.
bool Tree::mend(Inner& inner, std::size_t at) {
  bool joined = false;
  while (at < inner.count && is_small(*inner.begin()[at].node)) {
    if (at + 1 != inner.count && join(inner, at)) {
      joined = true;
    } else if (at != 0 && join(inner, at - 1)) {
      joined = true;
      --at;
    } else {
      break;
    }
  }
  return joined;
}

// Child `at` and the next one.
bool Tree::join(Inner& inner, std::size_t at) {
  Child* child = inner.begin() + at;
  return child->node->is_leaf() ? join_leaves(inner, at) : join_inners(inner, at);
}

bool Tree::join_leaves(Inner& inner, std::size_t at) {
  const Child* child = inner.begin() + at;
  std::array<Leaf*, 2> old = {&as_leaf(*child[0].node), &as_leaf(*child[1].node)};
  const std::size_t needs = Leaf::bytes_for(old[0]->count + std::size_t{old[1]->count},
                                            old[0]->used + std::size_t{old[1]->used});
  if (needs > kJoinedLeafBytes) return false;
  Leaf* joined = make_node<Leaf>(*pool_, pool_->take(needs));
  if (joined == nullptr) return false;
  for (Leaf* leaf : old) {
    joined->append(*leaf, 0, leaf->count);
    Leaf::drop(leaf, *pool_);
  }
  inner.splice(at, 2, std::array{known_of(*joined)});
  return true;
}

// Into one node, or evenly into two. Where they met, children may be small that had no neighbour.
bool Tree::join_inners(Inner& inner, std::size_t at) {
  std::array<Inner*, 2> old = {&as_inner(*inner.begin()[at].node),
                               &as_inner(*inner.begin()[at + 1].node)};
  std::array<Child, 2 * Inner::kMost> all;
  const std::size_t seam = old[0]->count;
  const std::size_t count = seam + old[1]->count;
  std::ranges::copy(old[0]->children(), all.begin());
  std::ranges::copy(old[1]->children(), all.begin() + seam);
  const std::size_t parts = count <= kJoinedInner ? 1 : 2;
  const std::size_t first = count / parts;
  NodeReserve reserve(*pool_);
  if (!reserve.add_inner(first) || (parts == 2 && !reserve.add_inner(count - first))) return false;
  std::array<Child, 2> instead;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t from = i * first;
    const std::size_t to = i == 0 ? first : count;
    Inner& part = reserve.use_inner(std::span(all).subspan(from, to - from));
    if (from <= seam && seam < to) mend(part, seam - from);
    if (from < seam && seam <= to) mend(part, seam - 1 - from);
    instead[i] = known_of(part);
  }
  for (Inner* each : old) pool_->give_back(each);
  inner.splice(at, 2, std::span(instead).first(parts));
  return true;
}

}  // namespace larder::store::collection

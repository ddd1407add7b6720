// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/tree.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "store/collection/leaf_edit.h"
#include "store/collection/node_reserve.h"
#include "store/collection/tree_path.h"

namespace larder::store::collection {

// ---- places

std::size_t Tree::size() const {
  if (root_ == nullptr) return 0;
  return root_->is_leaf() ? root_->count : known_of(as_inner(*root_)).entries;
}

Tree::Place Tree::at(std::size_t rank) const {
  Node* node = root_;
  std::size_t index = rank;
  while (node != nullptr && !node->is_leaf()) {
    const std::span<const Child> children = as_inner(*node).children();
    node = nullptr;
    for (const Child& child : children) {
      node = child.node;
      if (index < child.entries) break;
      index -= child.entries;
      node = nullptr;
    }
  }
  if (node == nullptr || index >= node->count) return {.rank = rank};
  return {rank, &as_leaf(*node), static_cast<std::uint32_t>(index)};
}

void Tree::step_forwards(Place& place) const {
  ++place.rank;
  if (++place.index == place.leaf->count) place = at(place.rank);
}

void Tree::step_backwards(Place& place) const {
  --place.rank;
  if (place.leaf == nullptr || place.index-- == 0) place = at(place.rank);
}

void Tree::pin(const Place& place, Snapshot& into) const {
  into.add(*pool_, {place.leaf, static_cast<std::uint16_t>(place.index), 1, false});
}

void Tree::pin(std::size_t from, std::size_t to, Snapshot& into) const {
  while (from < to) {
    const Place place = at(from);
    const std::size_t count = std::min<std::size_t>(to - from, place.leaf->count - place.index);
    into.add(*pool_, {place.leaf, static_cast<std::uint16_t>(place.index),
                      static_cast<std::uint16_t>(count), false});
    from += count;
  }
}

void Tree::pin_backwards(std::size_t from, std::size_t to, Snapshot& into) const {
  while (from < to) {
    const Place place = at(to - 1);
    const std::size_t count = std::min<std::size_t>(to - from, place.index + std::size_t{1});
    into.add(*pool_, {place.leaf, static_cast<std::uint16_t>(place.index),
                      static_cast<std::uint16_t>(count), true});
    to -= count;
  }
}

TreePath Tree::path_to(std::size_t rank) const {
  TreePath path;
  Node* node = root_;
  while (!node->is_leaf()) {
    Inner& inner = as_inner(*node);
    std::size_t at = 0;
    while (rank >= inner.begin()[at].entries) rank -= inner.begin()[at++].entries;
    LARDER_CHECK(at < inner.count && path.height < kMostTreeHeight);
    path.steps[path.height++] = {&inner, at};
    node = inner.begin()[at].node;
  }
  path.leaf = &as_leaf(*node);
  path.index = rank;
  return path;
}

// ---- one entry

bool Tree::insert(std::size_t rank, std::span<const std::string_view> parts) {
  if (root_ == nullptr) return put_first(LeafEdit(Leaf(), 0, 0, parts));
  TreePath path = path_to(rank == 0 ? 0 : rank - 1);  // behind its neighbour
  const std::size_t index = rank == 0 ? 0 : path.index + 1;
  return change(path, LeafEdit(*path.leaf, index, index, parts));
}

bool Tree::replace(std::size_t rank, std::span<const std::string_view> parts) {
  TreePath path = path_to(rank);
  return change(path, LeafEdit(*path.leaf, path.index, path.index + 1, parts));
}

bool Tree::put_first(const LeafEdit& edit) {
  Leaf* leaf = make_node<Leaf>(*pool_, pool_->take(edit.needs(edit.whole())));
  if (leaf == nullptr) return false;
  edit.build(*leaf, edit.whole());
  root_ = leaf;
  bytes_ = leaf->bytes();
  return true;
}

bool Tree::change(TreePath& path, const LeafEdit& edit) {
  NodeReserve reserve(*pool_);
  Leaf* leaf = path.leaf;
  std::array<Child, 3> instead;
  const bool shortens = edit.shortens();
  if (edit.has_room() && !leaf->is_shared() && !edit.reads_itself()) {
    edit.write_to(*leaf);
    if (shortens) leaf = tightened(leaf);
    instead[0] = known_of(*leaf);
    put(path, std::span(instead).first(1), reserve);
  } else {
    const LeafEdit::Pieces pieces = edit.pieces(path.is_first(), path.is_last());
    for (const LeafEdit::Piece& piece : pieces.all()) {
      if (!edit.is_old(piece) && !reserve.add(edit.needs(piece))) return false;
    }
    if (!reserve_above(path, pieces.count - 1, reserve)) return false;
    bool stays = false;
    for (std::size_t i = 0; i < pieces.count; ++i) {
      const bool is_old = edit.is_old(pieces.piece[i]);
      stays = stays || is_old;
      Leaf& part = is_old ? *leaf : reserve.use<Leaf>();
      if (!is_old) edit.build(part, pieces.piece[i]);
      instead[i] = known_of(part);
    }
    put(path, std::span(instead).first(pieces.count), reserve);
    if (!stays) Leaf::drop(leaf, *pool_);
    if (pieces.count != 1) return true;
  }
  if (shortens) mend_path(path);
  return true;
}

// What put will use above the leaves, when one of them becomes `more` more.
bool Tree::reserve_above(const TreePath& path, std::size_t more, NodeReserve& reserve) {
  for (std::size_t level = path.height; level-- != 0 && more != 0;) {
    const Inner& inner = *path.steps[level].inner;
    const std::size_t count = inner.count + more;
    if (count <= inner.room()) return true;
    if (count <= Inner::kMost) return reserve.add_inner(count);
    if (!reserve.add_inner(count / 2) || !reserve.add_inner(count - count / 2)) return false;
    more = 1;
  }
  return more == 0 || reserve.add_inner(more + 1);
}

// Without the number of entries, which nobody needs.
Child Tree::known_root() const {
  return {root_, 0, static_cast<std::uint32_t>(bytes_ / Node::kUnit)};
}

// What is known of the node at that level of the path, before the change that is under way.
Child Tree::known_at(const TreePath& path, std::size_t level) const {
  if (level == 0) return known_root();
  const TreePath::Step& above = path.steps[level - 1];
  return above.inner->begin()[above.at];
}

// Others instead of the leaf of the path; what is above changes as that demands.
void Tree::put(const TreePath& path, std::span<Child> instead, NodeReserve& reserve) {
  std::array<Child, 3> parts;
  std::ranges::copy(instead, parts.begin());
  std::size_t count = instead.size();
  for (std::size_t level = path.height; level-- != 0;) {
    const auto [inner, at] = path.steps[level];
    Child known = known_at(path, level);
    known.entries -= inner->begin()[at].entries;
    known.units -= inner->begin()[at].units;
    for (const Child& part : std::span(parts).first(count)) {
      known.entries += part.entries;
      known.units += part.units;
    }
    const std::size_t children = inner->count - 1 + count;
    if (children <= inner->room()) {
      inner->splice(at, 1, std::span(parts).first(count));
      parts[0] = known;
      count = 1;
      continue;
    }
    std::array<Child, Inner::kMost + 2> all;
    std::ranges::copy(inner->children().first(at), all.begin());
    std::ranges::copy(std::span(parts).first(count), all.begin() + at);
    std::ranges::copy(inner->children().subspan(at + 1), all.begin() + at + count);
    count = children <= Inner::kMost ? 1 : 2;
    const std::size_t first = children / count;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from = i * first;
      const std::size_t to = i + 1 == count ? children : first;
      parts[i] = known_of(reserve.use_inner(std::span(all).subspan(from, to - from)));
    }
    pool_->give_back(inner);
  }
  set_root(std::span(parts).first(count), reserve);
}

void Tree::set_root(std::span<const Child> tops, NodeReserve& reserve) {
  Child top = tops.front();
  if (tops.size() != 1) top = known_of(reserve.use_inner(tops));
  root_ = top.node;
  bytes_ = top.units * Node::kUnit;
}

}  // namespace larder::store::collection

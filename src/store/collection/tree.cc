// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/tree.h"

#include <algorithm>
#include <array>
#include <functional>
#include <new>
#include <numeric>

#include "base/check.h"

namespace larder::store::collection {
namespace {

constexpr std::size_t kMostHeight = 12;  // inner nodes on the way to a leaf: 4 for a million

// What has less is joined with a neighbour, and what the two have joined leaves room for more.
constexpr std::size_t kSmallLeafBytes = Leaf::kMostBytes / 4;
constexpr std::size_t kJoinedLeafBytes = Leaf::kMostBytes / 4 * 3;
constexpr std::size_t kSmallInner = Inner::kMost / 4;
constexpr std::size_t kJoinedInner = Inner::kMost / 4 * 3;

bool is_small(const Node& node) {
  return node.is_leaf() ? as_leaf(node).needs() < kSmallLeafBytes : node.count < kSmallInner;
}

// So much of a block is unused that another one is worth a copy.
bool is_loose(std::size_t bytes, std::size_t needs) {
  return BlockPool::bytes_of(needs) <= bytes - bytes / 5;
}

std::size_t total_bytes(std::span<const std::string_view> parts) {
  std::size_t bytes = 0;
  for (const std::string_view part : parts) bytes += part.size();
  return bytes;
}

Child known_of_leaf(Leaf& leaf) { return {&leaf, leaf.count, leaf.units}; }

Child known_of_inner(Inner& inner) {
  Child known{&inner, 0, inner.units};
  for (const Child& child : inner.children()) {
    known.entries += child.entries;
    known.units += child.units;
  }
  return known;
}

template <class Kind>
Kind* make(void* block, std::size_t bytes) {
  if (block == nullptr) return nullptr;
  auto* node = new (block) Kind;
  node->units = static_cast<std::uint16_t>(BlockPool::bytes_of(bytes) / Node::kUnit);
  return node;
}

Leaf* take_leaf(BlockPool& pool, std::size_t bytes) { return make<Leaf>(pool.take(bytes), bytes); }

Inner* take_inner(BlockPool& pool, std::size_t children) {
  const std::size_t bytes = Inner::bytes_for(children);
  return make<Inner>(pool.take(bytes), bytes);
}

void fill(Inner& inner, std::span<const Child> children) {
  std::ranges::copy(children, inner.begin());
  inner.count = static_cast<std::uint16_t>(children.size());
  inner.level = static_cast<std::uint16_t>(children.front().node->level + 1);
}

// Children at..at+gone become others; there must be room.
void splice(Inner& inner, std::size_t at, std::size_t gone, std::span<const Child> instead) {
  Child* from = inner.begin() + at;
  std::memmove(static_cast<void*>(from + instead.size()), from + gone,
               (inner.count - at - gone) * sizeof(Child));
  std::ranges::copy(instead, from);
  inner.count = static_cast<std::uint16_t>(inner.count - gone + instead.size());
}

}  // namespace

// Blocks that are taken before anything changes, in the order in which they are used. What was not
// used is given back.
class Tree::Reserve {
 public:
  explicit Reserve(BlockPool& pool) : pool_(pool) {}
  ~Reserve() {
    while (used_ != count_) pool_.give_back(blocks_[used_++].block);
  }
  Reserve(const Reserve&) = delete;
  Reserve& operator=(const Reserve&) = delete;

  // False: no memory.
  bool add(std::size_t bytes) {
    void* block = pool_.take(bytes);
    if (block == nullptr) return false;
    blocks_[count_++] = {block, bytes};
    return true;
  }
  bool add_inner(std::size_t children) { return add(Inner::bytes_for(children)); }

  template <class Kind>
  Kind& use() {
    LARDER_CHECK(used_ != count_);
    const Block& block = blocks_[used_++];
    return *make<Kind>(block.block, block.bytes);
  }
  Inner& use_inner(std::span<const Child> children) {
    Inner& inner = use<Inner>();
    fill(inner, children);
    return inner;
  }

 private:
  struct Block {
    void* block;
    std::size_t bytes;
  };
  static constexpr std::size_t kMost = 3 + 2 * kMostHeight + 1;  // leaves, split inner nodes, a root

  BlockPool& pool_;
  std::array<Block, kMost> blocks_;
  std::size_t count_ = 0;
  std::size_t used_ = 0;
};

// A leaf as it is to be: its entries but for from..to, and one of new bytes instead of those.
//
//   leaf   [ 0 │ … │ from │ … │ to │ … ]
//   edit   [ 0 │ … │ new      │ …      ]        cut into pieces when that is too long for a leaf
class Tree::Edit {
 public:
  struct Piece {
    std::size_t from = 0;
    std::size_t to = 0;
  };
  struct Pieces {
    std::array<Piece, 3> piece;
    std::size_t count = 0;

    void add(std::size_t from, std::size_t to) {
      if (from != to) piece[count++] = {from, to};
    }
    std::span<const Piece> all() const { return {piece.data(), count}; }
  };

  Edit(const Leaf& leaf, std::size_t from, std::size_t to, std::span<const std::string_view> parts)
      : leaf_(leaf), from_(from), to_(to), parts_(parts), bytes_(total_bytes(parts)) {
    LARDER_CHECK(bytes_ <= kMostEntryBytes);
  }

  std::size_t entries() const { return leaf_.count + from_ - to_ + 1; }
  Piece whole() const { return {0, entries()}; }
  std::size_t needs(const Piece& piece) const {
    return Leaf::bytes_for(piece.to - piece.from, begin(piece.to) - begin(piece.from));
  }
  bool fits_a_leaf(const Piece& piece) const {
    return piece.to - piece.from <= 1 || needs(piece) <= Leaf::kMostBytes;
  }
  bool has_room() const { return fits_a_leaf(whole()) && needs(whole()) <= leaf_.bytes(); }
  // It replaces an entry by a shorter one.
  bool shortens() const { return begin(entries()) < leaf_.used; }

  // Do the new bytes lie in the leaf itself?
  bool reads(const Leaf& leaf) const {
    const auto* block = reinterpret_cast<const char*>(&leaf);
    return std::ranges::any_of(parts_, [&](std::string_view part) {
      return !std::less<>()(part.data(), block) &&
             std::less<>()(part.data(), block + leaf.bytes());
    });
  }
  void write_to(Leaf& leaf) const {
    from_ == to_ ? leaf.insert(from_, parts_, bytes_) : leaf.replace(from_, parts_, bytes_);
  }

  // Is it the leaf as it is?
  bool is_old(const Piece& piece) const {
    const bool is_before = piece.from == 0 && piece.to == from_;
    const bool is_behind = piece.from == from_ + 1 && piece.to == entries();
    return from_ == to_ && piece.to - piece.from == leaf_.count && (is_before || is_behind);
  }
  void build(Leaf& leaf, const Piece& piece) const {
    if (piece.from < from_) leaf.append(leaf_, piece.from, std::min(piece.to, from_));
    if (piece.from <= from_ && from_ < piece.to) leaf.insert(leaf.count, parts_, bytes_);
    const std::size_t behind = std::max(piece.from, from_ + 1);
    if (behind < piece.to) leaf.append(leaf_, old_index(behind), old_index(piece.to));
  }

  // A leaf at an end of the tree that grows there stays full: more of the same will come.
  Pieces pieces(bool is_first, bool is_last) const {
    Pieces pieces;
    const std::size_t count = entries();
    const std::size_t middle = fits_a_leaf(whole())          ? count
                               : is_last && is_old({0, from_}) ? from_
                               : is_first && is_old({1, count}) ? 1
                                                              : half();
    if (fits_a_leaf({0, middle}) && fits_a_leaf({middle, count})) {
      pieces.add(0, middle);
      pieces.add(middle, count);
    } else {
      pieces.add(0, from_);
      pieces.add(from_, from_ + 1);
      pieces.add(from_ + 1, count);
    }
    return pieces;
  }

 private:
  std::size_t old_index(std::size_t index) const { return index + to_ - from_ - 1; }
  std::size_t begin(std::size_t index) const {
    if (index <= from_) return leaf_.begin(index);
    return leaf_.begin(old_index(index)) - (leaf_.begin(to_) - leaf_.begin(from_)) + bytes_;
  }
  // Where the two parts come closest to each other in size.
  std::size_t half() const {
    const std::size_t count = entries();
    const std::size_t bytes = needs(whole());
    std::size_t at = 1;
    while (at + 1 < count && needs({0, at}) * 2 < bytes) ++at;
    return at;
  }

  const Leaf& leaf_;
  std::size_t from_;
  std::size_t to_;
  std::span<const std::string_view> parts_;
  std::size_t bytes_;
};

// The way from the root to an entry.
struct Tree::Path {
  struct Step {
    Inner* inner;
    std::size_t at;  // of its children
  };
  std::array<Step, kMostHeight> steps;
  std::size_t height = 0;
  Leaf* leaf = nullptr;
  std::size_t index = 0;

  bool is_first() const {
    return std::all_of(steps.begin(), steps.begin() + height,
                       [](const Step& step) { return step.at == 0; });
  }
  bool is_last() const {
    return std::all_of(steps.begin(), steps.begin() + height,
                       [](const Step& step) { return step.at + 1 == step.inner->count; });
  }
};

// ---- places

std::size_t Tree::size() const {
  if (root_ == nullptr) return 0;
  return root_->is_leaf() ? root_->count : known_of_inner(as_inner(*root_)).entries;
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

Tree::Path Tree::path_to(std::size_t rank) const {
  Path path;
  Node* node = root_;
  while (!node->is_leaf()) {
    Inner& inner = as_inner(*node);
    std::size_t at = 0;
    while (rank >= inner.begin()[at].entries) rank -= inner.begin()[at++].entries;
    LARDER_CHECK(at < inner.count && path.height < kMostHeight);
    path.steps[path.height++] = {&inner, at};
    node = inner.begin()[at].node;
  }
  path.leaf = &as_leaf(*node);
  path.index = rank;
  return path;
}

// ---- one entry

bool Tree::insert(std::size_t rank, std::span<const std::string_view> parts) {
  if (root_ == nullptr) return put_first(Edit(Leaf(), 0, 0, parts));
  Path path = path_to(rank == 0 ? 0 : rank - 1);  // behind its neighbour
  const std::size_t index = rank == 0 ? 0 : path.index + 1;
  return change(path, Edit(*path.leaf, index, index, parts));
}

bool Tree::replace(std::size_t rank, std::span<const std::string_view> parts) {
  Path path = path_to(rank);
  return change(path, Edit(*path.leaf, path.index, path.index + 1, parts));
}

bool Tree::put_first(const Edit& edit) {
  Leaf* leaf = take_leaf(*pool_, edit.needs(edit.whole()));
  if (leaf == nullptr) return false;
  edit.build(*leaf, edit.whole());
  root_ = leaf;
  bytes_ = leaf->bytes();
  return true;
}

bool Tree::change(Path& path, const Edit& edit) {
  Reserve reserve(*pool_);
  Leaf* leaf = path.leaf;
  std::array<Child, 3> instead;
  const bool shortens = edit.shortens();
  if (edit.has_room() && !leaf->is_shared() && !edit.reads(*leaf)) {
    edit.write_to(*leaf);
    if (shortens) leaf = tightened(leaf);
    instead[0] = known_of_leaf(*leaf);
    put(path, std::span(instead).first(1), reserve);
  } else {
    const Edit::Pieces pieces = edit.pieces(path.is_first(), path.is_last());
    for (const Edit::Piece& piece : pieces.all()) {
      if (!edit.is_old(piece) && !reserve.add(edit.needs(piece))) return false;
    }
    if (!reserve_above(path, pieces.count - 1, reserve)) return false;
    bool stays = false;
    for (std::size_t i = 0; i < pieces.count; ++i) {
      const bool is_old = edit.is_old(pieces.piece[i]);
      stays = stays || is_old;
      Leaf& part = is_old ? *leaf : reserve.use<Leaf>();
      if (!is_old) edit.build(part, pieces.piece[i]);
      instead[i] = known_of_leaf(part);
    }
    put(path, std::span(instead).first(pieces.count), reserve);
    if (!stays) Leaf::drop(leaf, *pool_);
    if (pieces.count != 1) return true;
  }
  if (shortens) mend_path(path);
  return true;
}

// What put will use above the leaves, when one of them becomes `more` more.
bool Tree::reserve_above(const Path& path, std::size_t more, Reserve& reserve) {
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
Child Tree::known_of(const Path& path, std::size_t level) const {
  if (level == 0) return known_root();
  const Path::Step& above = path.steps[level - 1];
  return above.inner->begin()[above.at];
}

// Others instead of the leaf of the path; what is above changes as that demands.
void Tree::put(const Path& path, std::span<Child> instead, Reserve& reserve) {
  std::array<Child, 3> parts;
  std::ranges::copy(instead, parts.begin());
  std::size_t count = instead.size();
  for (std::size_t level = path.height; level-- != 0;) {
    const auto [inner, at] = path.steps[level];
    Child known = known_of(path, level);
    known.entries -= inner->begin()[at].entries;
    known.units -= inner->begin()[at].units;
    for (const Child& part : std::span(parts).first(count)) {
      known.entries += part.entries;
      known.units += part.units;
    }
    const std::size_t children = inner->count - 1 + count;
    if (children <= inner->room()) {
      splice(*inner, at, 1, std::span(parts).first(count));
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
      parts[i] = known_of_inner(reserve.use_inner(std::span(all).subspan(from, to - from)));
    }
    pool_->give_back(inner);
  }
  set_root(std::span(parts).first(count), reserve);
}

void Tree::set_root(std::span<const Child> tops, Reserve& reserve) {
  Child top = tops.front();
  if (tops.size() != 1) top = known_of_inner(reserve.use_inner(tops));
  root_ = top.node;
  bytes_ = top.units * Node::kUnit;
}

// The same in a smaller block, if much of this one is unused. Not pinned by anybody.
Leaf* Tree::tightened(Leaf* leaf) {
  if (!is_loose(leaf->bytes(), leaf->needs())) return leaf;
  Leaf* tight = take_leaf(*pool_, leaf->needs());
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
  const Path path = path_to(rank);
  const std::size_t first = rank - path.index;
  Leaf& leaf = *path.leaf;
  if (!leaf.is_shared() || (from <= first && first + leaf.count <= to)) return true;
  Reserve reserve(*pool_);
  if (!reserve.add(leaf.needs())) return false;
  auto& copy = reserve.use<Leaf>();
  copy.append(leaf, 0, leaf.count);
  std::array<Child, 1> instead = {known_of_leaf(copy)};
  put(path, instead, reserve);
  Leaf::drop(&leaf, *pool_);
  return true;
}

// Not all that is below: some entries stay.
Child Tree::cut(const Child& child, std::size_t from, std::size_t to) {
  if (!child.node->is_leaf()) return cut_inner(child, from, to);
  Leaf* leaf = &as_leaf(*child.node);
  leaf->erase(from, to);
  return known_of_leaf(*tightened(leaf));
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
  splice(inner, seam, at - seam, {});
  mend(inner, seam);
  if (seam != 0) mend(inner, seam - 1);
  return known_of_inner(*tightened(&inner));
}

Inner* Tree::tightened(Inner* inner) {
  if (!is_loose(inner->bytes(), Inner::bytes_for(inner->count))) return inner;
  Inner* tight = take_inner(*pool_, inner->count);
  if (tight == nullptr) return inner;
  fill(*tight, inner->children());
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
void Tree::mend_path(const Path& path) {
  bool joined = false;
  for (std::size_t level = path.height; level-- != 0;) {
    joined |= mend(*path.steps[level].inner, path.steps[level].at);
    if (!joined) return;
    const Child known = known_of_inner(*path.steps[level].inner);
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
  const std::size_t needs =
      Leaf::bytes_for(old[0]->count + std::size_t{old[1]->count}, old[0]->used + std::size_t{old[1]->used});
  if (needs > kJoinedLeafBytes) return false;
  Leaf* joined = take_leaf(*pool_, needs);
  if (joined == nullptr) return false;
  for (Leaf* leaf : old) {
    joined->append(*leaf, 0, leaf->count);
    Leaf::drop(leaf, *pool_);
  }
  splice(inner, at, 2, std::array{known_of_leaf(*joined)});
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
  Reserve reserve(*pool_);
  if (!reserve.add_inner(first) || (parts == 2 && !reserve.add_inner(count - first))) return false;
  std::array<Child, 2> instead;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::size_t from = i * first;
    const std::size_t to = i == 0 ? first : count;
    Inner& part = reserve.use_inner(std::span(all).subspan(from, to - from));
    if (from <= seam && seam < to) mend(part, seam - from);
    if (from < seam && seam <= to) mend(part, seam - 1 - from);
    instead[i] = known_of_inner(part);
  }
  for (Inner* each : old) pool_->give_back(each);
  splice(inner, at, 2, std::span(instead).first(parts));
  return true;
}

}  // namespace larder::store::collection

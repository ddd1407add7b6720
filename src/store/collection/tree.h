// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "store/collection/block_pool.h"
#include "store/collection/snapshot.h"

namespace larder::store::collection {

// A sequence of entries, each some bytes, in packed blocks: a B+tree that counts.
//
//   inner   [ child, entries below it ][ child, entries below it ] …
//             │
//   leaf    [ head │ entry │ entry │ …  free  … │ offsets ]          256 B to 4 KiB, or one entry
//
// All that collections need comes from it: the n-th entry, the rank of one, and, where the owner
// keeps them in an order, the place of a key, each in O(log n). Leaves have the size that their
// entries need, to an eighth, so that little of a block is unused.
//
// A leaf that a Snapshot pins does not change: who writes to it writes to a copy. Not synchronised;
// snapshots are read and dropped without the owner's lock.
class Tree {
 public:
  static constexpr std::size_t kMostEntryBytes = 48 * limits::KiB;

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

  std::size_t size() const;                      // entries
  bool empty() const { return size() == 0; }
  std::size_t bytes() const { return bytes_; }   // what its blocks are accounted for

  Place at(std::size_t rank) const;              // size() at most
  // The first entry for which before(entry) is false; it must be true for all up to one and false
  // for all behind.
  template <class Before>
  Place find(Before before) const;
  std::string_view entry(const Place& place) const;  // not the end
  // To the neighbour: forwards up to the end, backwards down to rank 0.
  void step_forwards(Place& place) const;
  void step_backwards(Place& place) const;

  // An entry that is these bytes, joined, before the one that is at `rank` now. False: no memory,
  // and nothing has changed.
  [[nodiscard]] bool insert(std::size_t rank, std::span<const std::string_view> parts);
  // Other bytes for one entry. The same.
  [[nodiscard]] bool replace(std::size_t rank, std::span<const std::string_view> parts);
  // The entries of ranks from..to, `to` not included. The same. O(log n): whole leaves go to the
  // pool's buried.
  [[nodiscard]] bool erase(std::size_t from, std::size_t to);
  void clear();  // the blocks are buried

  // Adds to a snapshot: one entry, or those of ranks from..to (`to` not included) up- or downwards.
  void pin(const Place& place, Snapshot& into) const;
  void pin(std::size_t from, std::size_t to, Snapshot& into) const;
  void pin_backwards(std::size_t from, std::size_t to, Snapshot& into) const;

 private:
  BlockPool* pool_;
  void* root_ = nullptr;
  std::size_t bytes_ = 0;
};
static_assert(sizeof(Tree) <= 24, "an empty collection is to be small");

}  // namespace larder::store::collection

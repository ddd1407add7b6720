// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "store/collection/tree.h"

namespace larder::store::collection {

// Ranks of a tree that are read or erased together, in one direction. Neighbours are one run.
//
//   upwards    2 3 4 9  ─► [2..5][9..10]
//   downwards  9 4 3 2  ─► [9..10][2..5]
class Selection {
 public:
  enum class Direction : std::uint8_t { kUpwards, kDownwards };

  explicit Selection(Direction direction = Direction::kUpwards) : direction_(direction) {}

  // Behind those that are in it already, in its direction.
  void add(std::size_t rank) { add(rank, rank + 1); }
  void add(std::size_t from, std::size_t to);  // `to` not included; may be nothing

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void pin(const Tree& tree, Snapshot& into) const;
  // False: no memory, and nothing has changed.
  [[nodiscard]] bool erase_from(Tree& tree) const;

 private:
  struct Run {
    std::size_t from = 0;
    std::size_t to = 0;  // not included
  };

  Direction direction_;
  std::size_t size_ = 0;
  std::vector<Run> runs_;
};

}  // namespace larder::store::collection

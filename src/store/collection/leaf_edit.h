// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "store/collection/node.h"

namespace larder::store::collection {

// A leaf as it is to be: its entries but for from..to, none or one, and one of new bytes there.
//
//   leaf   [ 0 │ … │ from │ … ]
//   edit   [ 0 │ … │ new  │ … ]        cut into pieces when that is too long for a leaf
class LeafEdit {
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

  LeafEdit(const Leaf& leaf, std::size_t from, std::size_t to,
           std::span<const std::string_view> parts);

  std::size_t entries() const { return leaf_.count + from_ - to_ + 1; }
  Piece whole() const { return {0, entries()}; }
  std::size_t needs(const Piece& piece) const {
    return Leaf::bytes_for(piece.to - piece.from, begin(piece.to) - begin(piece.from));
  }
  // It replaces an entry by a shorter one.
  bool shortens() const { return begin(entries()) < leaf_.used; }

  // ---- in the leaf itself
  bool has_room() const { return fits_a_leaf(whole()) && needs(whole()) <= leaf_.bytes(); }
  bool reads_itself() const;  // some of the new bytes lie in the leaf
  void write_to(Leaf& leaf) const;

  // ---- in others
  // A leaf at an end of the tree that grows there stays full: more of the same will come.
  Pieces pieces(bool is_first, bool is_last) const;
  bool is_old(const Piece& piece) const;  // it is the leaf as it is
  void build(Leaf& leaf, const Piece& piece) const;

 private:
  bool fits_a_leaf(const Piece& piece) const {
    return piece.to - piece.from <= 1 || needs(piece) <= Leaf::kMostBytes;
  }
  std::size_t old_index(std::size_t index) const { return index + to_ - from_ - 1; }
  std::size_t begin(std::size_t index) const;
  std::size_t half() const;

  const Leaf& leaf_;
  std::size_t from_;
  std::size_t to_;
  std::span<const std::string_view> parts_;
  std::size_t bytes_ = 0;  // of the new entry
};

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/leaf_edit.h"

#include <algorithm>
#include <functional>

#include "base/check.h"

namespace larder::store::collection {

LeafEdit::LeafEdit(const Leaf& leaf, std::size_t from, std::size_t to,
                   std::span<const std::string_view> parts)
    : leaf_(leaf), from_(from), to_(to), parts_(parts) {
  for (const std::string_view part : parts) bytes_ += part.size();
  LARDER_CHECK(bytes_ <= Leaf::kMostEntryBytes);
}

std::size_t LeafEdit::begin(std::size_t index) const {
  if (index <= from_) return leaf_.begin(index);
  return leaf_.begin(old_index(index)) - (leaf_.begin(to_) - leaf_.begin(from_)) + bytes_;
}

bool LeafEdit::reads_itself() const {
  const auto* block = reinterpret_cast<const char*>(&leaf_);
  return std::ranges::any_of(parts_, [&](std::string_view part) {
    return !std::less<>()(part.data(), block) && std::less<>()(part.data(), block + leaf_.bytes());
  });
}

void LeafEdit::write_to(Leaf& leaf) const {
  from_ == to_ ? leaf.insert(from_, parts_, bytes_) : leaf.replace(from_, parts_, bytes_);
}

LeafEdit::Pieces LeafEdit::pieces(bool is_first, bool is_last) const {
  Pieces pieces;
  const std::size_t count = entries();
  std::size_t middle = half();
  if (is_last && is_old({0, from_})) middle = from_;
  if (is_first && is_old({1, count})) middle = 1;
  if (fits_a_leaf(whole())) {
    pieces.add(0, count);
  } else if (fits_a_leaf({0, middle}) && fits_a_leaf({middle, count})) {
    pieces.add(0, middle);
    pieces.add(middle, count);
  } else {
    pieces.add(0, from_);
    pieces.add(from_, from_ + 1);
    pieces.add(from_ + 1, count);
  }
  return pieces;
}

// Where the two parts come closest to each other in size.
std::size_t LeafEdit::half() const {
  const std::size_t count = entries();
  const std::size_t bytes = needs(whole());
  std::size_t at = 1;
  while (at + 1 < count && needs({0, at}) * 2 < bytes) ++at;
  return at;
}

bool LeafEdit::is_old(const Piece& piece) const {
  const bool is_before = piece.from == 0 && piece.to == from_;
  const bool is_behind = piece.from == from_ + 1 && piece.to == entries();
  return from_ == to_ && piece.to - piece.from == leaf_.count && (is_before || is_behind);
}

void LeafEdit::build(Leaf& leaf, const Piece& piece) const {
  if (piece.from < from_) leaf.append(leaf_, piece.from, std::min(piece.to, from_));
  if (piece.from <= from_ && from_ < piece.to) leaf.insert(leaf.count, parts_, bytes_);
  const std::size_t behind = std::max(piece.from, from_ + 1);
  if (behind < piece.to) leaf.append(leaf_, old_index(behind), old_index(piece.to));
}

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/trim.h"

#include "base/check.h"

namespace larder::store::collection {

bool insert_and_trim(Tree& tree, std::size_t rank, std::span<const std::string_view> parts,
                     const Trim& trim, Snapshot* lost) {
  if (!tree.insert(rank, parts)) return false;
  const std::size_t behind = trim.from >= rank ? 1 : 0;
  const std::size_t from = trim.from + behind;
  const std::size_t to = trim.to + behind;
  if (lost != nullptr) tree.pin(from, to, *lost);
  if (tree.erase(from, to)) return true;
  if (lost != nullptr) *lost = Snapshot();
  // Nobody else pins the leaf that was written to just now.
  LARDER_CHECK(tree.erase(rank, rank + 1));
  return false;
}

}  // namespace larder::store::collection

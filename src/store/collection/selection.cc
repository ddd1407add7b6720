// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/selection.h"

#include <algorithm>

#include "base/check.h"

namespace larder::store::collection {

void Selection::add(std::size_t from, std::size_t to) {
  if (from == to) return;
  size_ += to - from;
  if (!runs_.empty() && runs_.back().to == from) {
    runs_.back().to = to;
  } else if (!runs_.empty() && runs_.back().from == to) {
    runs_.back().from = from;
  } else {
    runs_.push_back({.from = from, .to = to});
  }
}

void Selection::pin(const Tree& tree, Snapshot& into) const {
  for (const Run& run : runs_) {
    if (direction_ == Direction::kUpwards) {
      tree.pin(run.from, run.to, into);
    } else {
      tree.pin_backwards(run.from, run.to, into);
    }
  }
}

bool Selection::erase_from(Tree& tree) const {
  for (const Run& run : runs_) {
    if (!tree.prepare_erase(run.from, run.to)) return false;
  }
  const auto erase = [&](const Run& run) { LARDER_CHECK(tree.erase(run.from, run.to)); };
  if (direction_ == Direction::kUpwards) {  // the last first: the ranks of others stay
    std::for_each(runs_.rbegin(), runs_.rend(), erase);
  } else {
    std::for_each(runs_.begin(), runs_.end(), erase);
  }
  return true;
}

}  // namespace larder::store::collection

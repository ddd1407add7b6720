// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "store/collection/terms.h"
#include "store/collection/tree.h"

namespace larder::store::collection {

// Values by position. Indexes count from the head, from 0, or, negative, from the tail, from -1.
// Everything is O(log n). An entry is the value. Not synchronised.
class List {
 public:
  List(BlockPool& pool, const Attributes& attributes) : attributes_(attributes), tree_(pool) {}

  // So that the value has that index then. kDone, kOverflowed, kOutOfRange, kNoMemory. A full list
  // trims: at 0 and -1 its other end, in between what its overflow action says.
  Verdict insert(std::int64_t index, std::string_view value);
  // From..to, backwards when `from` is behind `to`; what is beyond the ends is left out.
  // kDone, kElementMissing, kUnreadable, kNoMemory.
  Got get(std::int64_t from, std::int64_t to, Removal removal);
  // The same without reading: never kUnreadable.
  Verdict erase(std::int64_t from, std::int64_t to);

  Attributes& attributes() { return attributes_; }
  const Tree& tree() const { return tree_; }

 private:
  Attributes attributes_;
  Tree tree_;
};

}  // namespace larder::store::collection

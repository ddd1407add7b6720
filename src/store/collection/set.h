// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "store/collection/terms.h"
#include "store/collection/tree.h"

namespace larder::store::collection {

// Distinct values. Entries are ordered by a hash of the value, then by the value. Not synchronised.
//
//   entry   [ hash 4 ][ value ]
class Set {
 public:
  Set(BlockPool& pool, const Attributes& attributes) : attributes_(attributes), tree_(pool) {}

  static std::string_view value_of(std::string_view entry);

  // kDone, kElementExists, kOverflowed (also of a value that is there, when it is full), kNoMemory.
  Verdict insert(std::string_view value);
  Verdict erase(std::string_view value);      // kDone, kElementMissing, kNoMemory
  Verdict has(std::string_view value) const;  // kDone, kElementMissing, kUnreadable
  // `count` values by lot, each as likely as every other; 0, or more than there are: all.
  // kDone, kElementMissing (it is empty), kUnreadable, kNoMemory. `lot`: a random number.
  Got get(std::size_t count, Removal removal, std::uint64_t lot);

  Attributes& attributes() { return attributes_; }
  const Tree& tree() const { return tree_; }

 private:
  Attributes attributes_;
  Tree tree_;
};

}  // namespace larder::store::collection

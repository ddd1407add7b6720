// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "store/collection/terms.h"
#include "store/collection/tree.h"

namespace larder::store::collection {

// Values by field, 1 to 250 bytes. Entries are ordered by a hash of the field, then by the field.
// Not synchronised.
//
//   entry   [ hash 4 ][ field size 1 ][ field ][ value ]
class Map {
 public:
  struct Element {
    std::string_view field;
    std::string_view value;
  };

  Map(BlockPool& pool, const Attributes& attributes) : attributes_(attributes), tree_(pool) {}

  static Element element_of(std::string_view entry);

  // kDone, kElementExists (also when it is full), kOverflowed, kNoMemory.
  Verdict insert(const Element& element);
  Verdict upsert(const Element& element);  // kDone, kReplaced, kOverflowed, kNoMemory
  Verdict update(const Element& element);  // kDone, kElementMissing, kNoMemory
  // Those that are there, in the order of `fields` (one that is named twice, twice, unless it is
  // removed); no fields: all. kDone, kElementMissing (none is there), kUnreadable, kNoMemory.
  Got get(std::span<const std::string_view> fields, Removal removal);
  Verdict erase(std::span<const std::string_view> fields);  // kDone, kElementMissing, kNoMemory

  Attributes& attributes() { return attributes_; }
  const Tree& tree() const { return tree_; }

 private:
  enum class Mode : std::uint8_t { kInsert, kUpsert, kUpdate };

  Verdict put(const Element& element, Mode mode);
  void pin(std::span<const std::string_view> fields, Snapshot& into) const;
  Verdict take(std::span<const std::string_view> fields, Snapshot* taken);

  Attributes attributes_;
  Tree tree_;
};

}  // namespace larder::store::collection

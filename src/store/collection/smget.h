// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "store/collection/btree.h"

namespace larder::store::collection {

// Sort-merge get: the elements of many b+trees as if they were in one, in the order of the range.
//
//   key ─► BTree::scan ─► [10 30 50 …] ─┐
//   key ─► BTree::scan ─► [20 40 …]    ─┼─► merged by bkey, then by key; offset, most
//   key ─► missing                     ─┘
//
// Each tree is scanned at one instant of its own; the merge needs no lock.
enum class SmgetMode : std::uint8_t {
  kOld,        // the first interface: what is unknown fails the whole
  kDuplicate,  // equal bkeys of several keys are all wanted,
  kUnique,     //   or only the first of them
};

struct SmgetQuery {
  BkeyRange range;
  const EflagFilter* filter = nullptr;
  std::size_t offset = 0;
  std::size_t most = 0;  // one at least
  SmgetMode mode = SmgetMode::kDuplicate;
};

// What became of one key, in the order of the request. `key` must outlive it.
struct SmgetPart {
  enum class State : std::uint8_t {
    kScanned,
    kEmpty,  // a tree without elements: neither used nor missing
    kMissing,
    kUnreadable,
    kOutOfRange,  // the range begins where its elements were trimmed: not used
  };
  std::string_view key;
  State state = State::kMissing;
  std::uint32_t flags = 0;
  BTree::Scan scan = {};
};

struct SmgetElement {
  const SmgetPart* part = nullptr;
  std::string_view entry;  // BTree::element_of
};

struct SmgetTrimmed {
  const SmgetPart* part = nullptr;
  Bkey last;  // before the trim
};

struct Smget {
  enum class Answer : std::uint8_t { kDone, kOutOfRange, kSameKey };  // only the first has the rest
  Answer answer = Answer::kDone;
  std::vector<SmgetElement> elements = {};
  std::vector<const SmgetPart*> missed = {};
  std::vector<SmgetTrimmed> trimmed = {};  // of the old mode nobody but is_trimmed
  bool has_duplicates = false;             // among `elements`
  bool is_trimmed = false;                 // of the old mode: fewer than asked, for some are lost
};

// `parts`, whose snapshots hold offset + most elements where there are so many, must outlive what
// is answered.
Smget merge(std::span<const SmgetPart> parts, const SmgetQuery& query);

}  // namespace larder::store::collection

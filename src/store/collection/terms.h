// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "store/collection/snapshot.h"

// What is said of collections of every type, and what operations on them answer. Not protocol
// words, but Arcus' meanings.
namespace larder::store::collection {

enum class Type : std::uint8_t { kList, kSet, kMap, kBTree };
constexpr std::size_t kTypes = 4;

// What an insert into a full collection does.
enum class Overflow : std::uint8_t {
  kError,               // it is refused
  kHeadTrim,            // a list loses its first element,
  kTailTrim,            //   or its last
  kSmallestTrim,        // a b+tree loses its smallest and remembers that it did,
  kLargestTrim,         //   or its largest
  kSmallestSilentTrim,  // the same, without remembering
  kLargestSilentTrim,
};

Overflow default_overflow(Type type);  // tail trim, smallest trim, error
bool suits(Overflow overflow, Type type);

// What a client decides of a collection.
struct Attributes {
  std::uint32_t most = 0;   // elements
  bool most_grows = false;  // with the greatest number that operators allow
  Overflow overflow = Overflow::kError;
  bool readable = true;

  // `wanted` as clients send it: 0 is the default of 4000, negative the greatest, now and later,
  // and more than that is that.
  void set_most(std::int64_t wanted, std::uint32_t greatest);
  void fit_most(std::uint32_t greatest) {
    if (most_grows) most = greatest;
  }
};

enum class Verdict : std::uint8_t {
  kDone,
  kReplaced,  // an upsert found the element
  kElementExists,
  kElementMissing,  // no element is wanted that is there
  kOverflowed,
  kOutOfRange,
  kBkeyMismatch,  // a bkey of the other kind
  kEflagMismatch,
  kNotNumeric,
  kNothingToUpdate,
  kUnreadable,
  kBadValue,  // of an attribute
  kNoMemory,  // nothing has changed; make room and ask again
};

// What a read does to the elements that it gets.
enum class Removal : std::uint8_t {
  kKeep,
  kDelete,
  kDrop,  // and the collection with them, when it is empty then
};

struct Got {
  Verdict verdict = Verdict::kElementMissing;
  Snapshot elements = {};
  bool trimmed = false;  // the range reaches to where elements have been trimmed
};

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/meter.h"

namespace larder::serve::memcache::arcus {

// What Arcus counts beyond memcached's commands, for all keys and by prefix.
enum class Operation : std::uint8_t {
  kLopCreate,
  kLopInsert,
  kLopDelete,
  kLopGet,
  kSopCreate,
  kSopInsert,
  kSopDelete,
  kSopGet,
  kSopExist,
  kMopCreate,
  kMopInsert,
  kMopUpdate,
  kMopDelete,
  kMopGet,
  kBopCreate,
  kBopInsert,
  kBopUpdate,
  kBopDelete,
  kBopGet,
  kBopCount,
  kBopPosition,
  kBopPwg,
  kBopGbp,
  kBopMget,
  kBopSmget,
  kBopIncr,
  kBopDecr,
  kGetattr,
  kSetattr,
  kCount,
};
constexpr std::size_t kOperations = static_cast<std::size_t>(Operation::kCount);

// What one came to. Others, such as a wrong type, are counted only as asked for.
enum class Outcome : std::uint8_t {
  kHit,   // the key, and, where elements are wanted, an element
  kNone,  // the key, and no element
  kMiss,  // no such key, or one that may not be read
  kOther,
};
constexpr std::size_t kOutcomes = 4;

// How an operation's outcomes are told by `stats`.
enum class Counts : std::uint8_t {
  kOks,            // x_oks
  kHits,           // x_misses x_hits
  kElements,       // x_misses x_elem_hits x_none_hits
  kElementsFirst,  // x_elem_hits x_none_hits x_misses
};

struct OperationRow {
  Operation operation;
  std::string_view name;  // lop_insert
  Counts counts;
};
std::span<const OperationRow> operations();

// How often each came to what.
class OperationCounts {
 public:
  std::uint64_t of(Operation operation, Outcome outcome) const {
    return counts_[index(operation, outcome)];
  }
  std::uint64_t asked(Operation operation) const;
  std::uint64_t hits(Operation operation) const {  // the key was there
    return of(operation, Outcome::kHit) + of(operation, Outcome::kNone);
  }
  void add(Operation operation, Outcome outcome, std::uint64_t by) {
    counts_[index(operation, outcome)] += by;
  }

 private:
  static std::size_t index(Operation operation, Outcome outcome) {
    return static_cast<std::size_t>(operation) * kOutcomes + static_cast<std::size_t>(outcome);
  }
  std::array<std::uint64_t, kOperations * kOutcomes> counts_{};
};

}  // namespace larder::serve::memcache::arcus

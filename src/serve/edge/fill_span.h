// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

#include "serve/edge/object.h"

namespace larder::serve::edge {

// What of a URL's body a fill brings, by the numbers of its parts.
//
//   {}                       the whole
//   {.first, .last}          parts of a body of which nothing is known yet
//   {.suffix}                so many bytes of its end
//   {.id, .first, .last}     parts of a stored body
struct FillSpan {
  static constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();

  ObjectId id = 0;
  std::uint64_t first = 0;
  std::uint64_t last = kEnd;
  std::uint64_t suffix = 0;
  bool apart = false;  // wanted sooner than the whole would come to it

  bool is_whole() const { return id == 0 && suffix == 0 && first == 0 && last == kEnd; }
  // What is waited for: the others follow when they are needed.
  FillSpan front() const {
    FillSpan front = *this;
    if (!is_whole() && suffix == 0) front.last = first;
    return front;
  }
  // Whether whoever wants `other` has it of a fill of this.
  bool covers(const FillSpan& other) const {
    if (is_whole()) return other.id == 0 && !other.apart;
    return id == other.id && suffix == other.suffix && first <= other.first && other.last <= last;
  }
};

}  // namespace larder::serve::edge

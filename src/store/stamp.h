// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace larder::store {

// The version number of a mutation, and the cas that clients see.
//
//   63            22 21        10 9       0
//   ├─ 42 bits ms ─┼─ 12 logical ┼─ 10 node ┤      ms since 2020-01-01 (UTC), enough until 2159
//
// Ordered by time; many in one millisecond are told apart by the logical part, which carries
// into the milliseconds when it overflows. It never goes back, whatever the wall clock does.
// Positive as a signed number until 2089, for clients that know no unsigned ones.
using Stamp = std::uint64_t;

constexpr base::UnixMs kStampEpochMs = 1'577'836'800'000;
constexpr unsigned kStampNodeBits = 10;
constexpr unsigned kStampLogicalBits = 12;
constexpr unsigned kStampMsShift = kStampNodeBits + kStampLogicalBits;

constexpr Stamp first_stamp_of(base::UnixMs now) {
  return now <= kStampEpochMs ? 0 : static_cast<Stamp>(now - kStampEpochMs) << kStampMsShift;
}

// Not thread-safe: one per shard, under its lock.
class StampClock {
 public:
  explicit StampClock(std::uint32_t node) : node_(node & ((1U << kStampNodeBits) - 1)) {}

  Stamp next(base::UnixMs now) {
    constexpr Stamp kStep = Stamp{1} << kStampNodeBits;
    const Stamp by_time = first_stamp_of(now);
    const Stamp after_last = (last_ & ~(kStep - 1)) + kStep;
    last_ = (by_time > after_last ? by_time : after_last) | node_;
    return last_;
  }
  Stamp last() const { return last_; }

 private:
  std::uint32_t node_;
  Stamp last_ = 0;
};

}  // namespace larder::store

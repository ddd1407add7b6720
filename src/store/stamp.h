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
// Ordered by time; many in one millisecond are told apart by the logical part. A clock counts to
// 1024 there, which is what a packed stamp holds, and carries into the milliseconds. It never goes
// back, whatever the wall clock does.
// Positive as a signed number until 2089, for clients that know no unsigned ones.
using Stamp = std::uint64_t;

constexpr base::UnixMs kStampEpochMs = 1'577'836'800'000;
constexpr unsigned kStampNodeBits = 10;
constexpr unsigned kStampLogicalBits = 12;
constexpr unsigned kStampMsShift = kStampNodeBits + kStampLogicalBits;
constexpr unsigned kStampPackedLogicalBits = 10;

constexpr Stamp first_stamp_of(base::UnixMs now) {
  return now <= kStampEpochMs ? 0 : static_cast<Stamp>(now - kStampEpochMs) << kStampMsShift;
}

// Not thread-safe: one per shard, under its lock.
class StampClock {
 public:
  explicit StampClock(std::uint32_t node) : node_(node & ((1U << kStampNodeBits) - 1)) {}

  Stamp next(base::UnixMs now) {
    constexpr Stamp kStep = Stamp{1} << kStampNodeBits;
    constexpr Stamp kCarry = kStep << kStampPackedLogicalBits;
    constexpr Stamp kMs = Stamp{1} << kStampMsShift;
    const Stamp by_time = first_stamp_of(now);
    Stamp after_last = (last_ & ~(kStep - 1)) + kStep;
    if ((after_last & kCarry) != 0) after_last = (after_last & ~(kMs - 1)) + kMs;
    last_ = (by_time > after_last ? by_time : after_last) | node_;
    return last_;
  }
  Stamp last() const { return last_; }
  void resume(Stamp last) { last_ = last; }  // after which all that come now are

 private:
  std::uint32_t node_;
  Stamp last_ = 0;
};

}  // namespace larder::store

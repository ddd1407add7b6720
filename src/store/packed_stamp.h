// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "store/operation.h"
#include "store/stamp.h"

namespace larder::store {

// What packed stamps leave out, one for all items of a store: their node, and the time from which
// they count.
struct StampFrame {
  std::uint32_t node = 0;
  UnixMs since = kStampEpochMs;
};

// A stamp in six bytes, for as long as it is of the frame's node, of its first eight years, and one
// of the first thousand of its millisecond.
//
//   47                    10 9        0
//   ├─ 38 bits ms of frame ─┼─ logical ─┤
class PackedStamp {
 public:
  static constexpr std::size_t kBytes = 6;

  static bool holds(Stamp stamp, const StampFrame& frame) {
    const UnixMs ms = time_of(stamp) - frame.since;
    return node_of(stamp) == frame.node && logical_of(stamp) >> kLogicalBits == 0 && ms >= 0 &&
           ms >> kMsBits == 0;
  }
  // Of one that it holds.
  static PackedStamp pack(Stamp stamp, const StampFrame& frame) {
    const auto ms = static_cast<std::uint64_t>(time_of(stamp) - frame.since);
    return PackedStamp(ms << kLogicalBits | logical_of(stamp));
  }

  explicit PackedStamp(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t bits() const { return bits_; }
  UnixMs time(const StampFrame& frame) const {
    return frame.since + static_cast<UnixMs>(bits_ >> kLogicalBits);
  }
  Stamp stamp(const StampFrame& frame) const {
    const auto ms = static_cast<std::uint64_t>(time(frame) - kStampEpochMs);
    return ms << kStampMsShift | low(bits_, kLogicalBits) << kStampNodeBits | frame.node;
  }

  // From which a frame that is made `now` counts. Stamps a little older are packed, too: of peers,
  // and of a clock that goes back.
  static UnixMs frame_since(UnixMs now) { return now - UnixMs{30} * 24 * 3600 * 1000; }

  static UnixMs time_of(Stamp stamp) {
    return kStampEpochMs + static_cast<UnixMs>(stamp >> kStampMsShift);
  }

 private:
  static constexpr unsigned kLogicalBits = kStampPackedLogicalBits;
  static constexpr unsigned kMsBits = 38;
  static_assert(kLogicalBits + kMsBits == 8 * kBytes);

  static constexpr std::uint64_t low(std::uint64_t number, unsigned bits) {
    return number & ((std::uint64_t{1} << bits) - 1);
  }
  static std::uint64_t node_of(Stamp stamp) { return low(stamp, kStampNodeBits); }
  static std::uint64_t logical_of(Stamp stamp) {
    return low(stamp >> kStampNodeBits, kStampLogicalBits);
  }

  std::uint64_t bits_;
};

}  // namespace larder::store

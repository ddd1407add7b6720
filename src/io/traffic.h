// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/meter.h"

namespace larder::io {

// What went through loops since they began.
struct Traffic {
  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  std::uint64_t yields = 0;  // of sessions whose turn had been long

  Traffic& operator+=(const Traffic& other) {
    received_bytes += other.received_bytes;
    sent_bytes += other.sent_bytes;
    yields += other.yields;
    return *this;
  }
};

// The same of one loop, as its thread counts it.
struct TrafficMeters {
  base::Meter received_bytes;
  base::Meter sent_bytes;
  base::Meter yields;

  Traffic read() const {
    return {.received_bytes = received_bytes.count(),
            .sent_bytes = sent_bytes.count(),
            .yields = yields.count()};
  }
};

// How connections came in since the start.
struct Arrivals {
  std::uint64_t connections = 0;  // taken in
  std::uint64_t pauses = 0;       // of accepting, because there were too many
  std::int64_t paused_ms = 0;     // together, the present one included
  bool accepting = true;          // now
};

}  // namespace larder::io

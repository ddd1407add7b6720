// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/meter.h"

namespace larder::serve::memcache {

// What became of datagrams since the start.
struct UdpCounts {
  std::uint64_t requests = 0;   // that a session was given
  std::uint64_t strangers = 0;  // from peers that may not ask: dropped
  std::uint64_t malformed = 0;  // no frame of a whole request: dropped
  std::uint64_t cut_off = 0;    // requests of which not the whole reply was sent
  std::uint64_t room_bytes = 0;
};

// The same of one node, as the one thread counts it that has all its UDP sockets.
struct UdpMeters {
  base::Meter requests;
  base::Meter strangers;
  base::Meter malformed;
  base::Meter cut_off;
  base::Meter room_bytes;

  UdpCounts read() const {
    return {.requests = requests.count(),
            .strangers = strangers.count(),
            .malformed = malformed.count(),
            .cut_off = cut_off.count(),
            .room_bytes = room_bytes.count()};
  }
};

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace larder::serve::memcache {

// What a connection may speak. kAuto: its first byte says.
enum class Protocol : std::uint8_t { kAuto, kAscii, kBinary };

// What the operator decides about sessions, once, at the start. The defaults are memcached's.
struct Settings {
  Protocol protocol = Protocol::kAuto;  // -B; a listener may have its own
  bool use_cas = true;                  // -C: without it every unique number is 0, and none matches
  bool allow_flush = true;              // -F
  bool allow_dumps = true;              // -X
  bool allow_watch = true;              // -W
  bool allow_shutdown = false;          // -A
  bool track_sizes = false;             // -o track_sizes
  char prefix_delimiter = ':';          // -D
};

}  // namespace larder::serve::memcache

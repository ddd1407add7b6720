// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "serve/memcache/dialect.h"

namespace larder::serve::memcache {

// What a connection may speak. kAuto: its first byte says.
enum class Protocol : std::uint8_t { kAuto, kAscii, kBinary };

// What the operator decides about sessions, once, at the start. The defaults are memcached's.
struct Settings {
  Dialect dialect = Dialect::kMemcached;
  Protocol protocol = Protocol::kAuto;  // -B; a listener may have its own
  bool use_cas = true;                  // -C: without it every unique number is 0, and none matches
  bool allow_flush = true;              // -F
  bool allow_dumps = true;              // -X
  bool allow_watch = true;              // -W
  bool allow_shutdown = false;          // -A
  bool track_sizes = false;             // -o track_sizes
  char prefix_delimiter = ':';          // -D
  // ---- of Arcus
  bool allow_detail = true;   // -q
  bool has_scrubber = false;  // -X ascii_scrub.so
};

}  // namespace larder::serve::memcache

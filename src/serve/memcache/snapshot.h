// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cache/cache.h"
#include "io/traffic.h"
#include "io/usage.h"
#include "serve/memcache/activity.h"
#include "serve/memcache/udp_counts.h"
#include "serve/memcache/watchers.h"

namespace larder::serve::memcache {

// All that statistics are told from, read part by part while other threads go on.
struct Snapshot {
  std::uint64_t memory_limit = 0;
  std::int64_t oldest_idle_s = 0;
  cache::Usage cache;
  Deeds deeds;
  UdpCounts udp;
  // Of Arcus' dialect.
  arcus::OperationCounts operated;
  std::uint64_t sticky_limit = 0;
  std::uint64_t prefixes = 0;          // that have items
  std::uint64_t counted_prefixes = 0;  // of `stats detail`
  // Nothing of these where there are no loops: in tests.
  std::uint64_t threads = 0;
  std::uint64_t max_connections = 0;
  std::uint64_t own_descriptors = 0;
  std::uint64_t listeners = 0;
  io::Usage io;
  io::Traffic traffic;
  io::Arrivals arrivals;
  std::uint64_t refused_connections = 0;
  std::uint64_t idle_cuts = 0;
  WatchCounts watch;
  // Nothing of these where everybody may in.
  std::uint64_t logins = 0;
  std::uint64_t refused_logins = 0;
};

}  // namespace larder::serve::memcache

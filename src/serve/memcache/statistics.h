// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string_view>
#include <vector>

#include "cache/cache.h"
#include "io/traffic.h"
#include "io/usage.h"
#include "serve/memcache/activity.h"
#include "serve/memcache/udp_counts.h"
#include "serve/memcache/watchers.h"

namespace larder::serve::memcache {

using TellStat = std::function<void(std::string_view name, std::string_view value)>;

// All that statistics are told from, read part by part while other threads go on.
struct Snapshot {
  std::uint64_t memory_limit = 0;
  std::int64_t oldest_idle_s = 0;
  cache::Usage cache;
  Deeds deeds;
  UdpCounts udp;
  // Nothing of these where there are no loops: in tests.
  std::uint64_t threads = 0;
  std::uint64_t max_connections = 0;
  std::uint64_t own_descriptors = 0;
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

// The numbers of a node by memcached's names: one table (statistics.cc), of which a row says from
// what a number is told, in which group, and whether it counts.
//
//   Snapshot ─► row ─► a state, such as curr_items: told as it is
//                 └──► a count, such as get_hits: told without what it was at the last reset
//
// Whoever counts never writes for a reset, so that each number has one writer. Any thread.
class Statistics {
 public:
  enum class Group : std::uint8_t { kGeneral, kItems, kSlabs };

  Statistics();
  void tell(Group group, const Snapshot& snapshot, const TellStat& tell) const;
  void reset(const Snapshot& snapshot);

 private:
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> at_reset_;  // by row
};

}  // namespace larder::serve::memcache

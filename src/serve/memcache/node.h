// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "cache/cache.h"
#include "io/loops.h"
#include "io/tls.h"
#include "serve/memcache/activity.h"
#include "serve/memcache/arcus/command_log.h"
#include "serve/memcache/arcus/key_dump.h"
#include "serve/memcache/arcus/long_queries.h"
#include "serve/memcache/arcus/scrubber.h"
#include "serve/memcache/arcus/shutdown.h"
#include "serve/memcache/arcus/tunables.h"
#include "serve/memcache/eviction_log.h"
#include "serve/memcache/prefixes.h"
#include "serve/memcache/settings.h"
#include "serve/memcache/statistics.h"
#include "serve/memcache/udp_counts.h"
#include "serve/memcache/watchers.h"

namespace larder::serve::memcache {

class Authentication;

// A line of `stats settings` that stays as it is from the start on.
struct ToldSetting {
  std::string_view name;
  std::string value;
};

// What all sessions of one memcached-speaking node share. Outlives them. Any thread.
struct Node {
  cache::Cache& cache;
  const Settings settings = {};
  // Ends the process as a signal does; not null where clients may ask for it.
  const std::function<void()> shut_down = nullptr;
  io::Tls* tls = nullptr;                                 // null: nobody speaks it
  Authentication* authentication = nullptr;               // null: everybody may in
  const std::vector<ToldSetting> told_settings = {};      // beside those
  Activities activities{1};                               // of as many loops as there are
  io::Loops* loops = nullptr;                             // null: in tests that have none
  std::atomic<std::uint64_t> verbosity = 0;               // as set by -v and `verbosity`
  std::atomic<bool> tracks_sizes = settings.track_sizes;  // and by `stats sizes_enable`
  cache::UnixMs started = base::unix_now_ms();
  arcus::Tunables tunables = {};  // of that dialect
  Statistics statistics{settings.dialect};
  Prefixes prefixes{settings.dialect, settings.prefix_delimiter};
  UdpMeters udp = {};
  Watchers watchers = {};
  EvictionLog eviction_log{watchers};
  // ---- what operators start, in Arcus' dialect
  arcus::Scrubber scrubber{cache, tunables};
  arcus::KeyDump key_dump{cache, settings.prefix_delimiter};
  arcus::CommandLog command_log = {};
  arcus::LongQueries long_queries = {};
  arcus::Shutdown shutdown{shut_down, [this] { return loops ? loops->connections() : 0; }};
};

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>

#include "base/clock.h"
#include "cache/cache.h"
#include "io/loop.h"
#include "serve/memcache/arcus/tunables.h"
#include "serve/memcache/statistics.h"

namespace larder::serve::memcache::arcus {

// `scrub`: visits every item once, and reclaims those that have expired or were flushed.
//
//   start ─► step ─ post ─► step ─ post ─► … ─► all visited       scrub_count items in a turn
//
// The store does so by itself where much is dead; this one leaves nothing. Any thread.
class Scrubber {
 public:
  Scrubber(cache::Cache& cache, const Tunables& tunables) : cache_(cache), tunables_(tunables) {}
  Scrubber(const Scrubber&) = delete;
  Scrubber& operator=(const Scrubber&) = delete;

  // On `loop`, which outlives what is posted to it. False: it is under way.
  bool start(io::Loop& loop);
  void tell(const TellStat& tell) const;

 private:
  void go_on(io::Loop& loop);

  cache::Cache& cache_;
  const Tunables& tunables_;
  cache::Cursor cursor_;  // of the loop that scrubs
  mutable std::mutex mutex_;
  base::UnixMs started_ = 0;  // 0: never
  base::UnixMs ended_ = 0;    // 0: it runs
  cache::Scrubbed scrubbed_;
};

}  // namespace larder::serve::memcache::arcus

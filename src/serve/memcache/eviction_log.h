// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "cache/cache.h"
#include "serve/memcache/log_line.h"
#include "serve/memcache/watchers.h"

namespace larder::serve::memcache {

// Tells watchers of evictions, of which no session knows.
class EvictionLog final : public cache::EvictionObserver {
 public:
  explicit EvictionLog(Watchers& watchers) : watchers_(watchers) {}

  bool wants_evictions() const noexcept override { return watchers_.watches(Stream::kEvictions); }
  void evicted(std::string_view key, const cache::Found& gone, cache::UnixMs now) override {
    watchers_.tell(Stream::kEvictions, eviction_line(key, gone, now), now);
  }

 private:
  Watchers& watchers_;
};

}  // namespace larder::serve::memcache

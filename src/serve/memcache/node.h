// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "cache/cache.h"

namespace larder::serve::memcache {

// What all sessions of one memcached-speaking node share. Outlives them. Any thread.
struct Node {
  cache::Cache& cache;
  std::atomic<std::uint64_t> verbosity = 0;  // as set by -v and `verbosity`
};

}  // namespace larder::serve::memcache

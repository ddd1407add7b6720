// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "cache/cache.h"
#include "io/loops.h"
#include "io/tls.h"

namespace larder::serve::memcache {

class Authentication;

// What all sessions of one memcached-speaking node share. Outlives them. Any thread.
struct Node {
  cache::Cache& cache;
  io::Tls* tls = nullptr;                    // null: nobody speaks it
  Authentication* authentication = nullptr;  // null: everybody may in
  const io::Loops* loops = nullptr;          // null: in tests that have none
  std::atomic<std::uint64_t> verbosity = 0;  // as set by -v and `verbosity`
  cache::UnixMs started = base::unix_now_ms();
};

}  // namespace larder::serve::memcache

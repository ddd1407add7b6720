// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>

#include "base/version.h"
#include "cache/cache.h"

namespace larder::serve::memcache {

// What clients are told by `version`: the memcached whose protocol this is, then our own.
constexpr std::string_view kVersionReply = "VERSION 1.6.45-larder-" LARDER_VERSION "\r\n";

// What all sessions of one memcached-speaking node share. Outlives them. Any thread.
struct Node {
  cache::Cache& cache;
  std::atomic<std::uint64_t> verbosity = 0;  // as set by -v and `verbosity`
};

}  // namespace larder::serve::memcache

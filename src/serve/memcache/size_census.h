// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "cache/cache.h"
#include "serve/memcache/long_answer.h"
#include "serve/memcache/statistics.h"

namespace larder::serve::memcache {

// `stats sizes`: how many items there are of each size, in steps of 32 bytes. Nobody keeps such a
// count: it looks at all items, some at a time as a dump does, and tells what it has found.
class SizeCensus final : public LongAnswer {
 public:
  SizeCensus(cache::Cache& cache, TellStat tell) : cache_(cache), tell_(std::move(tell)) {}

  Next go_on(io::Socket& socket) override;

 private:
  bool look(cache::UnixMs now);

  cache::Cache& cache_;
  TellStat tell_;
  cache::Cursor cursor_;
  bool looking_ = true;
  // By size, rounded up. As many different sizes as fit into -m: 8192 into 1 GiB.
  std::map<std::size_t, std::uint64_t> items_;
};

}  // namespace larder::serve::memcache

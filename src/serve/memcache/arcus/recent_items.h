// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cache/cache.h"
#include "serve/memcache/long_answer.h"

namespace larder::serve::memcache::arcus {

// `stats cachedump`: those that were used last, or those that were not used for longest.
//
//   ITEM user:1 [acctime=4, exptime=0]
//   END [curtime=4]
//
// Nobody keeps items in that order: it looks at all, some at a time as a dump does, and keeps as
// many as it is to tell. Of those used in the same second the one that was stored last is the
// last, but for one millisecond.
class RecentItems final : public LongAnswer {
 public:
  struct How {
    std::size_t most = 0;
    bool oldest_first = false;
    bool sticky = false;  // those, and no others
  };

  // Times are told in seconds since `started`.
  RecentItems(cache::Cache& cache, const How& how, cache::UnixMs started)
      : cache_(cache), how_(how), started_(started), looking_(how.most != 0) {}

  Next go_on(io::Socket& socket) override;

 private:
  struct Kept {
    std::int64_t used_s = 0;
    cache::Cas cas = 0;
    std::int64_t expires_s = 0;
    std::string key = {};
  };

  bool comes_before(const Kept& one, const Kept& other) const;
  bool look(cache::UnixMs now);
  void keep(std::string_view key, const cache::Found& found, cache::UnixMs now);
  std::int64_t since_start_s(cache::UnixMs time) const;  // by the clock's seconds, as idle_s

  cache::Cache& cache_;
  How how_;
  cache::UnixMs started_;
  cache::Cursor cursor_;
  bool looking_;
  // A heap while it looks, with the one on top that would be told last; then in their order.
  std::vector<Kept> kept_;
  std::size_t told_ = 0;
};

}  // namespace larder::serve::memcache::arcus

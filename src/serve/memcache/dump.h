// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cache/cache.h"
#include "serve/memcache/long_answer.h"

namespace larder::serve::memcache {

// As it is in a line: not where a blank or a line end in it would be read as the line's own.
bool can_be_shown(std::string_view key);

// The keys of a cache, a line for each. Who is there from its begin to its end is in it once; of
// who comes or goes meanwhile the one or the other is.
//
//   form         begin    line                                                             end
//   kMetadump    OK       key=a exp=-1 la=1795171013 cas=2 fetch=no cls=1 size=67 flags=0  END
//   kMgdump      OK       mg a                                                             EN
//   kCachedump            ITEM a [4 b; 0 s]                                                END
//
// It holds nothing but how far it has come. In a turn it takes some steps, each under one shard's
// lock, and lets others run.
class Dump final : public LongAnswer {
 public:
  enum class Form : std::uint8_t { kMetadump, kMgdump, kCachedump };

  // At most `limit` lines; 0: all.
  Dump(cache::Cache& cache, Form form, std::uint64_t limit = 0);
  Next go_on(io::Socket& socket) override;
  static std::string_view end_of(Form form);

 private:
  void append(io::Outbox& outbox, std::string_view key, const cache::Found& found,
              cache::UnixMs now);

  cache::Cache& cache_;
  Form form_;
  std::uint64_t left_;
  bool begun_ = false;
  cache::Cursor cursor_;
};

}  // namespace larder::serve::memcache

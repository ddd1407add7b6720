// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/scrubber.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {

bool Scrubber::start(io::Loop& loop) {
  {
    const std::scoped_lock lock(mutex_);
    if (started_ != 0 && ended_ == 0) return false;
    started_ = loop.now();
    ended_ = 0;
    scrubbed_ = {};
    cursor_ = {};
  }
  loop.post([this, &loop] { go_on(loop); });
  return true;
}

void Scrubber::go_on(io::Loop& loop) {
  cache::Scrubbed done;
  bool is_more = true;
  const std::uint64_t wanted = tunables_.scrub_count.load(std::memory_order_relaxed);
  for (std::size_t steps = 0; is_more && steps != limits::kShowsPerTurn; ++steps) {
    if (done.visited >= wanted) break;
    is_more = cache_.scrub(cursor_, done, loop.now());
  }
  {
    const std::scoped_lock lock(mutex_);
    scrubbed_.visited += done.visited;
    scrubbed_.cleaned += done.cleaned;
    if (!is_more) ended_ = loop.now();
  }
  if (is_more) loop.post([this, &loop] { go_on(loop); });
}

void Scrubber::tell(const TellStat& tell) const {
  constexpr base::UnixMs kMsPerS = 1000;
  const std::scoped_lock lock(mutex_);
  const bool is_running = started_ != 0 && ended_ == 0;
  tell("scrubber:status", is_running ? "running" : "stopped");
  if (started_ == 0) return;
  tell("scrubber:run_mode", "scrub");
  if (!is_running) {
    tell("scrubber:last_run", fmt::format("{}", (ended_ - started_) / kMsPerS));
  }
  tell("scrubber:visited", fmt::format("{}", scrubbed_.visited));
  tell("scrubber:cleaned", fmt::format("{}", scrubbed_.cleaned));
}

}  // namespace larder::serve::memcache::arcus

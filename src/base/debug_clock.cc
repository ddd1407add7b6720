// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/debug_clock.h"

namespace larder::base {

std::atomic<UnixMs> DebugClock::ahead = 0;
std::atomic<UnixMs> DebugClock::pause_begin = kRuns;

UnixMs DebugClock::unix_now_ms() noexcept {
  const UnixMs paused_at = pause_begin;
  return (paused_at == kRuns ? coarse_unix_now_ms() : paused_at) + ahead;
}

void DebugClock::pause() noexcept {
  UnixMs running = kRuns;
  pause_begin.compare_exchange_strong(running, coarse_unix_now_ms());
}

void DebugClock::resume() noexcept { pause_begin = kRuns; }

void DebugClock::pass(UnixMs by) noexcept { ahead += by; }

}  // namespace larder::base

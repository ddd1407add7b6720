// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/debug_clock.h"

namespace larder::base {

std::atomic<UnixMs> DebugClock::ahead_ = 0;
std::atomic<UnixMs> DebugClock::paused_at_ = kRuns;

UnixMs DebugClock::unix_now_ms() noexcept {
  const UnixMs paused_at = paused_at_;
  return (paused_at == kRuns ? coarse_unix_now_ms() : paused_at) + ahead_;
}

void DebugClock::pause() noexcept {
  UnixMs running = kRuns;
  paused_at_.compare_exchange_strong(running, coarse_unix_now_ms());
}

void DebugClock::resume() noexcept { paused_at_ = kRuns; }

void DebugClock::pass(UnixMs by) noexcept { ahead_ += by; }

}  // namespace larder::base

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "base/clock.h"

namespace larder::base {

// The process's clock, as a test moves it from outside (`debugtime`, in builds with tests). Until
// then it is coarse_unix_now_ms. Any thread.
class DebugClock {
 public:
  static UnixMs unix_now_ms() noexcept;
  static void pause() noexcept;  // stands still, but for what `pass` adds
  static void resume() noexcept;
  static void pass(UnixMs by) noexcept;  // or back

 private:
  static constexpr UnixMs kRuns = -1;
  static std::atomic<UnixMs> ahead;        // of the system's clock
  static std::atomic<UnixMs> pause_begin;  // of the system's clock; or kRuns
};

}  // namespace larder::base

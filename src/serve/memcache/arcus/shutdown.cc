// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/shutdown.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {

bool Shutdown::begin(std::optional<std::uint32_t> seconds, io::Loop& loop) {
  constexpr base::SteadyMs kMsPerS = 1000;
  const std::int64_t delay_ms = seconds ? *seconds * kMsPerS : limits::kAdaptiveShutdownMs;
  std::uint64_t number = 0;
  {
    const std::scoped_lock lock(mutex_);
    // Loops have their clocks from one and the same.
    if (number_ != 0 && due_ - loop.steady_now() <= kMsPerS) return false;
    number = ++number_;
    due_ = loop.steady_now() + delay_ms;
  }
  loop.after(std::max<std::int64_t>(delay_ms, 1), [this, number] { end_unless_replaced(number); });
  if (!seconds) watch(number, clients_(), loop);
  return true;
}

void Shutdown::watch(std::uint64_t number, std::size_t clients_before, io::Loop& loop) {
  loop.after(limits::kShutdownLookMs, [this, number, clients_before, &loop] {
    const std::size_t clients = clients_();
    if (clients >= clients_before) return end_unless_replaced(number);
    watch(number, clients, loop);
  });
}

void Shutdown::end_unless_replaced(std::uint64_t number) {
  {
    const std::scoped_lock lock(mutex_);
    if (number != number_ || std::exchange(has_ended_, true)) return;
  }
  end_();
}

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <ctime>

namespace larder::base {
namespace {

constexpr std::int64_t kNsPerUs = 1000;
constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerS = 1'000'000'000;

std::int64_t now_ns(clockid_t id) noexcept {
  timespec now{};
  clock_gettime(id, &now);
  return static_cast<std::int64_t>(now.tv_sec) * kNsPerS + now.tv_nsec;
}

}  // namespace

UnixMs unix_now_ms() noexcept { return now_ns(CLOCK_REALTIME) / kNsPerMs; }
std::int64_t unix_now_us() noexcept { return now_ns(CLOCK_REALTIME) / kNsPerUs; }
SteadyMs steady_now_ms() noexcept { return now_ns(CLOCK_MONOTONIC) / kNsPerMs; }
std::int64_t steady_now_ns() noexcept { return now_ns(CLOCK_MONOTONIC); }
UnixMs coarse_unix_now_ms() noexcept { return now_ns(CLOCK_REALTIME_COARSE) / kNsPerMs; }
SteadyMs coarse_steady_now_ms() noexcept { return now_ns(CLOCK_MONOTONIC_COARSE) / kNsPerMs; }

}  // namespace larder::base

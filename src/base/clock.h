// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace larder::base {

// Milliseconds since 1970 (UTC). Time is an argument everywhere below the loop, so that tests
// can say what time it is.
using UnixMs = std::int64_t;

// Milliseconds of a clock that never goes back; only differences mean anything.
using SteadyMs = std::int64_t;

UnixMs unix_now_ms() noexcept;
std::int64_t unix_now_us() noexcept;
SteadyMs steady_now_ms() noexcept;
std::int64_t steady_now_ns() noexcept;

// The same clocks as of the kernel's last tick (a few milliseconds old), for a tenth of the cost.
UnixMs coarse_unix_now_ms() noexcept;
SteadyMs coarse_steady_now_ms() noexcept;

}  // namespace larder::base

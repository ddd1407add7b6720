// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace larder::store {

// A value as a number to count with, read as memcached reads it (strtoull): white space, a plus or
// the minus of -0, decimal digits below 2^64; then the end, white space or a NUL, behind which
// anything may stand.
std::optional<std::uint64_t> counter_number(std::string_view value) noexcept;

// `number` and `delta` together: up wraps at 2^64, down stops at 0.
constexpr std::uint64_t counted(std::uint64_t number, std::uint64_t delta, bool down) {
  if (!down) return number + delta;
  return delta < number ? number - delta : 0;
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "serve/edge/freshness.h"

namespace larder::serve::edge {

// RFC 9110, 9.2.1. A method that nobody knows may change anything.
bool is_safe(std::string_view method) noexcept {
  constexpr std::array<std::string_view, 4> kSafe = {"GET", "HEAD", "OPTIONS", "TRACE"};
  return std::ranges::find(kSafe, method) != kSafe.end();
}

bool invalidates(std::string_view method, unsigned status) noexcept {
  return !is_safe(method) && status >= 200 && status < 400;
}

}  // namespace larder::serve::edge

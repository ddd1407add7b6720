// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "base/eflag.h"

namespace larder::wire::memcache::arcus {

inline std::optional<base::Bitwise> bitwise_of(std::string_view word) noexcept {
  if (word == "&") return base::Bitwise::kAnd;
  if (word == "|") return base::Bitwise::kOr;
  if (word == "^") return base::Bitwise::kXor;
  return std::nullopt;
}

}  // namespace larder::wire::memcache::arcus

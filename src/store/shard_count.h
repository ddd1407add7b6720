// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>

#include "base/limits.h"

namespace larder::store {

// Into how many shards a store of that memory is cut: a power of two.
constexpr std::size_t shards_for(std::size_t memory_bytes) {
  const std::size_t few = std::min(memory_bytes / limits::kBytesPerFewShard, limits::kFewShards);
  const std::size_t shards = std::max(memory_bytes / limits::kBytesPerShard, few);
  return std::bit_floor(std::clamp<std::size_t>(shards, 1, limits::kMaxShards));
}

}  // namespace larder::store

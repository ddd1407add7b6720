// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "base/limits.h"

namespace larder::base {

// What malloc takes from the system for a block of `bytes`: its own word, rounded to 16 bytes, and
// to pages where it maps the block by itself. Computed, so that what was added is what is removed.
constexpr std::size_t heap_bytes(std::size_t bytes) {
  constexpr std::size_t kWord = sizeof(void*);
  constexpr std::size_t kSmallest = 32;
  constexpr std::size_t kPage = 4096;
  const std::size_t unit = bytes < limits::kMappedBlockBytes ? 2 * kWord : kPage;
  const std::size_t whole = (bytes + kWord + unit - 1) / unit * unit;
  return whole < kSmallest ? kSmallest : whole;
}

// The most that can be asked of malloc at the cost of `bytes`.
constexpr std::size_t heap_room(std::size_t bytes) { return heap_bytes(bytes) - sizeof(void*); }

}  // namespace larder::base

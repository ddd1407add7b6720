// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "cache/collections.h"
#include "wire/memcache/arcus/command.h"

namespace larder::serve::memcache::arcus {

// What operators change by `config` while the node serves. Any thread.
struct Tunables {
  static constexpr std::uint32_t kMostElements = 1'000'000;
  static constexpr std::size_t kTypes = cache::kItemTypes - 1;  // of collections

  // Elements of a collection, by type, as it was told: what is above kMostElements means that.
  std::array<std::atomic<std::uint32_t>, kTypes> most_elements = {50000, 50000, 50000, 50000};
  std::atomic<std::uint32_t> element_bytes = 16 * 1024;  // of one, its line end included
  std::atomic<std::uint32_t> scrub_count = 96;
  std::atomic<std::uint32_t> stats_prefixes = 50;  // that `stats prefixes` tells, at most

  wire::memcache::arcus::CommandLimits command_limits() const {
    return {.element_bytes = element_bytes.load(std::memory_order_relaxed),
            .map_elements = most_elements_of(cache::CollectionType::kMap)};
  }
  std::uint32_t most_elements_of(cache::CollectionType type) const {
    return std::min(most_elements[static_cast<std::size_t>(type)].load(), kMostElements);
  }
};

}  // namespace larder::serve::memcache::arcus

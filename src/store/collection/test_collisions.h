// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/collection/hash_order.h"

namespace larder::store::collection {

// So many pairs of texts that have one hash each: of some hundred thousand texts there are enough.
inline std::vector<std::pair<std::string, std::string>> colliding_pairs(std::size_t count) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::unordered_map<std::uint32_t, std::uint64_t> seen;
  for (std::uint64_t number = 0; pairs.size() < count; ++number) {
    const std::string text = std::to_string(number);
    const auto [at, is_new] = seen.emplace(HashedBytes::hash_of(text), number);
    if (!is_new) pairs.emplace_back(std::to_string(at->second), text);
  }
  return pairs;
}

}  // namespace larder::store::collection

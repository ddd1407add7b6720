// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/limits.h"
#include "cache/cache.h"

// How clients of Arcus name prefixes.
namespace larder::serve::memcache::arcus {

constexpr std::string_view kNullPrefix = "<null>";
constexpr std::string_view kInternalPrefix = "arcus";  // of what servers and tools probe with

inline std::string_view shown_prefix(std::string_view prefix) {
  return prefix.empty() ? kNullPrefix : prefix;
}
inline std::string_view prefix_of_word(std::string_view word) {
  return word == kNullPrefix ? std::string_view() : word;
}

// Whether statistics tell it.
inline bool is_told(std::string_view prefix) {
  return prefix != kInternalPrefix && prefix.size() <= limits::kMaxPrefixBytes &&
         cache::is_prefix_name(prefix);
}

}  // namespace larder::serve::memcache::arcus

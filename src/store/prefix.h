// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace larder::store {

// Of a store that accounts prefixes: what stands before the first delimiter that is not the first
// byte. Empty: there is none; all such keys are of the null prefix.
inline std::string_view prefix_of(std::string_view key, char delimiter) {
  const std::size_t end = key.find(delimiter, 1);
  return end == std::string_view::npos ? std::string_view() : key.substr(0, end);
}

// Letters, digits and `_+.-`, of which the first is no `-`. The null prefix has no wrong name.
inline bool is_prefix_name(std::string_view name) {
  const auto is_allowed = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '+' || letter == '.' ||
           letter == '-';
  };
  return !name.starts_with('-') && std::ranges::all_of(name, is_allowed);
}

}  // namespace larder::store

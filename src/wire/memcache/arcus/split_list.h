// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace larder::wire::memcache::arcus {

// Splits a block of `count` keys or fields: separated by single blanks, or, where `commas` are
// taken and there is no blank, by commas. Calls take(word) for each. False: they are not so many,
// one is empty or longer than `most_bytes`; the words before it have been given then.
template <class Take>
bool split_list(std::string_view block, std::size_t count, bool commas, std::size_t most_bytes,
                Take take) {
  const bool by_commas = commas && count > 1 && block.find(' ') == std::string_view::npos;
  const char separator = by_commas ? ',' : ' ';
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_last = i + 1 == count;
    const std::size_t end = std::min(block.find(separator), block.size());
    if (end == 0 || end > most_bytes || is_last != (end == block.size())) return false;
    take(block.substr(0, end));
    block.remove_prefix(is_last ? end : end + 1);
  }
  return block.empty();
}

}  // namespace larder::wire::memcache::arcus

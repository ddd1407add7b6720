// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace larder::store {

// Whether an item is within Limits::item_bytes, counted as memcached counts it (its header, the
// key's end, the value's CR LF, flags other than 0), so that the same values are refused whatever
// our own header costs.
constexpr bool fits_item_limit(std::size_t key_bytes, std::size_t value_bytes, std::uint32_t flags,
                               std::size_t limit) {
  constexpr std::size_t kHeader = 56;
  constexpr std::size_t kEnds = 1 + 2;
  const std::size_t flag_bytes = flags != 0 ? sizeof flags : 0;
  return kHeader + key_bytes + value_bytes + kEnds + flag_bytes <= limit;
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace larder::cli::copy {

// What `lru_crawler metadump` tells of an item.
//
//   key=user%3A1 exp=1796000000 la=1795990000 cas=7 fetch=no cls=1 size=63
//
// The key is written as in a URI, expiry as a date, -1: never; the size counts the whole item.
struct DumpLine {
  std::string key;
  std::int64_t expires_s = 0;  // since 1970; 0: never
  std::size_t item_bytes = 0;

  // Of a line without its end. Nothing: it is no such line.
  static std::optional<DumpLine> parse(std::string_view line);
};

}  // namespace larder::cli::copy

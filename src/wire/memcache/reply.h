// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/decimal.h"
#include "base/limits.h"

// Replies of the classic text protocol.
namespace larder::wire::memcache {

constexpr std::string_view kStored = "STORED\r\n";
constexpr std::string_view kNotStored = "NOT_STORED\r\n";
constexpr std::string_view kExists = "EXISTS\r\n";
constexpr std::string_view kNotFound = "NOT_FOUND\r\n";
constexpr std::string_view kDeleted = "DELETED\r\n";
constexpr std::string_view kTouched = "TOUCHED\r\n";
constexpr std::string_view kOk = "OK\r\n";
constexpr std::string_view kEnd = "END\r\n";
constexpr std::string_view kMetaNoop = "MN\r\n";
constexpr std::string_view kLineEnd = "\r\n";

// Writes `text` at `out`, which has room for it; returns the end.
inline char* append(char* out, std::string_view text) noexcept {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// Room for `VALUE <key> <flags> <bytes> <cas>\r\n`.
constexpr std::size_t value_line_room(std::size_t key_bytes) {
  return 6 + key_bytes + 3 * (1 + base::kMaxDecimalBytes) + 2;
}
constexpr std::size_t kMaxValueLineBytes = value_line_room(limits::kMaxKeyBytes);

// Writes the line before a value at `out`; `cas` may be null (get, gat). Returns the end.
char* write_value_line(char* out, std::string_view key, std::uint32_t flags, std::size_t bytes,
                       const std::uint64_t* cas) noexcept;

}  // namespace larder::wire::memcache

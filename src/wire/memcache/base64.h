// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

// Base64 as the meta commands use it for keys: the standard alphabet, always padded (RFC 4648 §4).
namespace larder::wire::memcache {

constexpr std::size_t base64_bytes(std::size_t raw_bytes) { return (raw_bytes + 2) / 3 * 4; }

// Writes base64_bytes(raw.size()) at `out` and returns the end.
char* encode_base64(char* out, std::string_view raw) noexcept;

// Writes what `text` stands for at `out` (room: three quarters of `text`) and returns how much it
// was. Takes only what encode_base64 writes: one text for each key, so no two texts mean the same.
std::optional<std::size_t> decode_base64(char* out, std::string_view text) noexcept;

}  // namespace larder::wire::memcache

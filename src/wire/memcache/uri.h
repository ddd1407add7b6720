// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

// Keys as dumps and log streams write them: no blank, no line end, whatever the bytes.
namespace larder::wire::memcache {

constexpr std::size_t most_uri_bytes(std::size_t raw_bytes) { return 3 * raw_bytes; }

// Writes at most most_uri_bytes(raw.size()) at `out` and returns the end: letters, digits and -._~
// as they are, other bytes as %XX.
char* encode_uri(char* out, std::string_view raw) noexcept;

}  // namespace larder::wire::memcache

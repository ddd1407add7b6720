// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/bkey.h"

// The words of b+trees, as they are sent. False: it is none, and what was to be filled may be
// filled in part.
namespace larder::wire::memcache::arcus {

// `0x` and an even number of hexadecimal digits, of either case, 1 to 31 bytes.
bool parse_bytes(std::string_view word, base::ShortBytes& bytes) noexcept;
bool begins_bytes(std::string_view word) noexcept;  // with 0x

// A number of 64 bits, or bytes.
bool parse_bkey(std::string_view word, base::Bkey& bkey) noexcept;

// The same as a range from it to itself.
bool parse_one_bkey(std::string_view word, base::BkeyRange& range) noexcept;

// One bkey, or two of a kind with `..` between them.
bool parse_bkey_range(std::string_view word, base::BkeyRange& range) noexcept;

}  // namespace larder::wire::memcache::arcus

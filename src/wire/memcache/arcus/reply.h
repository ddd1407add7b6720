// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/bkey.h"
#include "base/eflag.h"

namespace larder::wire::memcache::arcus {

// A bkey in decimal or as 0x and upper-case digits, written from `out` on; returns the end.
constexpr std::size_t kMaxBkeyText = 64;
char* write_bkey(char* out, const base::Bkey& bkey) noexcept;
char* write_hex(char* out, std::string_view bytes) noexcept;  // 0x0A…, of an eflag

}  // namespace larder::wire::memcache::arcus

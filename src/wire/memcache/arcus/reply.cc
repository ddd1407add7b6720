// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/reply.h"

#include "base/decimal.h"

namespace larder::wire::memcache::arcus {

char* write_hex(char* out, std::string_view bytes) noexcept {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  *out++ = '0';
  *out++ = 'x';
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    *out++ = kDigits[value >> 4];
    *out++ = kDigits[value & 0xf];
  }
  return out;
}

char* write_bkey(char* out, const base::Bkey& bkey) noexcept {
  return bkey.is_number() ? base::write_decimal(out, bkey.number()) : write_hex(out, bkey.bytes());
}

}  // namespace larder::wire::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/uri.h"

namespace larder::wire::memcache {
namespace {

bool is_plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') ||
         std::string_view("-._~").find(letter) != std::string_view::npos;
}

}  // namespace

char* encode_uri(char* out, std::string_view raw) noexcept {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char letter : raw) {
    if (is_plain(letter)) {
      *out++ = letter;
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    *out++ = '%';
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 0xf];
  }
  return out;
}

}  // namespace larder::wire::memcache

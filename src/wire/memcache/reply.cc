// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/reply.h"

#include "base/check.h"

namespace larder::wire::memcache {
namespace {

constexpr std::string_view kValue = "VALUE ";

}  // namespace

char* write_value_line(char* out, std::string_view key, std::uint32_t flags, std::size_t bytes,
                       const std::uint64_t* cas) noexcept {
  LARDER_CHECK(key.size() <= limits::kMaxArcusKeyBytes);
  out = append(append(out, kValue), key);
  *out++ = ' ';
  out = base::write_decimal(out, flags);
  *out++ = ' ';
  out = base::write_decimal(out, bytes);
  if (cas != nullptr) {
    *out++ = ' ';
    out = base::write_decimal(out, *cas);
  }
  return append(out, kLineEnd);
}

}  // namespace larder::wire::memcache

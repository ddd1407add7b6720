// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/memcached_key.h"

#include "base/limits.h"

namespace larder::serve::edge {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

void append_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte > ' ' && byte != '%') {
    out += c;
    return;
  }
  out += '%';
  out += kDigits[byte / kDigits.size()];
  out += kDigits[byte % kDigits.size()];
}

}  // namespace

std::optional<std::string> memcached_key(std::string_view text) {
  std::string key;
  if (text.empty() || text.size() > limits::kMaxKeyBytes) return std::nullopt;
  for (const char c : text) append_escaped(key, c);
  if (key.size() > limits::kMaxKeyBytes) return std::nullopt;
  return key;
}

}  // namespace larder::serve::edge

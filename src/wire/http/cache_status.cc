// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>

#include "wire/http/negotiation.h"

namespace larder::wire::http {
namespace {

// In the order of Forward (RFC 9211, 2.2).
constexpr std::array<std::string_view, 9> kForwards = {
    "", "bypass", "method", "uri-miss", "vary-miss", "miss", "request", "stale", "partial"};

void append_forward(const CacheStatus& status, std::string& text) {
  text += "; fwd=";
  text += kForwards[static_cast<std::size_t>(status.forward)];
  if (status.forward_status != 0) text += "; fwd-status=" + std::to_string(status.forward_status);
  if (status.stored) text += "; stored";
  if (status.collapsed) text += "; collapsed";
}

}  // namespace

std::string format_cache_status(const CacheStatus& status) {
  constexpr std::size_t kUsualBytes = 80;
  std::string text;
  text.reserve(kUsualBytes);
  text += status.cache;
  if (status.hit) {
    text += "; hit";
  } else if (status.forward != CacheStatus::Forward::kNone) {
    append_forward(status, text);
  }
  if (status.has_ttl) text += "; ttl=" + std::to_string(status.ttl_s);
  if (!status.detail.empty()) text += "; detail=" + std::string(status.detail);
  return text;
}

}  // namespace larder::wire::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/quality.h"

#include <cstddef>

#include "wire/http/octets.h"

namespace larder::wire::http {

std::optional<unsigned> parse_quality(std::string_view text) noexcept {
  constexpr std::size_t kMaxBytes = 5;  // a digit, a dot and three digits
  if (text.empty() || text.size() > kMaxBytes || (text[0] != '0' && text[0] != '1')) {
    return std::nullopt;
  }
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  unsigned quality = text[0] == '1' ? kFullQuality : 0;
  unsigned place = kFullQuality / 10;
  for (std::size_t i = 2; i < text.size(); ++i, place /= 10) {
    if (!is_digit(text[i])) return std::nullopt;
    quality += place * static_cast<unsigned>(text[i] - '0');
  }
  return quality <= kFullQuality ? std::optional(quality) : std::nullopt;
}

std::optional<std::string_view> quality_text(std::string_view parameter) noexcept {
  if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) return std::nullopt;
  return parameter.substr(2);
}

}  // namespace larder::wire::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>

#include "wire/http/conditional.h"
#include "wire/http/etag_list.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

constexpr std::string_view kWeak = "W/";

// RFC 9110, 8.8.3: no control character, no blank, no quote.
bool is_etag_octet(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet > 0x20 && octet != '"' && octet != 0x7f;
}

// The tag that `text` begins with. Nothing: none.
std::optional<Etag> leading_etag(std::string_view text) noexcept {
  const bool weak = text.starts_with(kWeak);
  if (weak) text.remove_prefix(kWeak.size());
  if (!text.starts_with('"')) return std::nullopt;
  std::size_t size = 1;
  while (size < text.size() && is_etag_octet(text[size])) ++size;
  if (size == text.size() || text[size] != '"') return std::nullopt;
  return Etag{.opaque = text.substr(0, size + 1), .weak = weak};
}

std::size_t size_of(const Etag& etag) {
  return etag.opaque.size() + (etag.weak ? kWeak.size() : 0);
}

}  // namespace

std::optional<Etag> parse_etag(std::string_view text) noexcept {
  const std::optional<Etag> etag = leading_etag(text);
  return etag && size_of(*etag) == text.size() ? etag : std::nullopt;
}

bool match_strongly(const Etag& a, const Etag& b) noexcept {
  return !a.weak && !b.weak && a.opaque == b.opaque;
}

bool match_weakly(const Etag& a, const Etag& b) noexcept { return a.opaque == b.opaque; }

void EtagList::skip_separators() noexcept {
  while (!rest_.empty() && (is_blank(rest_[0]) || rest_[0] == ',')) rest_.remove_prefix(1);
}

bool EtagList::next() noexcept {
  for (skip_separators(); !rest_.empty(); skip_separators()) {
    const std::optional<Etag> found = leading_etag(rest_);
    rest_.remove_prefix(found ? size_of(*found) : 0);
    const std::size_t comma = std::min(rest_.find(','), rest_.size());
    const bool is_alone = trim_blanks(rest_.substr(0, comma)).empty();
    rest_.remove_prefix(comma);
    if (!found || !is_alone) continue;
    etag_ = *found;
    return true;
  }
  return false;
}

}  // namespace larder::wire::http

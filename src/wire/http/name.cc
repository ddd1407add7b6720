// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "wire/http/field.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

constexpr std::size_t kNames = static_cast<std::size_t>(Name::kCount);

// In the order of Name.
constexpr std::array<std::string_view, kNames> kTexts = {
    "",
    "Accept",
    "Accept-Encoding",
    "Accept-Ranges",
    "Age",
    "Authorization",
    "Cache-Control",
    "Cache-Status",
    "CDN-Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "Date",
    "ETag",
    "Expect",
    "Expires",
    "Forwarded",
    "Host",
    "HTTP2-Settings",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Last-Modified",
    "Location",
    "Content-Location",
    "Pragma",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Range",
    "Referer",
    "Retry-After",
    "Server",
    "Set-Cookie",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Vary",
    "Via",
    "Warning",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
};

// A hash without collisions among kTexts: their size, and three of their octets in lower case.
struct Hash {
  unsigned by_first = 0;
  unsigned by_middle = 0;
  unsigned by_last = 0;

  constexpr std::uint8_t slot_of(std::string_view text) const {
    const auto octet = [text](std::size_t at) {
      return static_cast<unsigned>(static_cast<unsigned char>(text[at]) | 0x20U);
    };
    return static_cast<std::uint8_t>(text.size() * 7 + octet(0) * by_first +
                                     octet(text.size() / 2) * by_middle +
                                     octet(text.size() - 1) * by_last);
  }

  constexpr bool is_perfect() const {
    std::array<bool, 256> taken{};
    for (std::size_t i = 1; i < kNames; ++i) {
      bool& slot = taken[slot_of(kTexts[i])];
      if (slot) return false;
      slot = true;
    }
    return true;
  }
};

constexpr Hash find_hash() {
  for (unsigned first = 1; first < 64; first += 2) {
    for (unsigned middle = 1; middle < 64; middle += 2) {
      for (unsigned last = 1; last < 64; last += 2) {
        const Hash hash{first, middle, last};
        if (hash.is_perfect()) return hash;
      }
    }
  }
  return {};
}

constexpr Hash kHash = find_hash();
static_assert(kHash.is_perfect(), "no factors were found: let find_hash try more");

constexpr std::array<Name, 256> kSlots = [] {
  std::array<Name, 256> slots{};
  for (std::size_t i = 1; i < kNames; ++i) slots[kHash.slot_of(kTexts[i])] = static_cast<Name>(i);
  return slots;
}();

}  // namespace

Name name_of(std::string_view text) noexcept {
  if (text.empty()) return Name::kOther;
  const Name name = kSlots[kHash.slot_of(text)];
  return equal_names(text, kTexts[static_cast<std::size_t>(name)]) ? name : Name::kOther;
}

std::string_view text_of(Name name) noexcept {
  LARDER_CHECK(name < Name::kCount);
  return kTexts[static_cast<std::size_t>(name)];
}

bool equal_names(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && equal_without_case(a.data(), b.data(), a.size());
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && consists_of(kTokenOctets, text);
}

bool is_field_value(std::string_view text) noexcept {
  const char* end = text.data() + text.size();
  return find_hard_control(text.data(), end) == end;
}

}  // namespace larder::wire::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace larder::base {

constexpr std::size_t kMaxDecimalBytes = 20;  // 2^64 - 1, or a sign and 19 digits

// Writes `number` at `out` (kMaxDecimalBytes of room) and returns the end.
template <std::integral Number>
char* write_decimal(char* out, Number number) noexcept {
  if (number >= 0 && number < 10) {  // flags, most often
    *out = static_cast<char>('0' + number);
    return out + 1;
  }
  return std::to_chars(out, out + kMaxDecimalBytes, number).ptr;
}

// The whole of `text` as a number in the range of `Number`: digits, a minus where it is signed,
// nothing else (no plus, no blanks, no base).
template <std::integral Number>
std::optional<Number> parse_decimal(std::string_view text) noexcept {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

}  // namespace larder::base

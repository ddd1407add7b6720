// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/base64.h"

#include <array>
#include <cstdint>

namespace larder::wire::memcache {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr char kPad = '=';
constexpr std::uint8_t kNone = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNone);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto kValues = make_values();

// Up to three bytes, the first on top.
std::uint32_t group_of(std::string_view raw) noexcept {
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    group = group << 8 | (i < raw.size() ? static_cast<unsigned char>(raw[i]) : 0U);
  }
  return group;
}

// `digits` letters of four as a group; nothing when one is not of the alphabet.
std::optional<std::uint32_t> group_of(std::string_view text, std::size_t digits) noexcept {
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint8_t value =
        i < digits ? kValues[static_cast<unsigned char>(text[i])] : std::uint8_t{0};
    if (value == kNone) return std::nullopt;
    group = group << 6 | value;
  }
  return group;
}

// Writes the `bytes` upper bytes of a group; false when something is set below them.
bool put(char*& out, std::uint32_t group, std::size_t bytes) noexcept {
  for (std::size_t i = 0; i < bytes; ++i) {
    *out++ = static_cast<char>(group >> 16 & 0xff);
    group <<= 8;
  }
  return (group & 0xffffff) == 0;
}

}  // namespace

char* encode_base64(char* out, std::string_view raw) noexcept {
  for (; !raw.empty(); raw.remove_prefix(raw.size() < 3 ? raw.size() : 3)) {
    const std::uint32_t group = group_of(raw);
    for (std::size_t i = 0; i < 4; ++i) {
      *out++ = i <= raw.size() ? kAlphabet[group >> (18 - 6 * i) & 0x3f] : kPad;
    }
  }
  return out;
}

std::optional<std::size_t> decode_base64(char* out, std::string_view text) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  const char* start = out;
  for (; !text.empty(); text.remove_prefix(4)) {
    std::size_t digits = 4;
    if (text.size() == 4) {
      while (digits > 2 && text[digits - 1] == kPad) --digits;
    }
    const auto group = group_of(text, digits);
    if (!group || !put(out, *group, digits - 1)) return std::nullopt;
  }
  return static_cast<std::size_t>(out - start);
}

}  // namespace larder::wire::memcache

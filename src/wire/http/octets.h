// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// The classes of octets that HTTP is made of (RFC 9110, 5.6), and scans for them that look at
// eight at a time: a head is read once for its line ends and once for its names.
namespace larder::wire::http {

using OctetClass = std::array<bool, 256>;

constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Letters, digits and `others`.
constexpr OctetClass octet_class(std::string_view others) {
  OctetClass members{};
  for (std::size_t i = 0; i < members.size(); ++i) {
    const char c = static_cast<char>(i);
    members[i] =
        i < 128 && (is_alpha(c) || is_digit(c) || others.find(c) != std::string_view::npos);
  }
  return members;
}

constexpr OctetClass kTokenOctets = octet_class("!#$%&'*+-.^_`|~");

constexpr bool is_in(const OctetClass& members, char c) {
  return members[static_cast<unsigned char>(c)];
}

// The first octet from `at` on that is not in `members`, or `end`.
inline const char* skip(const OctetClass& members, const char* at, const char* end) {
  while (at != end && is_in(members, *at)) ++at;
  return at;
}

inline bool consists_of(const OctetClass& members, std::string_view text) {
  const char* end = text.data() + text.size();
  return skip(members, text.data(), end) == end;
}

inline std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

constexpr std::uint64_t each_octet(unsigned char octet) { return 0x0101010101010101ULL * octet; }

inline std::uint64_t load_octets(const char* from) {
  std::uint64_t octets = 0;
  std::memcpy(&octets, from, sizeof octets);
  return octets;
}

// A high bit in each octet below `limit`; above the first of them there may be false ones.
constexpr std::uint64_t octets_below(std::uint64_t octets, unsigned char limit) {
  return (octets - each_octet(limit)) & ~octets & each_octet(0x80);
}

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// The first control character in [at, end), blanks that are tabs among them; `end`: there is none.
inline const char* find_control(const char* at, const char* end) {
  static_assert(std::endian::native == std::endian::little, "the first octet is the lowest");
  for (; end - at >= 8; at += 8) {
    const std::uint64_t octets = load_octets(at);
    const std::uint64_t found =
        octets_below(octets, 0x20) | octets_below(octets ^ each_octet(0x7F), 1);
    if (found != 0) return at + std::countr_zero(found) / 8;
  }
  while (at != end && !is_control(*at)) ++at;
  return at;
}

// The first that is no tab: those may stand in a value.
inline const char* find_hard_control(const char* at, const char* end) {
  at = find_control(at, end);
  while (at != end && *at == '\t') at = find_control(at + 1, end);
  return at;
}

// A to Z become a to z, whatever else there is stays.
constexpr std::uint64_t lower_octets(std::uint64_t octets) {
  const std::uint64_t low = octets & each_octet(0x7F);
  const std::uint64_t from_a = low + each_octet(0x80 - 'A');
  const std::uint64_t above_z = low + each_octet(0x7F - 'Z');
  return octets | (((from_a ^ above_z) & ~octets & each_octet(0x80)) >> 2);
}

inline bool equal_without_case(const char* a, const char* b, std::size_t size) {
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    if (lower_octets(load_octets(a + i)) != lower_octets(load_octets(b + i))) return false;
  }
  for (; i < size; ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

}  // namespace larder::wire::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/http/ip_text.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "base/decimal.h"

namespace larder::wire::http {
namespace {

constexpr std::size_t kGroups = 8;
constexpr std::string_view kGap = "::";

// The groups of one side of a gap, or of an address without one.
struct Groups {
  std::array<std::uint16_t, kGroups> numbers{};
  std::size_t count = 0;

  bool add(unsigned number) {
    if (count == kGroups) return false;
    numbers[count++] = static_cast<std::uint16_t>(number);
    return true;
  }
};

bool add_hex(std::string_view part, Groups& into) {
  unsigned number = 0;
  const char* end = part.data() + part.size();
  const auto [behind, error] = std::from_chars(part.data(), end, number, 16);
  return error == std::errc() && behind == end && part.size() <= 4 && into.add(number);
}

bool add_ipv4(std::string_view part, Groups& into) {
  const std::optional<Ipv4> address = parse_ipv4(part);
  if (!address) return false;
  const auto& [a, b, c, d] = *address;
  return into.add(a * 256U + b) && into.add(c * 256U + d);
}

// `2001:db8`, `ffff:1.2.3.4` where it is the last, nothing.
bool parse_groups(std::string_view text, bool is_last, Groups& into) {
  if (text.empty()) return true;
  while (true) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && is_last && part.find('.') != std::string_view::npos)
      return add_ipv4(part, into);
    if (!add_hex(part, into)) return false;
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
  }
}

std::array<std::uint16_t, kGroups> groups_of(const Ipv6& address) {
  std::array<std::uint16_t, kGroups> groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<std::uint16_t>(address[2 * i] << 8 | address[2 * i + 1]);
  }
  return groups;
}

// The first of the longest runs of two zeros or more.
struct Run {
  std::size_t begin = kGroups;
  std::size_t size = 1;
  std::size_t end() const { return begin + size; }
};

Run longest_gap(const std::array<std::uint16_t, kGroups>& groups) {
  Run longest;
  for (std::size_t begin = 0; begin < kGroups; ++begin) {
    std::size_t end = begin;
    while (end < kGroups && groups[end] == 0) ++end;
    if (end - begin > longest.size) longest = {.begin = begin, .size = end - begin};
  }
  return longest;
}

std::string hex(std::uint16_t number) {
  std::array<char, 4> digits;
  char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

}  // namespace

std::optional<Ipv4> parse_ipv4(std::string_view text) noexcept {
  Ipv4 address{};
  for (std::size_t i = 0; i < address.size(); ++i) {
    const std::string_view part = text.substr(0, text.find('.'));
    const auto number = base::parse_decimal<std::uint8_t>(part);
    if (!number || (part.size() > 1 && part.front() == '0')) return std::nullopt;
    address[i] = *number;
    const bool is_last = i + 1 == address.size();
    if (is_last != (part.size() == text.size())) return std::nullopt;
    if (!is_last) text.remove_prefix(part.size() + 1);
  }
  return address;
}

std::optional<Ipv6> parse_ipv6(std::string_view text) noexcept {
  const std::size_t gap = text.find(kGap);
  Groups left;
  Groups right;
  if (!parse_groups(text.substr(0, gap), gap == std::string_view::npos, left)) return std::nullopt;
  if (gap != std::string_view::npos && !parse_groups(text.substr(gap + kGap.size()), true, right)) {
    return std::nullopt;
  }
  const std::size_t count = left.count + right.count;
  if (gap == std::string_view::npos ? count != kGroups : count >= kGroups) return std::nullopt;
  std::copy_n(right.numbers.begin(), right.count, left.numbers.end() - right.count);
  Ipv6 address{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    address[2 * i] = static_cast<std::uint8_t>(left.numbers[i] >> 8);
    address[2 * i + 1] = static_cast<std::uint8_t>(left.numbers[i]);
  }
  return address;
}

std::string format_ip(const Ipv4& address) {
  std::string text;
  for (const std::uint8_t octet : address) {
    if (!text.empty()) text += '.';
    text += std::to_string(octet);
  }
  return text;
}

std::string format_ip(const Ipv6& address) {
  const auto groups = groups_of(address);
  const Run gap = longest_gap(groups);
  // An address of IPv4 in one of IPv6 (RFC 4291, 2.5.5) is written as such.
  const bool has_ipv4 = gap.begin == 0 && (gap.size == 6 || (gap.size == 5 && groups[5] == 0xFFFF));
  const std::size_t end = has_ipv4 ? 6 : kGroups;
  std::string text;
  for (std::size_t i = 0; i < end; ++i) {
    if (i == gap.begin) text += kGap;
    if (i >= gap.begin && i < gap.end()) continue;
    if (!text.empty() && !text.ends_with(':')) text += ':';
    text += hex(groups[i]);
  }
  if (!has_ipv4) return text;
  if (!text.ends_with(':')) text += ':';
  return text + format_ip(Ipv4{address[12], address[13], address[14], address[15]});
}

}  // namespace larder::wire::http

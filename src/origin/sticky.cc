// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/sticky.h"

#include <array>
#include <charconv>
#include <cstdint>

#include "base/hash.h"

namespace larder::origin {
namespace {

constexpr std::uint64_t kKey = 0x6c61'7264'6572'2e73;  // any; a change moves every session once
constexpr std::size_t kDigits = 16;

}  // namespace

std::string sticky_value(std::string_view upstream, std::string_view address) {
  const std::uint64_t hash = base::keyed_hash(address, base::keyed_hash(upstream, kKey));
  std::array<char, kDigits> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), hash, 16).ptr;
  const auto written = static_cast<std::size_t>(end - digits.begin());
  return std::string(kDigits - written, '0').append(digits.data(), written);
}

}  // namespace larder::origin

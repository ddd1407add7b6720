// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/bkey.h"

#include <cstddef>
#include <cstdint>

#include "wire/memcache/arcus/arguments.h"

namespace larder::wire::memcache::arcus {
namespace {

constexpr std::string_view kBytes = "0x";
constexpr int kNoDigit = -1;

int digit_of(char letter) noexcept {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  return kNoDigit;
}

}  // namespace

bool begins_bytes(std::string_view word) noexcept { return word.starts_with(kBytes); }

bool parse_bytes(std::string_view word, base::ShortBytes& bytes) noexcept {
  if (!begins_bytes(word)) return false;
  const std::string_view digits = word.substr(kBytes.size());
  if (digits.empty() || digits.size() % 2 != 0 || digits.size() / 2 > base::ShortBytes::kMost) {
    return false;
  }
  bytes.resize(digits.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const int high = digit_of(digits[2 * i]);
    const int low = digit_of(digits[2 * i + 1]);
    if (high == kNoDigit || low == kNoDigit) return false;
    bytes.data()[i] = static_cast<char>(high << 4 | low);
  }
  return true;
}

bool parse_bkey(std::string_view word, base::Bkey& bkey) noexcept {
  if (begins_bytes(word)) {
    base::ShortBytes bytes;
    if (!parse_bytes(word, bytes)) return false;
    bkey = base::Bkey::of(bytes);
    return true;
  }
  std::uint64_t number = 0;
  if (!parse_number(word, number)) return false;
  bkey = base::Bkey::of(number);
  return true;
}

bool parse_one_bkey(std::string_view word, base::BkeyRange& range) noexcept {
  if (!parse_bkey(word, range.from)) return false;
  range.to = range.from;
  return true;
}

bool parse_bkey_range(std::string_view word, base::BkeyRange& range) noexcept {
  const WordRange ends = split_range(word);
  if (ends.to.data() == word.data()) return parse_one_bkey(word, range);
  return parse_bkey(ends.from, range.from) && parse_bkey(ends.to, range.to) &&
         range.from.is_number() == range.to.is_number();
}

}  // namespace larder::wire::memcache::arcus

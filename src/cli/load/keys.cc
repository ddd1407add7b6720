// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/keys.h"

#include <bit>
#include <charconv>
#include <numeric>

#include "base/limits.h"

namespace larder::cli::load {
namespace {

constexpr std::string_view kPadding = "larder-bench-";
constexpr char kDigits[] = "0123456789abcdef";
constexpr double kGoldenRatio = 0.6180339887498949;

std::size_t digits_of(std::uint32_t number) {
  const auto bits = static_cast<std::size_t>(std::bit_width(number));
  return bits == 0 ? 1 : (bits + 3) / 4;
}

std::uint32_t coprime_near(std::uint32_t wanted, std::uint32_t count) {
  while (std::gcd(wanted, count) != 1) ++wanted;
  return wanted;
}

}  // namespace

base::Result<Keys> Keys::make(std::uint32_t count, std::size_t bytes) {
  if (count == 0) return base::Failure{"at least one key is needed"};
  const std::size_t digits = digits_of(count - 1);
  if (bytes < digits || bytes > limits::kMaxKeyBytes) {
    return base::Failure{"keys have " + std::to_string(digits) + " (to tell " +
                         std::to_string(count) + " apart) to " +
                         std::to_string(limits::kMaxKeyBytes) + " bytes"};
  }
  return Keys(count, bytes, digits);
}

Keys::Keys(std::uint32_t count, std::size_t bytes, std::size_t digits)
    : count_(count),
      stride_(coprime_near(static_cast<std::uint32_t>(kGoldenRatio * count) + 1, count)),
      digits_(digits) {
  while (text_.size() < bytes - digits) text_ += kPadding;
  text_.resize(bytes - digits);
  text_.append(digits, '0');
}

std::string Keys::text(std::uint32_t key) const {
  std::string text = text_;
  renumber(text.data(), key);
  return text;
}

void Keys::renumber(char* out, std::uint32_t key) const {
  char* end = out + text_.size();
  for (std::size_t i = 0; i < digits_; ++i, key >>= 4) *--end = kDigits[key & 15];
}

std::optional<std::uint32_t> Keys::parse(std::string_view text) const {
  const std::size_t padding = text_.size() - digits_;
  if (text.size() != text_.size() || !text_.starts_with(text.substr(0, padding))) return {};
  std::uint32_t key = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + padding, end, key, 16);
  if (error != std::errc{} || stopped != end || key >= count_) return {};
  return key;
}

}  // namespace larder::cli::load

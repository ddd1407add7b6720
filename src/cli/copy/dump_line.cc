// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/copy/dump_line.h"

#include <charconv>

#include "base/decimal.h"
#include "base/limits.h"

namespace larder::cli::copy {
namespace {

// Nothing: a percent sign without two digits.
std::optional<std::string> decode_uri(std::string_view text) {
  constexpr std::size_t kEscapeBytes = 3;
  std::string decoded;
  while (!text.empty()) {
    if (text.front() != '%') {
      decoded += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view escape = text.substr(0, kEscapeBytes);
    unsigned char byte = 0;
    const char* const end = escape.data() + escape.size();
    const auto [stopped, error] = std::from_chars(escape.data() + 1, end, byte, 16);
    if (escape.size() != kEscapeBytes || error != std::errc{} || stopped != end) {
      return std::nullopt;
    }
    decoded += static_cast<char>(byte);
    text.remove_prefix(kEscapeBytes);
  }
  return decoded;
}

// `name=value` at the front of `text`, which is advanced past it; nothing: another name.
std::optional<std::string_view> take_value(std::string_view& text, std::string_view name) {
  const std::string_view word = text.substr(0, text.find(' '));
  if (!word.starts_with(name)) return std::nullopt;
  text.remove_prefix(std::min(text.size(), word.size() + 1));
  return word.substr(name.size());
}

// The last of the line's words of that name.
std::optional<std::size_t> find_number(std::string_view text, std::string_view name) {
  std::optional<std::size_t> found;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (word.starts_with(name)) found = base::parse_decimal<std::size_t>(word.substr(name.size()));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return found;
}

}  // namespace

std::optional<DumpLine> DumpLine::parse(std::string_view line) {
  const auto encoded = take_value(line, "key=");
  const auto expiry = take_value(line, "exp=");
  const auto bytes = find_number(line, "size=");
  if (!encoded || !expiry || !bytes) return std::nullopt;
  auto key = decode_uri(*encoded);
  const auto expires_s = base::parse_decimal<std::int64_t>(*expiry);
  if (!key || key->empty() || key->size() > limits::kMaxKeyBytes || !expires_s) {
    return std::nullopt;
  }
  return DumpLine{*std::move(key), *expires_s < 0 ? 0 : *expires_s, *bytes};
}

}  // namespace larder::cli::copy

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/named_values.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "wire/http/octets.h"

namespace larder::serve::edge {
namespace {

using wire::http::trim_blanks;

constexpr std::size_t kEscapedBytes = 3;  // `%41`

// At the begin of `text`.
std::optional<char> escaped_byte(std::string_view text) {
  constexpr int kHexBase = 16;
  if (text.size() < kEscapedBytes || text.front() != '%') return std::nullopt;
  unsigned byte = 0;
  const char* const end = text.data() + kEscapedBytes;
  const auto read = std::from_chars(text.data() + 1, end, byte, kHexBase);
  return read.ptr == end ? std::optional(static_cast<char>(byte)) : std::nullopt;
}

}  // namespace

bool NamedValues::next() {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find(by_), rest_.size());
    pair_ = trim_blanks(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (!pair_.empty()) return true;
  }
  pair_ = {};
  return false;
}

std::string_view NamedValues::name() const { return trim_blanks(pair_.substr(0, pair_.find('='))); }

std::string_view NamedValues::value() const {
  const std::size_t equals = pair_.find('=');
  return equals == std::string_view::npos ? std::string_view()
                                          : trim_blanks(pair_.substr(equals + 1));
}

std::string plain_name(std::string_view encoded) {
  std::string plain;
  while (!encoded.empty()) {
    const std::optional<char> byte = escaped_byte(encoded);
    const char c = encoded.front() == '+' ? ' ' : encoded.front();
    plain += byte.value_or(c);
    encoded.remove_prefix(byte ? kEscapedBytes : 1);
  }
  return plain;
}

bool is_named(std::string_view encoded, std::string_view name) {
  if (encoded == name) return true;
  return encoded.find_first_of("%+") != std::string_view::npos && plain_name(encoded) == name;
}

}  // namespace larder::serve::edge

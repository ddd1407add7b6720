// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/escape.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace larder::serve::edge {
namespace {

constexpr unsigned char kFirstPrintable = 0x20;
constexpr unsigned char kLastAscii = 0x7E;
constexpr std::size_t kBytes = 256;

using Marks = std::array<bool, kBytes>;

constexpr Marks marks(Escape how) {
  Marks special{};
  for (std::size_t byte = 0; byte < kBytes; ++byte) {
    const bool is_text = byte >= kFirstPrintable && byte <= kLastAscii;
    const bool is_quote = byte == '"' || byte == '\\';
    if (how == Escape::kJson)
      special[byte] = byte < kFirstPrintable || is_quote || byte > kLastAscii;
    if (how == Escape::kDefault) special[byte] = !is_text || is_quote;
    if (how == Escape::kW3c) special[byte] = !is_text || is_quote || byte == ' ' || byte == '+';
  }
  return special;
}

constexpr std::array<Marks, 4> kSpecial = {marks(Escape::kNone), marks(Escape::kDefault),
                                           marks(Escape::kW3c), marks(Escape::kJson)};

void append_hex(std::string& out, std::string_view in_front, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out += in_front;
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 0xFU];
}

void append_json(std::string& out, unsigned char byte) {
  if (byte == '"' || byte == '\\') {
    out += '\\';
    out += static_cast<char>(byte);
    return;
  }
  append_hex(out, "\\u00", byte);
}

// Bytes that are no ASCII may be no UTF-8 either: they become the characters of Latin-1, so that
// a line is always JSON.
void append_special(std::string& out, unsigned char byte, Escape how) {
  if (how == Escape::kJson) return append_json(out, byte);
  if (how == Escape::kDefault) return append_hex(out, "\\x", byte);
  if (byte == ' ') {
    out += '+';
    return;
  }
  append_hex(out, "%", byte);
}

}  // namespace

void escape_from(std::string& out, std::size_t begin, Escape how) {
  if (how == Escape::kNone) return;
  if (out.size() == begin) {
    if (how != Escape::kJson) out += '-';
    return;
  }
  const Marks& special = kSpecial[static_cast<std::size_t>(how)];
  const auto is_special = [&special](char c) { return special[static_cast<unsigned char>(c)]; };
  const auto first = out.begin() + static_cast<std::ptrdiff_t>(begin);
  if (std::none_of(first, out.end(), is_special)) return;
  const std::string value(first, out.end());
  out.resize(begin);
  for (const char c : value) {
    if (is_special(c)) {
      append_special(out, static_cast<unsigned char>(c), how);
    } else {
      out += c;
    }
  }
}

}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/decimal.h"
#include "wire/http/field.h"

namespace larder::wire::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kAfterName = ": ";

// How many bytes the first of `lines` has, with its end.
std::size_t line_bytes(std::string_view lines) {
  const std::size_t end = lines.find(kLineEnd);
  return end == std::string_view::npos ? lines.size() : end + kLineEnd.size();
}

bool is_named(std::string_view line, std::string_view name) {
  return equal_names(line.substr(0, line.find(':')), name);
}

}  // namespace

void FieldLines::add(std::string_view name, std::string_view value) {
  LARDER_CHECK(is_token(name) && is_field_value(value));
  text_ += name;
  text_ += kAfterName;
  text_ += value;
  text_ += kLineEnd;
}

void FieldLines::add_number(Name name, std::uint64_t value) {
  std::array<char, base::kMaxDecimalBytes> digits;
  const char* end = base::write_decimal(digits.data(), value);
  add(name, {digits.data(), end});
}

void FieldLines::set(std::string_view name, std::string_view value) {
  FieldLines line;  // First: both may point into text_.
  line.add(name, value);
  remove(name);
  text_ += line.text_;
}

void FieldLines::remove(std::string_view name) {
  const std::string wanted(name);  // It may point into text_.
  for (std::size_t at = 0; at < text_.size();) {
    const std::string_view rest = std::string_view(text_).substr(at);
    const std::size_t bytes = line_bytes(rest);
    if (is_named(rest.substr(0, bytes), wanted)) {
      text_.erase(at, bytes);
    } else {
      at += bytes;
    }
  }
}

bool LineReader::next() {
  if (rest_.empty()) return false;
  const std::size_t bytes = line_bytes(rest_);
  const std::string_view line = rest_.substr(0, bytes - kLineEnd.size());
  const std::size_t colon = line.find(':');
  LARDER_CHECK(colon != std::string_view::npos && rest_.substr(0, bytes).ends_with(kLineEnd));
  name_ = line.substr(0, colon);
  value_ = line.substr(colon + kAfterName.size());
  rest_.remove_prefix(bytes);
  return true;
}

}  // namespace larder::wire::http

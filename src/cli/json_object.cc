// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/json_object.h"

#include <fmt/format.h>

namespace larder::cli {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < ' ') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c >= 0x7F || c < 0 ? '?' : c;  // a server's line need not be UTF-8
    }
  }
  return out + '"';
}

}  // namespace

JsonObject& JsonObject::add(std::string_view name, std::string_view text) {
  return raw(name, quoted(text));
}

JsonObject& JsonObject::add(std::string_view name, const std::string& text) {
  return raw(name, quoted(text));
}

JsonObject& JsonObject::add(std::string_view name, std::uint64_t number) {
  return raw(name, std::to_string(number));
}

JsonObject& JsonObject::add(std::string_view name, double number) {
  return raw(name, fmt::format("{:.6g}", number));
}

JsonObject& JsonObject::add_bool(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  text_ += fmt::format("{}{}: {}", text_.empty() ? "" : ", ", quoted(name), json);
  return *this;
}

}  // namespace larder::cli

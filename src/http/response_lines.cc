// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/response_lines.h"

#include <algorithm>
#include <array>

#include "wire/http/field.h"

namespace larder::http {
namespace {

using namespace std::string_view_literals;

constexpr std::array kOwn{"connection"sv, "content-length"sv, "keep-alive"sv, "proxy-connection"sv,
                          "transfer-encoding"sv};

// Every one of them begins with one of these letters: other lines are compared with nothing.
constexpr bool may_be_own(char first) {
  const char lower = static_cast<char>(first | 0x20);
  return lower == 'c' || lower == 'k' || lower == 'p' || lower == 't' || lower == 'u';
}

std::size_t end_of_line(std::string_view lines) {
  const std::size_t end = lines.find('\n');
  return end == std::string_view::npos ? lines.size() : end + 1;
}

bool may_go(std::string_view line, bool with_upgrade) {
  if (!may_be_own(line.front())) return true;
  const std::string_view name = line.substr(0, line.find(':'));
  return !is_drivers_own(name) && (with_upgrade || !is_upgrade(name));
}

}  // namespace

bool is_drivers_own(std::string_view name) noexcept {
  return std::ranges::any_of(
      kOwn, [name](std::string_view own) { return wire::http::equal_names(own, name); });
}

bool is_upgrade(std::string_view name) noexcept { return wire::http::equal_names(name, "upgrade"); }

std::string_view take_allowed(std::string_view& lines, bool with_upgrade) noexcept {
  std::size_t allowed = 0;
  while (allowed < lines.size()) {
    const std::string_view rest = lines.substr(allowed);
    const std::size_t line = end_of_line(rest);
    if (may_go(rest, with_upgrade)) {
      allowed += line;
    } else if (allowed == 0) {
      lines.remove_prefix(line);
    } else {
      break;
    }
  }
  const std::string_view taken = lines.substr(0, allowed);
  lines.remove_prefix(allowed);
  return taken;
}

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/limits.h"
#include "wire/memcache/arcus/command.h"
#include "wire/memcache/split_line.h"

namespace larder::wire::memcache::arcus {
namespace {

bool is_too_long(std::string_view line) noexcept {
  const std::size_t blanks = std::min(line.find_first_not_of(' '), line.size());
  if (blanks > limits::kMaxLeadingSpaces) return true;
  const std::string_view command = line.substr(blanks);
  const bool gets = command.starts_with("get ") || command.starts_with("gets ");
  return line.size() > (gets ? limits::kMaxGetLineBytes : limits::kMaxArcusLineBytes);
}

}  // namespace

Line take_line(std::string_view unread, std::size_t searched) noexcept {
  Line line = split_line(unread, searched, limits::kFewLeadingBytes, is_too_long);
  // Of an empty line a CR is not half of the end, but its one word.
  if (line.consumed == 2 && line.text.empty()) line.text = unread.substr(0, 1);
  return line;
}

}  // namespace larder::wire::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/limits.h"
#include "wire/memcache/command.h"
#include "wire/memcache/split_line.h"

namespace larder::wire::memcache {
namespace {

// The start of a line decides its limit: it is there long before the smaller limit is reached,
// so every cut of the line into packets is judged alike.
std::size_t limit_of(std::string_view line) noexcept {
  const std::size_t blanks = std::min(line.find_first_not_of(' '), limits::kMaxLeadingSpaces);
  const std::string_view command = line.substr(std::min(blanks, line.size()));
  for (const std::string_view word : {"get ", "gets ", "gat ", "gats "}) {
    if (command.starts_with(word)) return limits::kMaxGetLineBytes;
  }
  return limits::kMaxLineBytes;
}

}  // namespace

Line take_line(std::string_view unread, std::size_t searched) noexcept {
  return split_line(unread, searched, limits::kMaxLineBytes,
                    [](std::string_view text) { return text.size() > limit_of(text); });
}

}  // namespace larder::wire::memcache

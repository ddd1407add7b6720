// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "wire/memcache/command.h"

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

Line judge_long(std::string_view unread, Line line) noexcept {
  if (line.text.size() > limit_of(unread)) line.state = Line::State::kTooLong;
  return line;
}

// A CR at the end may turn out to be half of the line end.
Line wait_for_end(std::string_view unread) noexcept {
  Line line;
  line.text = unread.ends_with('\r') ? unread.substr(0, unread.size() - 1) : unread;
  if (line.text.size() > limits::kMaxLineBytes) line = judge_long(unread, line);
  line.text = {};
  return line;
}

}  // namespace

Line take_line(std::string_view unread, std::size_t searched) noexcept {
  if (unread.empty()) return {};
  const void* found = std::memchr(unread.data() + searched, '\n', unread.size() - searched);
  if (found == nullptr) return wait_for_end(unread);
  auto bytes = static_cast<std::size_t>(static_cast<const char*>(found) - unread.data());
  Line line{.state = Line::State::kComplete, .text = {}, .consumed = bytes + 1};
  if (bytes != 0 && unread[bytes - 1] == '\r') --bytes;
  line.text = {unread.data(), bytes};
  if (bytes > limits::kMaxLineBytes) return judge_long(unread, line);
  return line;
}

}  // namespace larder::wire::memcache

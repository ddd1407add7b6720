// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/login.h"

#include "base/limits.h"
#include "wire/memcache/command.h"
#include "wire/memcache/reply.h"
#include "wire/memcache/words.h"

namespace larder::wire::memcache {
namespace {

constexpr std::size_t kLongestLine = limits::kMaxLineBytes + kLineEnd.size();

// A long line of a get is none here.
Line take_short_line(std::string_view unread) noexcept {
  Line line = take_line(unread.substr(0, kLongestLine));
  const bool never_ends = line.state == Line::State::kPartial && unread.size() >= kLongestLine;
  if (never_ends || line.text.size() > limits::kMaxLineBytes) line.state = Line::State::kTooLong;
  return line;
}

// The bytes that `set any any any <bytes>` announces; nothing of any other line.
std::optional<std::uint32_t> announced_by(std::string_view line) noexcept {
  Words words(line);
  if (words.name().text != "set") return std::nullopt;
  for (int ignored = 0; ignored < 3; ++ignored) words.next();
  std::uint32_t bytes = 0;
  if (!words.take_unsigned(bytes)) return std::nullopt;
  return bytes;
}

void read_block(std::string_view block, Login& login) noexcept {
  if (!block.ends_with(kLineEnd)) {
    login.fault = Fault::kLoginEnd;
    return;
  }
  block.remove_suffix(kLineEnd.size());
  const std::size_t blank = block.find(' ');
  if (blank == std::string_view::npos) {
    login.fault = Fault::kLoginFormat;
    return;
  }
  login.credentials = {block.substr(0, blank), block.substr(blank + 1)};
}

}  // namespace

Login take_login(std::string_view unread) noexcept {
  const Line line = take_short_line(unread);
  if (line.state == Line::State::kPartial) return {};
  if (line.state == Line::State::kTooLong) return {.state = Login::State::kTooLong};
  Login login{.state = Login::State::kComplete, .consumed = line.consumed};
  const std::optional<std::uint32_t> bytes = announced_by(line.text);
  if (!bytes) {
    login.fault = Fault::kUnauthenticated;
    return login;
  }
  if (*bytes > limits::kMaxLoginBytes) {
    return {.state = Login::State::kTooLong, .fault = Fault::kLoginTooLong};
  }
  const std::size_t block_bytes = *bytes + kLineEnd.size();
  const std::string_view block = unread.substr(line.consumed, block_bytes);
  if (block.size() < block_bytes) return {};
  login.consumed += block_bytes;
  read_block(block, login);
  return login;
}

std::optional<Credentials> parse_plain(std::string_view message) noexcept {
  const std::size_t first = message.find('\0');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = message.find('\0', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view acts_as = message.substr(0, first);
  const Credentials credentials{message.substr(first + 1, second - first - 1),
                                message.substr(second + 1)};
  if (!acts_as.empty() && acts_as != credentials.user) return std::nullopt;
  return credentials;
}

}  // namespace larder::wire::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include "wire/memcache/command.h"

namespace larder::wire::memcache {

// take_line of a dialect: lines of `short_bytes` are never too long; of a longer one, of which
// `text` is the whole or the beginning, is_too_long(text) decides. Its verdict must not change when
// more of the line comes, but from no to yes.
template <class IsTooLong>
Line split_line(std::string_view unread, std::size_t searched, std::size_t short_bytes,
                IsTooLong is_too_long) noexcept {
  if (unread.empty()) return {};
  const void* found = std::memchr(unread.data() + searched, '\n', unread.size() - searched);
  Line line;
  std::size_t bytes = unread.size();
  if (found != nullptr) {
    bytes = static_cast<std::size_t>(static_cast<const char*>(found) - unread.data());
    line.state = Line::State::kComplete;
    line.consumed = bytes + 1;
  }
  // A CR at the end, when no LF has come yet, may turn out to be half of the line end.
  if (bytes != 0 && unread[bytes - 1] == '\r') --bytes;
  const std::string_view text = unread.substr(0, bytes);
  if (bytes > short_bytes && is_too_long(text)) line.state = Line::State::kTooLong;
  if (found != nullptr) line.text = text;
  return line;
}

}  // namespace larder::wire::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "wire/memcache/command.h"

// What the fuzzers of every dialect hold its lines to.
namespace larder::wire::memcache {

inline bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// Every word of the line as a plain loop sees it.
inline std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < line.size();) {
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    if (end != begin) words.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

using TakeLine = Line (*)(std::string_view unread, std::size_t searched) noexcept;

// Where a line could be cut into packets: everywhere near its ends and the limit, now and then
// in between.
inline bool is_cut(std::size_t at, std::size_t whole, std::size_t limit) {
  return at < 256 || at + 256 > whole || at % 61 == 0 || (at + 4 > limit && at < limit + 4);
}

// The first verdict that a reader of small packets comes to.
inline Line take_in_pieces(TakeLine take, std::string_view unread, std::size_t limit) {
  Line line;
  for (std::size_t cut = 0; cut <= unread.size(); ++cut) {
    if (!is_cut(cut, unread.size(), limit)) continue;
    line = take(unread.substr(0, cut), 0);
    if (line.state != Line::State::kPartial) return line;
  }
  return line;
}

// `line`, what `take` makes of `unread`, is what it says it is, however the bytes are cut.
inline void check_line(TakeLine take, const Line& line, std::string_view unread,
                       std::size_t limit) {
  const bool is_complete = line.state == Line::State::kComplete;
  if (is_complete) {
    LARDER_CHECK(is_inside(line.text, unread) && line.consumed <= unread.size());
    LARDER_CHECK(unread[line.consumed - 1] == '\n' && line.text.size() < line.consumed);
    LARDER_CHECK(line.text.find('\n') == std::string_view::npos);
    unread = unread.substr(0, line.consumed);
  }
  const Line again = take_in_pieces(take, unread, limit);
  LARDER_CHECK(again.state == line.state);
  LARDER_CHECK(!is_complete || (again.text == line.text && again.consumed == line.consumed));
}

}  // namespace larder::wire::memcache

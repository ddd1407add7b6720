// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as a stream of lines, as a session does, and holds every answer against what
// command.h promises.
#include "wire/memcache/command.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"

namespace larder::wire::memcache {
namespace {

bool is_inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

// Every word of the line as a plain loop sees it.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < line.size();) {
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    if (end != begin) words.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

void check_keys(const Command& command, std::string_view line) {
  const bool touches = command.verb == Verb::kGat || command.verb == Verb::kGats;
  const std::vector<std::string_view> words = words_of(line);
  std::size_t next = touches ? 2 : 1;
  std::string_view rest = command.rest;
  for (std::string_view key = command.key; !key.empty(); key = next_key(rest)) {
    LARDER_CHECK(key.size() <= limits::kMaxKeyBytes);
    LARDER_CHECK(next < words.size() && key.data() == words[next].data());
    LARDER_CHECK(key.size() == words[next].size());
    ++next;
  }
  LARDER_CHECK(next == words.size() && rest.empty());
}

bool is_meta(Verb verb) { return verb >= Verb::kMetaGet && verb <= Verb::kMetaNoop; }

void check_command(std::string_view line) {
  const Command command = parse_command(line);
  LARDER_CHECK(is_inside(command.key, line) && is_inside(command.rest, line));
  LARDER_CHECK(!command.has_block || command.block_bytes <= limits::kMaxValueBytes * 2 - 3);
  LARDER_CHECK(!command.noreply || !is_meta(command.verb));
  LARDER_CHECK(command.fault < Fault::kCount);
  LARDER_CHECK(command.verb != Verb::kUnknown || command.fault != Fault::kNone);
  if (command.fault != Fault::kNone || command.verb == Verb::kShutdown) return;
  LARDER_CHECK(command.key.size() <= limits::kMaxKeyBytes);
  LARDER_CHECK(command.key.find(' ') == std::string_view::npos);
  if (command.verb >= Verb::kGet && command.verb <= Verb::kGats) check_keys(command, line);
}

// Where a line could be cut into packets: everywhere near its ends and the limit, now and then
// in between.
bool is_cut(std::size_t at, std::size_t whole) {
  return at < 256 || at + 256 > whole || at % 61 == 0 ||
         (at + 4 > limits::kMaxLineBytes && at < limits::kMaxLineBytes + 4);
}

// The first verdict that a reader of small packets comes to.
Line take_in_pieces(std::string_view unread) {
  Line line;
  for (std::size_t cut = 0; cut <= unread.size(); ++cut) {
    if (!is_cut(cut, unread.size())) continue;
    line = take_line(unread.substr(0, cut));
    if (line.state != Line::State::kPartial) return line;
  }
  return line;
}

void check_line(const Line& line, std::string_view unread) {
  const bool is_complete = line.state == Line::State::kComplete;
  if (is_complete) {
    LARDER_CHECK(is_inside(line.text, unread) && line.consumed <= unread.size());
    LARDER_CHECK(unread[line.consumed - 1] == '\n' && line.text.size() < line.consumed);
    LARDER_CHECK(line.text.find('\n') == std::string_view::npos);
    unread = unread.substr(0, line.consumed);
  }
  const Line again = take_in_pieces(unread);
  LARDER_CHECK(again.state == line.state);
  LARDER_CHECK(!is_complete || (again.text == line.text && again.consumed == line.consumed));
}

}  // namespace
}  // namespace larder::wire::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::memcache;
  // A copy that ends where the input ends: a read beyond it is a fault, not the fuzzer's bytes.
  const std::vector<char> bytes(data, data + size);
  std::string_view unread(bytes.data(), bytes.size());
  while (true) {
    const Line line = take_line(unread);
    check_line(line, unread);
    if (line.state != Line::State::kComplete) return 0;
    check_command(line.text);
    unread.remove_prefix(line.consumed);
  }
}

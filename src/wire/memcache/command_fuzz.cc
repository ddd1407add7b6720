// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Reads its input as a stream of lines, as a session does, and holds every answer against what
// command.h promises.
#include "wire/memcache/command.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/limits.h"
#include "wire/memcache/line_fuzz.h"

namespace larder::wire::memcache {
namespace {

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

}  // namespace
}  // namespace larder::wire::memcache

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace larder::wire::memcache;
  // A copy that ends where the input ends: a read beyond it is a fault, not the fuzzer's bytes.
  const std::vector<char> bytes(data, data + size);
  std::string_view unread(bytes.data(), bytes.size());
  while (true) {
    const Line line = take_line(unread);
    check_line(take_line, line, unread, larder::limits::kMaxLineBytes);
    if (line.state != Line::State::kComplete) return 0;
    check_command(line.text);
    unread.remove_prefix(line.consumed);
  }
}

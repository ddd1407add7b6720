// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "wire/memcache/arcus/parsers.h"

namespace larder::wire::memcache::arcus {
namespace {

// [delay] [noreply]; a word behind the delay is ignored.
bool take_delay(Words words, Command& command) noexcept {
  command.rest = words.rest();
  command.noreply = Words::ends_in(command.rest, "noreply");
  const bool is_bare = command.rest.empty() || words.next() == "noreply";
  if (is_bare && words.rest().empty()) return true;
  words = Words(command.rest);
  return words.take(command.exptime) && command.exptime >= 0;
}

}  // namespace

void parse_operation(Words words, const CommandLimits&, Command& command) noexcept {
  command.rest = words.rest();
}

void parse_flush_all(Words words, const CommandLimits&, Command& command) noexcept {
  if (!take_delay(words, command)) command.fault = Fault::kBadFormat;
}

void parse_flush_prefix(Words words, const CommandLimits&, Command& command) noexcept {
  command.key = words.next();
  if (!take_delay(words, command)) command.fault = Fault::kBadFormat;
  if (command.key.size() > limits::kMaxPrefixBytes) command.fault = Fault::kPrefixTooLong;
}

void parse_scrub(Words words, const CommandLimits& limits, Command& command) noexcept {
  parse_operation(words, limits, command);
  const std::string_view word = words.next();
  if (word.empty() || word == "stale") return;
  command.verb = Verb::kUnknown;
  command.fault = Fault::kNoMatchingCommand;
}

}  // namespace larder::wire::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "wire/memcache/arcus/block.h"
#include "wire/memcache/arcus/parsers.h"

namespace larder::wire::memcache::arcus {
namespace {

bool is_long(std::string_view key) noexcept { return key.size() > limits::kMaxArcusKeyBytes; }

// The key, and whether the line ends in noreply.
std::string_view take_key(Words& words, Command& command) noexcept {
  command.key = words.next();
  command.rest = words.rest();
  command.noreply = Words::ends_in(command.rest, "noreply");
  if (is_long(command.key)) command.fault = Fault::kBadFormat;
  return command.rest;
}

bool take_store(Words& words, Command& command) noexcept {
  take_key(words, command);
  const bool is_right =
      words.take(command.flags) && words.take(command.exptime) && take_bytes(words, command);
  if (!is_right) command.fault = Fault::kBadFormat;
  return command.fault == Fault::kNone;
}

}  // namespace

void parse_keys(Words words, const CommandLimits&, Command& command) noexcept {
  const std::string_view keys = words.rest();
  command.key = words.next();
  command.rest = words.rest();
  if (Words::has_longer(keys, limits::kMaxArcusKeyBytes)) command.fault = Fault::kBadFormat;
}

void parse_touching_keys(Words words, const CommandLimits& limits, Command& command) noexcept {
  const bool is_time = words.take(command.exptime);
  parse_keys(words, limits, command);
  if (!is_time && command.fault == Fault::kNone) command.fault = Fault::kInvalidExptime;
}

void parse_mget(Words words, const CommandLimits&, Command& command) noexcept {
  if (!take_list(words, command) || command.list_count == 0 || command.block_bytes == 0) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_list(limits::kMaxMgetKeys, limits::kMaxArcusKeyBytes, command);
}

void parse_store(Words words, const CommandLimits&, Command& command) noexcept {
  command.has_block = take_store(words, command);
}

void parse_cas(Words words, const CommandLimits&, Command& command) noexcept {
  if (!take_store(words, command)) return;
  command.has_block = words.take(command.number);
  if (!command.has_block) command.fault = Fault::kBadFormat;
}

// incr key delta [flags exptime initial] [noreply]: with two words more than the delta it is none.
void parse_arithmetic(Words words, const CommandLimits&, Command& command) noexcept {
  const std::size_t count = Words::count(take_key(words, command), limits::kMaxArcusWords);
  if (count == 3) {
    command.verb = Verb::kUnknown;
    command.noreply = false;
    command.fault = Fault::kNoMatchingCommand;
    return;
  }
  if (command.fault != Fault::kNone) return;
  if (!words.take(command.number)) {
    command.fault = Fault::kInvalidDelta;
    return;
  }
  if (count < 3) return;
  const bool is_right = words.take(command.flags) && words.take(command.exptime) &&
                        words.take(command.initial.emplace());
  if (!is_right) command.fault = Fault::kBadFormat;
}

// delete key [0] [noreply]: old clients send the 0.
void parse_delete(Words words, const CommandLimits&, Command& command) noexcept {
  take_key(words, command);
  std::string_view word = words.next();
  if (word == "0") word = words.next();
  if (word == "noreply") word = words.next();
  if (!word.empty()) command.fault = Fault::kDeleteUsage;
}

void parse_touch(Words words, const CommandLimits&, Command& command) noexcept {
  take_key(words, command);
  if (command.fault == Fault::kNone && !words.take(command.exptime)) {
    command.fault = Fault::kBadValue;
  }
}

void parse_attributes(Words words, const CommandLimits&, Command& command) noexcept {
  command.key = words.next();
  command.rest = words.rest();
  if (is_long(command.key)) command.fault = Fault::kBadFormat;
}

}  // namespace larder::wire::memcache::arcus

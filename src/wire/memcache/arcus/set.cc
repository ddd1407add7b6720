// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/block.h"
#include "wire/memcache/arcus/creation.h"
#include "wire/memcache/arcus/parsers.h"

namespace larder::wire::memcache::arcus {

void parse_sop_create(Words words, const CommandLimits&, Command& command) noexcept {
  parse_create(Collection::kSet, words, command);
}

// sop insert key bytes [create …] [noreply|pipe]
void parse_sop_insert(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  if (!take_bytes(arguments, command) || !take_creation(Collection::kSet, arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_element(limits, command);
}

// sop delete key bytes [drop] [noreply|pipe]
void parse_sop_delete(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  take_drop(arguments, command);
  if (!take_bytes(arguments, command) || !arguments.empty()) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_element(limits, command);
}

// sop exist key bytes [pipe]: another last word is ignored.
void parse_sop_exist(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_pipe(arguments, command);
  if (!take_bytes(arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_element(limits, command);
}

// sop get key count [delete|drop]
void parse_sop_get(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_removal(arguments, command);
  if (!arguments.take(command.count) || !arguments.empty()) {
    command.fault = Fault::kBadFormat;
  } else if (command.count > limits::kMaxSopGetElements) {
    command.fault = Fault::kTooManyCount;
  }
}

}  // namespace larder::wire::memcache::arcus

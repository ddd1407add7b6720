// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/block.h"
#include "wire/memcache/arcus/creation.h"
#include "wire/memcache/arcus/parsers.h"

namespace larder::wire::memcache::arcus {
namespace {

bool take_field(Arguments& arguments, Command& command) noexcept {
  command.field = arguments.next();
  if (command.field.size() <= limits::kMaxFieldBytes) return true;
  command.fault = Fault::kTooLongField;
  return false;
}

// Either the list's bytes and fields, or `0 0`: all fields, and no list.
bool take_fields(Arguments& arguments, Command& command) noexcept {
  return take_list(arguments, command) && (command.block_bytes == 0) == (command.list_count == 0);
}

void expect_fields(const CommandLimits& limits, Command& command) noexcept {
  if (command.list_count == 0) return;
  expect_list(limits.map_elements, limits::kMaxFieldBytes, command);
}

}  // namespace

void parse_mop_create(Words words, const CommandLimits&, Command& command) noexcept {
  parse_create(Collection::kMap, words, command);
}

// mop insert|upsert key field bytes [create …] [noreply|pipe]
void parse_mop_insert(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  if (!take_field(arguments, command)) return;
  if (!take_bytes(arguments, command) || !take_creation(Collection::kMap, arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_element(limits, command);
}

// mop update key field bytes [noreply|pipe]: another last word is ignored.
void parse_mop_update(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  if (!take_field(arguments, command)) return;
  if (!take_bytes(arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_element(limits, command);
}

// mop delete key bytes fields [drop] [noreply|pipe]
void parse_mop_delete(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  take_drop(arguments, command);
  if (!take_fields(arguments, command) || !arguments.empty()) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_fields(limits, command);
}

// mop get key bytes fields [delete|drop]
void parse_mop_get(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_removal(arguments, command);
  if (!take_fields(arguments, command) || !arguments.empty()) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_fields(limits, command);
}

}  // namespace larder::wire::memcache::arcus

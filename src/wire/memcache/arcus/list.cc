// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/block.h"
#include "wire/memcache/arcus/creation.h"
#include "wire/memcache/arcus/parsers.h"

namespace larder::wire::memcache::arcus {
namespace {

// An index, or `from..to`; what counts from the end is negative.
bool take_indexes(Arguments& arguments, Command& command) noexcept {
  const WordRange range = split_range(arguments.next());
  std::int32_t from = 0;
  std::int32_t to = 0;
  const bool is_right = parse_number(range.from, from) && parse_number(range.to, to);
  command.from = from;
  command.to = to;
  return is_right;
}

}  // namespace

void parse_lop_create(Words words, const CommandLimits&, Command& command) noexcept {
  parse_create(Collection::kList, words, command);
}

// lop insert key index bytes [create …] [noreply|pipe]
void parse_lop_insert(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  std::int32_t index = 0;
  if (!arguments.take(index) || !take_bytes(arguments, command) ||
      !take_creation(Collection::kList, arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  command.from = command.to = index;
  expect_element(limits, command);
}

// lop delete key range [drop] [noreply|pipe]
void parse_lop_delete(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  take_drop(arguments, command);
  if (!take_indexes(arguments, command) || !arguments.empty()) command.fault = Fault::kBadFormat;
}

// lop get key range [delete|drop]
void parse_lop_get(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_removal(arguments, command);
  if (!take_indexes(arguments, command) || !arguments.empty()) command.fault = Fault::kBadFormat;
}

}  // namespace larder::wire::memcache::arcus

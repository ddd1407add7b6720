// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/limits.h"
#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/bkey.h"
#include "wire/memcache/arcus/block.h"
#include "wire/memcache/arcus/filter.h"
#include "wire/memcache/arcus/parsers.h"

// What asks b+trees; what changes them: btree.cc.
namespace larder::wire::memcache::arcus {
namespace {

bool take_order(Arguments& arguments, Command& command) noexcept {
  command.descending = arguments.take_next("desc");
  return command.descending || arguments.take_next("asc");
}

// [offset] count
bool take_window(Arguments& arguments, Command& command) noexcept {
  if (arguments.size() == 2 && !arguments.take(command.offset)) return false;
  return arguments.take(command.count) && arguments.empty();
}

// mget, smget:  bytes keys range [filter] [offset] count
bool take_lists(Arguments& arguments, Command& command) noexcept {
  return take_list(arguments, command) && command.block_bytes != 0 && command.list_count != 0 &&
         parse_bkey_range(arguments.next(), command.range) && take_filter(arguments, command) &&
         take_window(arguments, command);
}

}  // namespace

// bop get key range [filter] [[offset] count] [delete|drop]
void parse_bop_get(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_removal(arguments, command);
  const bool is_right = parse_bkey_range(arguments.next(), command.range) &&
                        take_filter(arguments, command) &&
                        (arguments.empty() || take_window(arguments, command));
  if (!is_right) command.fault = Fault::kBadFormat;
}

// bop count key range [filter]
void parse_bop_count(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  const bool is_right =
      parse_bkey_range(arguments.next(), command.range) && take_filter(arguments, command);
  if (!is_right || !arguments.empty()) command.fault = Fault::kBadFormat;
}

// bop position key bkey asc|desc
void parse_bop_position(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  if (!parse_one_bkey(arguments.next(), command.range) || !take_order(arguments, command)) {
    command.fault = Fault::kBadFormat;
  }
}

// bop gbp key asc|desc position|from..to
void parse_bop_gbp(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  const bool is_order = take_order(arguments, command);
  const WordRange range = split_range(arguments.next());
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  if (!is_order || !parse_number(range.from, from) || !parse_number(range.to, to)) {
    command.fault = Fault::kBadFormat;
  }
  command.from = from;
  command.to = to;
}

// bop pwg key bkey asc|desc [count]
void parse_bop_pwg(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  const bool is_right = parse_one_bkey(arguments.next(), command.range) &&
                        take_order(arguments, command) &&
                        (arguments.empty() || arguments.take(command.count));
  if (!is_right) {
    command.fault = Fault::kBadFormat;
  } else if (command.count > limits::kMaxPwgElements) {
    command.fault = Fault::kTooLargeCount;
  }
}

void parse_bop_mget(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_lists(arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_list(limits::kMaxBopMgetKeys, limits::kMaxArcusKeyBytes, command);
  if (command.count == 0 || command.count > limits::kMaxBopMgetElements) {
    command.fault = Fault::kBadValue;
  }
}

// … [duplicate|unique]
void parse_bop_smget(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (arguments.take_last("duplicate")) {
    command.mode = SmgetMode::kDuplicate;
  } else if (arguments.take_last("unique")) {
    command.mode = SmgetMode::kUnique;
  }
  if (!take_lists(arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_list(limits::kMaxSmgetKeys, limits::kMaxArcusKeyBytes, command);
  const std::size_t elements = std::size_t{command.offset} + command.count;
  if (command.count == 0 || elements > limits::kMaxSmgetElements) {
    command.fault = Fault::kBadValue;
  }
}

}  // namespace larder::wire::memcache::arcus

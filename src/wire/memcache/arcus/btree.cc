// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/bitwise.h"
#include "wire/memcache/arcus/bkey.h"
#include "wire/memcache/arcus/block.h"
#include "wire/memcache/arcus/creation.h"
#include "wire/memcache/arcus/filter.h"
#include "wire/memcache/arcus/parsers.h"

// What changes b+trees; what asks them: btree_query.cc.
namespace larder::wire::memcache::arcus {
namespace {

// [[offset bitwise] eflag] in front of the bytes; a zero is an eflag of no bytes.
bool take_eflag_update(Arguments& arguments, Command& command) noexcept {
  if (arguments.size() == 1) return true;
  base::EflagUpdate& update = command.eflag_update.emplace();
  if (arguments.size() > 2) {
    if (!arguments.take(update.offset) || update.offset >= base::Eflag::kMost) return false;
    update.how = bitwise_of(arguments.next());
    if (!update.how) return false;
  }
  const std::string_view word = arguments.next();
  std::int32_t zero = 0;
  return parse_bytes(word, update.eflag) || (parse_number(word, zero) && zero == 0);
}

}  // namespace

void parse_bop_create(Words words, const CommandLimits&, Command& command) noexcept {
  parse_create(Collection::kBTree, words, command);
}

// bop insert|upsert key bkey [eflag] bytes [create …] [noreply|pipe|getrim]
void parse_bop_insert(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  if (!command.noreply && !command.pipe) command.returns_trimmed = arguments.take_last("getrim");
  bool is_right = parse_one_bkey(arguments.next(), command.range);
  if (begins_bytes(arguments.peek())) {
    is_right = parse_bytes(arguments.next(), command.eflag) && is_right;
  }
  if (!is_right || !take_bytes(arguments, command) ||
      !take_creation(Collection::kBTree, arguments, command)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  expect_element(limits, command);
}

// bop update key bkey [[offset bitwise] eflag] bytes|-1 [noreply|pipe]
void parse_bop_update(Words words, const CommandLimits& limits, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  const bool is_right =
      parse_one_bkey(arguments.next(), command.range) && take_eflag_update(arguments, command);
  command.keeps_value = arguments.take_last("-1");
  if (!is_right || (!command.keeps_value && !take_bytes(arguments, command)) ||
      !arguments.empty()) {
    command.fault = Fault::kBadFormat;
    return;
  }
  if (!command.keeps_value) expect_element(limits, command);
}

// bop delete key range [filter] [count] [drop] [noreply|pipe]
void parse_bop_delete(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  take_drop(arguments, command);
  const bool is_right = parse_bkey_range(arguments.next(), command.range) &&
                        take_filter(arguments, command) &&
                        (arguments.empty() || arguments.take(command.count));
  if (!is_right || !arguments.empty()) command.fault = Fault::kBadFormat;
}

// bop incr|decr key bkey delta [initial [eflag]] [noreply|pipe]: a word behind that is ignored.
void parse_bop_arithmetic(Words words, const CommandLimits&, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply_or_pipe(arguments, command);
  bool is_right = parse_one_bkey(arguments.next(), command.range) &&
                  arguments.take(command.number) && command.number != 0;
  if (!arguments.empty()) is_right = arguments.take(command.initial.emplace()) && is_right;
  if (!arguments.empty()) is_right = parse_bytes(arguments.next(), command.eflag) && is_right;
  if (!is_right) command.fault = Fault::kBadFormat;
}

}  // namespace larder::wire::memcache::arcus

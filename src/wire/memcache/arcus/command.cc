// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/command.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "base/limits.h"
#include "wire/memcache/arcus/arguments.h"
#include "wire/memcache/arcus/parsers.h"
#include "wire/memcache/name_table.h"

namespace larder::wire::memcache::arcus {
namespace {

constexpr std::uint8_t kAny = std::numeric_limits<std::uint8_t>::max();

// A command, or a family of them, whose second word tells which one it is. A line with another
// number of words than `least` to `most`, its name included, is no command at all; one of a family
// whose number suits the family and not its member is a wrong one.
struct Row {
  std::string_view name;
  Verb verb = Verb::kUnknown;
  std::uint8_t least = 0;
  std::uint8_t most = 0;
  Parse parse = nullptr;  // of a family: none

  bool is_family() const noexcept { return parse == nullptr; }
  bool admits(std::size_t words) const noexcept {
    return words >= least && (most == kAny || words <= most);
  }
};

// clang-format off
constexpr auto kCommands = std::to_array<Row>({
    {"get",          Verb::kGet,         2, kAny, parse_keys},
    {"gets",         Verb::kGets,        2, kAny, parse_keys},
    {"gat",          Verb::kGat,         3, kAny, parse_touching_keys},
    {"gats",         Verb::kGats,        3, kAny, parse_touching_keys},
    {"mget",         Verb::kMget,        3, 3,    parse_mget},
    {"mgets",        Verb::kMgets,       3, 3,    parse_mget},
    {"set",          Verb::kSet,         5, 6,    parse_store},
    {"add",          Verb::kAdd,         5, 6,    parse_store},
    {"replace",      Verb::kReplace,     5, 6,    parse_store},
    {"append",       Verb::kAppend,      5, 6,    parse_store},
    {"prepend",      Verb::kPrepend,     5, 6,    parse_store},
    {"cas",          Verb::kCas,         6, 7,    parse_cas},
    {"incr",         Verb::kIncr,        3, 7,    parse_arithmetic},
    {"decr",         Verb::kDecr,        3, 7,    parse_arithmetic},
    {"delete",       Verb::kDelete,      2, 4,    parse_delete},
    {"touch",        Verb::kTouch,       3, 4,    parse_touch},
    {"getattr",      Verb::kGetattr,     2, 13,   parse_attributes},
    {"setattr",      Verb::kSetattr,     3, 7,    parse_attributes},

    {"lop",          Verb::kUnknown,     4, 12},
    {"lop create",   Verb::kLopCreate,   6, 9,    parse_lop_create},
    {"lop insert",   Verb::kLopInsert,   5, 12,   parse_lop_insert},
    {"lop delete",   Verb::kLopDelete,   4, 6,    parse_lop_delete},
    {"lop get",      Verb::kLopGet,      4, 5,    parse_lop_get},

    {"sop",          Verb::kUnknown,     4, 11},
    {"sop create",   Verb::kSopCreate,   6, 9,    parse_sop_create},
    {"sop insert",   Verb::kSopInsert,   4, 11,   parse_sop_insert},
    {"sop delete",   Verb::kSopDelete,   4, 6,    parse_sop_delete},
    {"sop exist",    Verb::kSopExist,    4, 5,    parse_sop_exist},
    {"sop get",      Verb::kSopGet,      4, 5,    parse_sop_get},

    {"mop",          Verb::kUnknown,     5, 12},
    {"mop create",   Verb::kMopCreate,   6, 9,    parse_mop_create},
    {"mop insert",   Verb::kMopInsert,   5, 12,   parse_mop_insert},
    {"mop upsert",   Verb::kMopUpsert,   5, 12,   parse_mop_insert},
    {"mop update",   Verb::kMopUpdate,   5, 6,    parse_mop_update},
    {"mop delete",   Verb::kMopDelete,   5, 7,    parse_mop_delete},
    {"mop get",      Verb::kMopGet,      5, 6,    parse_mop_get},

    {"bop",          Verb::kUnknown,     4, 13},
    {"bop create",   Verb::kBopCreate,   6, 9,    parse_bop_create},
    {"bop insert",   Verb::kBopInsert,   5, 13,   parse_bop_insert},
    {"bop upsert",   Verb::kBopUpsert,   5, 13,   parse_bop_insert},
    {"bop update",   Verb::kBopUpdate,   5, 9,    parse_bop_update},
    {"bop delete",   Verb::kBopDelete,   4, 12,   parse_bop_delete},
    {"bop incr",     Verb::kBopIncr,     5, 8,    parse_bop_arithmetic},
    {"bop decr",     Verb::kBopDecr,     5, 8,    parse_bop_arithmetic},
    {"bop get",      Verb::kBopGet,      4, 12,   parse_bop_get},
    {"bop count",    Verb::kBopCount,    4, 9,    parse_bop_count},
    {"bop position", Verb::kBopPosition, 5, 5,    parse_bop_position},
    {"bop gbp",      Verb::kBopGbp,      5, 5,    parse_bop_gbp},
    {"bop pwg",      Verb::kBopPwg,      5, 6,    parse_bop_pwg},
    {"bop mget",     Verb::kBopMget,     6, 13,   parse_bop_mget},
    {"bop smget",    Verb::kBopSmget,    6, 13,   parse_bop_smget},

    {"flush_all",    Verb::kFlushAll,    1, 3,    parse_flush_all},
    {"flush_prefix", Verb::kFlushPrefix, 2, 4,    parse_flush_prefix},
    {"scan",         Verb::kUnknown,     3, kAny},
    {"scan key",     Verb::kScanKey,     3, kAny, parse_operation},
    {"scan prefix",  Verb::kScanPrefix,  3, kAny, parse_operation},
    {"dump",         Verb::kUnknown,     2, kAny},
    {"dump start",   Verb::kDumpStart,   4, 5,    parse_operation},
    {"dump stop",    Verb::kDumpStop,    2, 2,    parse_operation},
    {"scrub",        Verb::kScrub,       1, 2,    parse_scrub},
    {"config",       Verb::kConfig,      2, kAny, parse_operation},
    {"stats",        Verb::kStats,       1, kAny, parse_operation},
    {"cmdlog",       Verb::kCmdlog,      1, kAny, parse_operation},
    {"lqdetect",     Verb::kLqdetect,    1, kAny, parse_operation},
    {"zkensemble",   Verb::kZkensemble,  2, kAny, parse_operation},
    {"ready",        Verb::kReady,       1, 1,    parse_operation},
    {"help",         Verb::kHelp,        1, kAny, parse_operation},
    {"version",      Verb::kVersion,     1, 1,    parse_operation},
    {"shutdown",     Verb::kShutdown,    1, 2,    parse_operation},
    {"quit",         Verb::kQuit,        1, 1,    parse_operation},
});
// clang-format on

constexpr NameTable<Row, 9> kNames(kCommands);

consteval bool fit_arguments() {
  for (const Row& row : kCommands) {
    const bool is_member = row.name.find(' ') != std::string_view::npos;
    if (is_member && row.most != kAny && row.most > Arguments::kMost + 2) return false;
  }
  return true;
}
static_assert(fit_arguments(), "a line has more arguments than are taken");

// `family`'s row of the next word, taken: the first eight letters of both tell, the blank between
// them included.
const Row* take_member(const Row& family, Words& words) noexcept {
  const std::string_view word = words.next();
  const std::size_t begin = family.name.size() + 1;
  const std::uint64_t head = Words::pack(family.name) | std::uint64_t{' '} << 8 * (begin - 1) |
                             Words::pack(word) << 8 * begin;
  const Row* row = kNames.find(head);
  return row != nullptr && row->name.substr(begin) == word ? row : nullptr;
}

void parse_member(const Row& family, std::size_t count, Words words, const CommandLimits& limits,
                  Command& command) noexcept {
  command = {};
  const Row* row = take_member(family, words);
  if (row == nullptr || !row->admits(count)) {
    command.fault = Fault::kBadFormat;
    return;
  }
  command.verb = row->verb;
  row->parse(words, limits, command);
}

// Why a line that no row admits is none.
Fault fault_of(std::string_view line) noexcept {
  const std::size_t words = Words::count(line, limits::kMaxArcusWords + 1);
  if (words == 0) return Fault::kNoArguments;
  return words > limits::kMaxArcusWords ? Fault::kTooManyArguments : Fault::kNoMatchingCommand;
}

}  // namespace

void parse_command(std::string_view line, const CommandLimits& limits, Command& command) noexcept {
  static_cast<KeyValueCommand&>(command) = {};
  Words words(line);
  const std::string_view text = words.rest();
  const Row* row = kNames.find(words.name());
  // Many keys are not counted.
  const bool is_open = row != nullptr && row->most == kAny && !row->is_family();
  const std::size_t enough = is_open ? row->least : limits::kMaxArcusWords + 1;
  const std::size_t count = Words::count(text, enough);
  if (row == nullptr || !row->admits(count)) {
    command.fault = fault_of(text);
    return;
  }
  if (row->is_family()) return parse_member(*row, count, words, limits, command);
  command.verb = row->verb;
  row->parse(words, limits, command);
}

std::int64_t expiry_of(std::int64_t exptime, std::int64_t now_ms) noexcept {
  return exptime == -1 ? kSticky : memcache::expiry_of(exptime, now_ms);
}

}  // namespace larder::wire::memcache::arcus

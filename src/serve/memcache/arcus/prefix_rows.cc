// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/prefix_rows.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <tuple>

#include "serve/memcache/arcus/local_time.h"
#include "serve/memcache/arcus/prefix_name.h"

namespace larder::serve::memcache::arcus {
namespace {

using Text = std::back_insert_iterator<std::string>;

// ---- operations

struct Code {
  std::string_view code;  // in front of `s`, for how often it was asked for, and `h`, for hits
  Operation operation;
  bool has_hits = true;
};

// In the order of the line, which is not that of `stats`.
constexpr auto kCodes = std::to_array<Code>({
    {"lc", Operation::kLopCreate, false}, {"li", Operation::kLopInsert},
    {"ld", Operation::kLopDelete},        {"lg", Operation::kLopGet},
    {"sc", Operation::kSopCreate, false}, {"si", Operation::kSopInsert},
    {"sd", Operation::kSopDelete},        {"sg", Operation::kSopGet},
    {"se", Operation::kSopExist},         {"mc", Operation::kMopCreate, false},
    {"mi", Operation::kMopInsert},        {"mu", Operation::kMopUpdate},
    {"md", Operation::kMopDelete},        {"mg", Operation::kMopGet},
    {"bc", Operation::kBopCreate, false}, {"bi", Operation::kBopInsert},
    {"bu", Operation::kBopUpdate},        {"bd", Operation::kBopDelete},
    {"bp", Operation::kBopIncr},          {"bm", Operation::kBopDecr},
    {"bg", Operation::kBopGet},           {"bn", Operation::kBopCount},
    {"pf", Operation::kBopPosition},      {"pg", Operation::kBopPwg},
    {"gp", Operation::kBopGbp},           {"ga", Operation::kGetattr, false},
    {"sa", Operation::kSetattr, false},
});

// ---- items

// By type, behind the letter of all.
constexpr std::array<std::string_view, std::tuple_size_v<decltype(cache::PrefixUsage::types)>>
    kLetters = {"k", "l", "s", "m", "b"};

}  // namespace

std::string item_row(const cache::PrefixUsage& usage) {
  const cache::PrefixUsage::OfType all = usage.all();
  std::string row = fmt::format("PREFIX {} itm {}", shown_prefix(usage.name), all.items);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    fmt::format_to(Text(row), " {}itm {}", kLetters[i], usage.types[i].items);
  }
  fmt::format_to(Text(row), " tsz {}", all.bytes);
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    fmt::format_to(Text(row), " {}tsz {}", kLetters[i], usage.types[i].bytes);
  }
  fmt::format_to(Text(row), " time {}\r\n", date_and_time(usage.created, ""));
  return row;
}

std::string operation_row(std::string_view prefix, const Prefixes::Counts& counts) {
  static const OperationCounts kNone;
  const OperationCounts& operated = counts.operated != nullptr ? *counts.operated : kNone;
  std::string row = fmt::format("PREFIX {} get {} hit {} set {} del {} inc {} dec {}",
                                shown_prefix(prefix), counts.got, counts.hit, counts.set,
                                counts.deleted, counts.counted_up, counts.counted_down);
  for (const Code& code : kCodes) {
    fmt::format_to(Text(row), " {}s {}", code.code, operated.asked(code.operation));
    if (code.has_hits) {
      fmt::format_to(Text(row), " {}h {}", code.code, operated.hits(code.operation));
    }
  }
  row += "\r\n";
  return row;
}

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/creation.h"

#include <array>

namespace larder::wire::memcache::arcus {
namespace {

struct Row {
  Overflow overflow;
  std::string_view name;
  std::array<bool, 4> suits;  // list, set, map, b+tree
};

// clang-format off
constexpr auto kOverflows = std::to_array<Row>({
    {Overflow::kError,              "error",                {true,  true,  true,  true}},
    {Overflow::kHeadTrim,           "head_trim",            {true,  false, false, false}},
    {Overflow::kTailTrim,           "tail_trim",            {true,  false, false, false}},
    {Overflow::kSmallestTrim,       "smallest_trim",        {false, false, false, true}},
    {Overflow::kLargestTrim,        "largest_trim",         {false, false, false, true}},
    {Overflow::kSmallestSilentTrim, "smallest_silent_trim", {false, false, false, true}},
    {Overflow::kLargestSilentTrim,  "largest_silent_trim",  {false, false, false, true}},
});
// clang-format on

const Row* row_of(std::string_view name) noexcept {
  for (const Row& row : kOverflows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// flags [exptime [maxcount [overflow action] [unreadable]]]
bool take_attributes(Collection type, Arguments& arguments, Creation& creation) noexcept {
  if (!arguments.take(creation.flags)) return false;
  if (!arguments.empty() && !arguments.take(creation.exptime)) return false;
  if (!arguments.empty() && !arguments.take(creation.maxcount)) return false;
  const Row* row = row_of(arguments.peek());
  if (row != nullptr && row->suits[static_cast<std::size_t>(type)]) {
    creation.overflow = row->overflow;
    arguments.next();
  }
  creation.unreadable = arguments.take_next("unreadable");
  return arguments.empty();
}

}  // namespace

std::optional<Overflow> overflow_of(std::string_view name) noexcept {
  const Row* row = row_of(name);
  return row == nullptr ? std::nullopt : std::optional(row->overflow);
}

std::string_view name_of(Overflow overflow) noexcept {
  for (const Row& row : kOverflows) {
    if (row.overflow == overflow) return row.name;
  }
  return {};
}

bool take_creation(Collection type, Arguments& arguments, Command& command) noexcept {
  if (arguments.empty()) return true;
  return arguments.take_next("create") &&
         take_attributes(type, arguments, command.create.emplace());
}

void parse_create(Collection type, Words words, Command& command) noexcept {
  Arguments arguments(words);
  if (!take_key(arguments, command)) return;
  take_noreply(arguments, command);
  if (!take_attributes(type, arguments, command.create.emplace())) {
    command.fault = Fault::kBadFormat;
  }
}

}  // namespace larder::wire::memcache::arcus

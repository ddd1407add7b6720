// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/filter.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/limits.h"
#include "wire/memcache/arcus/bitwise.h"
#include "wire/memcache/arcus/bkey.h"

namespace larder::wire::memcache::arcus {
namespace {

using Compare = base::EflagFilter::Compare;

bool parse_compare(std::string_view word, Compare& compare) noexcept {
  constexpr std::array<std::string_view, 6> kNames = {"EQ", "NE", "LT", "LE", "GT", "GE"};
  const auto* name = std::ranges::find(kNames, word);
  if (name == kNames.end()) return false;
  compare = static_cast<Compare>(name - kNames.begin());
  return true;
}

// Calls take(value) for each of `list`: bytes with commas between them, where a list may be.
// False: it is none, or they are not equally wide.
template <class Take>
bool take_values(std::string_view list, bool may_be_list, Take take) {
  std::size_t width = 0;
  std::size_t count = 0;
  while (!list.empty()) {
    const std::size_t end = may_be_list ? std::min(list.find(','), list.size()) : list.size();
    const std::string_view word = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (word.empty()) continue;
    base::ShortBytes value;
    if (++count > limits::kMaxFilterValues || !parse_bytes(word, value)) return false;
    if (count > 1 && value.size() != width) return false;
    width = value.size();
    take(value);
  }
  return true;
}

// All but the values, which go to `take`.
template <class Take>
bool parse_filter(Arguments& arguments, base::EflagFilter& filter, Take take) {
  if (!arguments.take(filter.offset) || filter.offset >= base::Eflag::kMost) return false;
  if (begins_bytes(arguments.peek(3))) {
    filter.mask_how = bitwise_of(arguments.next());
    if (!filter.mask_how || !parse_bytes(arguments.next(), filter.mask)) return false;
  }
  if (!parse_compare(arguments.next(), filter.compare)) return false;
  const bool may_be_list =
      filter.compare == Compare::kEqual || filter.compare == Compare::kNotEqual;
  std::size_t width = 0;
  const bool are_values = take_values(arguments.next(), may_be_list, [&](const auto& value) {
    width = value.size();
    take(value);
  });
  return are_values && filter.offset + width <= base::Eflag::kMost &&
         (!filter.mask_how || filter.mask.size() == width);
}

}  // namespace

bool take_filter(Arguments& arguments, Command& command) noexcept {
  if (!begins_bytes(arguments.peek(2))) return true;
  const char* begin = arguments.peek().data();
  const std::string_view last = arguments.peek(begins_bytes(arguments.peek(4)) ? 4 : 2);
  const char* end = last.data() + last.size();
  command.filter.text = {begin, static_cast<std::size_t>(end - begin)};
  base::EflagFilter filter;
  return parse_filter(arguments, filter, [](const auto&) {});
}

base::EflagFilter filter_of(const FilterText& text) {
  base::EflagFilter filter;
  Arguments arguments{Words(text.text)};
  const bool is_filter = parse_filter(
      arguments, filter, [&](const base::ShortBytes& value) { filter.values.push_back(value); });
  LARDER_CHECK(is_filter && arguments.empty());
  return filter;
}

}  // namespace larder::wire::memcache::arcus

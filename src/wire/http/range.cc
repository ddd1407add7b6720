// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/decimal.h"
#include "base/limits.h"
#include "wire/http/conditional.h"
#include "wire/http/octets.h"

namespace larder::wire::http {
namespace {

constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
constexpr std::string_view kUnit = "bytes";

// One member of a set: `first-last`, `first-` or `-suffix`.
struct Specification {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;  // without a first: how many from the end
};

// Digits only; what no 64 bits hold lies behind every end.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  return base::parse_decimal<std::uint64_t>(text).value_or(kEnd);
}

std::optional<Specification> parse_specification(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view first = text.substr(0, dash);
  const std::string_view last = text.substr(dash + 1);
  const Specification range{.first = parse_position(first), .last = parse_position(last)};
  if (range.first.has_value() == first.empty() || range.last.has_value() == last.empty()) {
    return std::nullopt;
  }
  if (!range.first && !range.last) return std::nullopt;
  if (range.first && range.last && *range.first > *range.last) return std::nullopt;
  return range;
}

// What stands behind `bytes=`. Nothing: another unit.
std::optional<std::string_view> set_of(std::string_view range) {
  const std::size_t equals = range.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  if (!equal_names(range.substr(0, equals), kUnit)) return std::nullopt;
  return range.substr(equals + 1);
}

// The last bytes, of which there may be fewer: satisfiable whatever the size (RFC 9110, 14.1.2).
bool is_some_suffix(const Specification& range) { return !range.first && *range.last != 0; }

// Nothing: it is not satisfiable.
std::optional<ByteRange> resolve(const Specification& range, std::uint64_t size) {
  if (size == 0) return std::nullopt;
  if (!range.first) {
    if (!is_some_suffix(range)) return std::nullopt;
    return ByteRange{.first = size - std::min(*range.last, size), .last = size - 1};
  }
  if (*range.first >= size) return std::nullopt;
  return ByteRange{.first = *range.first, .last = std::min(range.last.value_or(kEnd), size - 1)};
}

// Ranges that are more together than the whole are a way to make a server send much.
bool exceeds(const std::vector<ByteRange>& ranges, std::uint64_t size) {
  std::uint64_t left = size;
  for (const ByteRange& range : ranges) {
    if (range.size() > left) return true;
    left -= range.size();
  }
  return false;
}

std::optional<std::vector<Specification>> parse_set(std::string_view set) {
  std::vector<Specification> ranges;
  for (Items items(set); items.next();) {
    const std::optional<Specification> range = parse_specification(items.item());
    if (!range || ranges.size() == limits::kMaxRanges) return std::nullopt;
    ranges.push_back(*range);
  }
  return ranges.empty() ? std::nullopt : std::optional(std::move(ranges));
}

}  // namespace

RangeSet parse_range(std::string_view range, std::uint64_t size) {
  const std::optional<std::string_view> set = set_of(range);
  const auto asked = set ? parse_set(*set) : std::nullopt;
  if (!asked) return {};
  // No Content-Range can tell an empty range: such a one is the whole.
  if (size == 0 && std::ranges::any_of(*asked, is_some_suffix)) return {};
  RangeSet found{.state = RangeSet::State::kSome};
  for (const Specification& one : *asked) {
    if (const std::optional<ByteRange> bytes = resolve(one, size)) found.ranges.push_back(*bytes);
  }
  if (found.ranges.empty()) return {.state = RangeSet::State::kUnsatisfiable};
  return exceeds(found.ranges, size) ? RangeSet{} : found;
}

std::optional<OpenRange> parse_open_range(std::string_view range) {
  const std::optional<std::string_view> set = set_of(range);
  const auto asked = set ? parse_set(*set) : std::nullopt;
  if (!asked || asked->size() != 1 || !asked->front().first) return std::nullopt;
  OpenRange open{.first = *asked->front().first, .last = asked->front().last};
  if (open.last == kEnd) open.last.reset();
  return open;
}

std::optional<ContentRange> parse_content_range(std::string_view text) noexcept {
  const std::size_t blank = text.find(' ');
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || blank > slash) return std::nullopt;
  if (!equal_names(text.substr(0, blank), kUnit)) return std::nullopt;
  const auto range = parse_specification(text.substr(blank + 1, slash - blank - 1));
  if (!range || !range->first || !range->last || *range->last == kEnd) return std::nullopt;
  ContentRange found{.range = {.first = *range->first, .last = *range->last}, .size = {}};
  const std::string_view size = text.substr(slash + 1);
  if (size == "*") return found;
  found.size = parse_position(size);
  if (!found.size || *found.size <= found.range.last) return std::nullopt;
  return found;
}

}  // namespace larder::wire::http

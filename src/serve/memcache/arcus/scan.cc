// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/decimal.h"
#include "base/limits.h"
#include "serve/memcache/arcus/local_time.h"
#include "serve/memcache/arcus/told_item.h"
#include "wire/memcache/words.h"

namespace larder::serve::memcache::arcus {

namespace wire = ::larder::wire::memcache;
using wire::Fault;

namespace {

constexpr std::size_t kLineItems = 12;  // of an index: at most

bool take_type(std::string_view word, std::optional<cache::ItemType>& type) {
  type.reset();
  if (word == "A") return true;
  if (word.size() != 1) return false;
  for (std::size_t i = 0; i < cache::kItemTypes; ++i) {
    const auto each = static_cast<cache::ItemType>(i);
    if (letter_of(each) == word.front()) type = each;
  }
  return type.has_value();
}

Fault take_option(std::string_view name, std::string_view word, Scan::Of of, Scan& scan) {
  if (word.empty()) return Fault::kBadFormat;
  if (name == "count") {
    scan.count = base::parse_decimal<std::uint32_t>(word).value_or(0);
    const bool is_well = scan.count >= 1 && scan.count <= limits::kMaxScanCount;
    return is_well ? Fault::kNone : Fault::kBadCount;
  }
  if (name == "match") {
    scan.match = Glob::parse(word);
    return scan.match ? Fault::kNone : Fault::kBadPattern;
  }
  if (name == "type" && of == Scan::Of::kKeys) {
    return take_type(word, scan.type) ? Fault::kNone : Fault::kBadItemType;
  }
  return Fault::kBadFormat;
}

bool is_wanted(const Scan& scan, std::string_view name) {
  return !scan.match || scan.match->matches(name);
}

void append_prefix(const cache::PrefixUsage& prefix, ScanPage& page) {
  const cache::PrefixUsage::OfType all = prefix.all();
  fmt::format_to(std::back_inserter(page.lines), "{} {} {} {}\r\n", shown_prefix(prefix.name),
                 all.items, all.bytes, date_and_time(prefix.created, ""));
  ++page.count;
}

}  // namespace

Fault parse_scan(std::string_view arguments, Scan::Of of, Scan& scan) {
  wire::Words words(arguments);
  const std::string_view cursor = words.next();
  if (cursor.size() > limits::kMaxCursorBytes) return Fault::kBadCursor;
  for (auto name = words.next(); !name.empty(); name = words.next()) {
    const Fault fault = take_option(name, words.next(), of, scan);
    if (fault != Fault::kNone) return fault;
  }
  const auto number = base::parse_decimal<std::uint64_t>(cursor);
  if (!number) return Fault::kInvalidCursor;
  scan.cursor = *number;
  return Fault::kNone;
}

std::optional<ScanPage> scan_keys(cache::Cache& cache, const Scan& scan, char delimiter,
                                  cache::UnixMs now) {
  auto cursor = cache::Cursor::of(scan.cursor);
  if (!cache.has(cursor)) return std::nullopt;
  ScanPage page;
  std::size_t looked_at = 0;  // bytes
  const cache::Show show = [&](std::string_view key, const cache::Found& found) {
    looked_at += key.size();
    if (scan.type && found.type != *scan.type) return;
    if (is_internal(key, delimiter) || !is_wanted(scan, key)) return;
    fmt::format_to(std::back_inserter(page.lines), "{} {} {}\r\n", key, letter_of(found.type),
                   expire_time(found.expires, now));
    ++page.count;
  };
  bool is_more = true;
  std::size_t left = std::max(scan.count * limits::kScanVisits / kLineItems, std::size_t{1});
  while (is_more && left != 0 && page.count < scan.count && looked_at < limits::kScanKeyBytes) {
    const std::size_t wanted = (scan.count - page.count) / kLineItems;
    const std::size_t lines =
        std::min(std::clamp(wanted, std::size_t{1}, limits::kShownLines), left);
    is_more = cache.show(cursor, show, now, lines);
    left -= lines;
  }
  page.next = is_more ? cursor.number() : 0;
  return page;
}

// In the order of their hashes, which is that of the cursors: no prefix comes or goes elsewhere.
ScanPage scan_prefixes(const cache::Cache& cache, const Scan& scan) {
  struct Place {
    std::uint64_t hash;
    const cache::PrefixUsage* prefix;
  };
  const std::vector<cache::PrefixUsage> prefixes = cache.prefixes();
  std::vector<Place> places;
  places.reserve(prefixes.size());
  for (const cache::PrefixUsage& prefix : prefixes) {
    const std::uint64_t hash = cache.key(prefix.name).hash;
    if (hash < scan.cursor || prefix.name == kInternalPrefix) continue;
    // No pattern matches what has no name.
    const bool is_named = !scan.match || !prefix.name.empty();
    if (is_named && is_wanted(scan, prefix.name)) places.push_back({hash, &prefix});
  }
  std::ranges::sort(places, {}, &Place::hash);
  ScanPage page;
  auto at = places.begin();
  for (; at != places.end(); ++at) {
    // Those of one hash are told together: no cursor is between them.
    if (page.count >= scan.count && at->hash != std::prev(at)->hash) break;
    append_prefix(*at->prefix, page);
  }
  page.next = at != places.end() ? at->hash : 0;
  return page;
}

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/cache.h"
#include "cache/collections.h"
#include "serve/memcache/arcus/glob.h"
#include "wire/memcache/fault.h"

// `scan`: a page of keys or of prefixes at a time, and a number to go on from. The node remembers
// nothing between them.
//
//   scan key 0 ─► KEYS <n> <next> … END ─ next not 0 ─► scan key <next> ─► …
//
// Who is there from the first page to the last is told once; a page may be empty.
namespace larder::serve::memcache::arcus {

struct Scan {
  enum class Of : std::uint8_t { kKeys, kPrefixes };

  std::uint64_t cursor = 0;
  std::uint32_t count = 20;  // about so many in a page
  std::optional<Glob> match = {};
  std::optional<cache::ItemType> type = {};  // of keys: no others
};

// <cursor> [count <n>] [match <pattern>] [type A|K|L|S|M|B], the options in any order, the last one
// of a name counts. kNone: `scan` is well.
wire::memcache::Fault parse_scan(std::string_view arguments, Scan::Of of, Scan& scan);

struct ScanPage {
  std::string lines = {};
  std::size_t count = 0;
  std::uint64_t next = 0;
};

// Ends when there are as many as wanted, or when it has taken as long as a page may. Nothing: the
// cursor is of no scan of this cache.
std::optional<ScanPage> scan_keys(cache::Cache& cache, const Scan& scan, char delimiter,
                                  cache::UnixMs now);
ScanPage scan_prefixes(const cache::Cache& cache, const Scan& scan);

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "serve/memcache/arcus/operation.h"
#include "serve/memcache/stat_table.h"

// Arcus' names, in Arcus' order. What it counts for collections comes from the table of operations.
namespace larder::serve::memcache {
namespace {

using arcus::Counts;
using arcus::OperationRow;
using arcus::Outcome;

// Of the limit: what nothing uses, and what of that is in no page either.
std::uint64_t unused(From from) {
  const std::uint64_t used = from.cache.total_bytes;
  return from.memory_limit > used ? from.memory_limit - used : 0;
}

std::uint64_t unleased(From from) {
  const std::uint64_t free = from.cache.free_bytes;
  return unused(from) > free ? unused(from) - free : 0;
}

std::uint64_t oldest_idle_s(From from) { return static_cast<std::uint64_t>(from.oldest_idle_s); }
std::uint64_t evicted_idle_s(From from) {
  return static_cast<std::uint64_t>(from.cache.evicted_idle_s);
}

constexpr auto kConnections = std::to_array<FixedRow>({
    {kGeneral, kState, "daemon_connections", [](From from) { return from.listeners; }},
    {kGeneral, kState, "curr_connections", io_part<&io::Usage::connections>},
    {kGeneral, kCount, "quit_connections", deeds<Deed::kQuit>},
    {kGeneral, kCount, "reject_connections", [](From from) { return from.refused_connections; }},
    {kGeneral, kCount, "total_connections", [](From from) { return from.arrivals.connections; }},
});

constexpr auto kAsked = std::to_array<FixedRow>({
    {kGeneral, kCount, "cmd_get", deeds<Deed::kGetHit, Deed::kGetMiss>},
    {kGeneral, kCount, "cmd_set", deeds<Deed::kSet>},
    {kGeneral, kCount, "cmd_incr", deeds<Deed::kIncrHit, Deed::kIncrMiss, Deed::kIncrOther>},
    {kGeneral, kCount, "cmd_decr", deeds<Deed::kDecrHit, Deed::kDecrMiss, Deed::kDecrOther>},
    {kGeneral, kCount, "cmd_delete", deeds<Deed::kDeleteHit, Deed::kDeleteMiss>},
    {kGeneral, kCount, "cmd_cas", deeds<Deed::kCas>},
    {kGeneral, kCount, "cmd_flush", deeds<Deed::kFlush>},
    {kGeneral, kCount, "cmd_flush_prefix", deeds<Deed::kFlushPrefix>},
    {kGeneral, kCount, "cmd_auth", [](From from) { return from.logins; }},
});

constexpr auto kOutcomesOfKeys = std::to_array<FixedRow>({
    {kGeneral, kCount, "get_hits", deeds<Deed::kGetHit>},
    {kGeneral, kCount, "get_misses", deeds<Deed::kGetMiss>},
    {kGeneral, kCount, "incr_hits", deeds<Deed::kIncrHit>},
    {kGeneral, kCount, "incr_misses", deeds<Deed::kIncrMiss>},
    {kGeneral, kCount, "decr_hits", deeds<Deed::kDecrHit>},
    {kGeneral, kCount, "decr_misses", deeds<Deed::kDecrMiss>},
    {kGeneral, kCount, "delete_hits", deeds<Deed::kDeleteHit>},
    {kGeneral, kCount, "delete_misses", deeds<Deed::kDeleteMiss>},
    {kGeneral, kCount, "cas_hits", deeds<Deed::kCasHit>},
    {kGeneral, kCount, "cas_badval", deeds<Deed::kCasBadval>},
    {kGeneral, kCount, "cas_misses", deeds<Deed::kCasMiss>},
    {kGeneral, kCount, "auth_errors", [](From from) { return from.refused_logins; }},
});

constexpr auto kNode = std::to_array<FixedRow>({
    {kGeneral, kState, "stat_prefixes", [](From from) { return from.counted_prefixes; }},
    {kGeneral, kCount, "bytes_read", [](From from) { return from.traffic.received_bytes; }},
    {kGeneral, kCount, "bytes_written", [](From from) { return from.traffic.sent_bytes; }},
    {kGeneral, kState, "limit_maxbytes", [](From from) { return from.memory_limit; }},
    {kGeneral, kState, "limit_maxconns", [](From from) { return from.max_connections; }},
    {kGeneral, kState, "threads", [](From from) { return from.threads; }},
    {kGeneral, kCount, "conn_yields", [](From from) { return from.traffic.yields; }},
    // ---- the engine
    {kGeneral, kState, "curr_prefixes", [](From from) { return from.prefixes; }},
    {kGeneral, kCount, "reclaimed", cache_part<&Usage::expired>},
    {kGeneral, kCount, "evictions", cache_part<&Usage::evicted>},
    {kGeneral, kCount, "outofmemorys", deeds<Deed::kNoMemory>},
    {kGeneral, kState, "sticky_items", cache_part<&Usage::sticky_items>},
    {kGeneral, kState, "curr_items", cache_part<&Usage::items>},
    {kGeneral, kCount, "total_items", cache_part<&Usage::stored>},
    {kGeneral, kState, "sticky_bytes", cache_part<&Usage::sticky_bytes>},
    {kGeneral, kState, "bytes", cache_part<&Usage::item_bytes>},
    {kGeneral, kState, "sticky_limit", [](From from) { return from.sticky_limit; }},
    {kGeneral, kState, "engine_maxbytes", [](From from) { return from.memory_limit; }},
    {kGeneral, kState, "engine_malloced", cache_part<&Usage::total_bytes>},
    // ---- what Arcus does not tell
    {kGeneral, kCount, "cmd_touch", deeds<Deed::kTouchHit, Deed::kTouchMiss>},
    {kGeneral, kCount, "touch_hits", deeds<Deed::kTouchHit>},
    {kGeneral, kCount, "touch_misses", deeds<Deed::kTouchMiss>},
    {kGeneral, kState, "memory_collections", cache_part<&Usage::collection_bytes>},
});

constexpr auto kClass = std::to_array<FixedRow>({
    {kItems, kState, "items:0:number", cache_part<&Usage::items>},
    {kItems, kState, "items:0:sticky", cache_part<&Usage::sticky_items>},
    {kItems, kState, "items:0:age", oldest_idle_s},
    {kItems, kCount, "items:0:evicted", cache_part<&Usage::evicted>},
    {kItems, kCount, "items:0:evicted_nonzero", cache_part<&Usage::evicted_expiring>},
    {kItems, kState, "items:0:evicted_time", evicted_idle_s},
    {kItems, kCount, "items:0:outofmemory", deeds<Deed::kNoMemory>},
    {kItems, kCount, "items:0:reclaimed", cache_part<&Usage::expired>},
    {kSlabs, kState, "SM:used_total_space", cache_part<&Usage::item_bytes>},
    {kSlabs, kState, "SM:free_small_space", slack},
    {kSlabs, kState, "SM:free_avail_space", [](From from) { return slack(from) + unused(from); }},
    {kSlabs, kState, "SM:free_chunk_space", cache_part<&Usage::free_bytes>},
    {kSlabs, kState, "SM:free_limit_space", unleased},
    {kSlabs, kState, "active_slabs",
     [](From from) { return std::uint64_t{from.cache.page_bytes != 0}; }},
    {kSlabs, kState, "memory_limit", [](From from) { return from.memory_limit; }},
    {kSlabs, kState, "total_malloced", cache_part<&Usage::total_bytes>},
});

// ---- from the table of operations

void add_asked(std::vector<StatRow>& rows) {
  for (const OperationRow& row : arcus::operations()) {
    rows.push_back(
        {kGeneral, kCount, "cmd_" + std::string(row.name),
         [operation = row.operation](From from) { return from.operated.asked(operation); }});
  }
}

using Told = std::pair<std::string_view, Outcome>;

std::vector<Told> told_outcomes(Counts counts) {
  constexpr Told kMisses = {"misses", Outcome::kMiss};
  constexpr Told kElemHits = {"elem_hits", Outcome::kHit};
  constexpr Told kNoneHits = {"none_hits", Outcome::kNone};
  switch (counts) {
    case Counts::kOks: return {{"oks", Outcome::kHit}};
    case Counts::kHits: return {kMisses, {"hits", Outcome::kHit}};
    case Counts::kElements: return {kMisses, kElemHits, kNoneHits};
    case Counts::kElementsFirst: return {kElemHits, kNoneHits, kMisses};
  }
  return {};
}

void add_outcomes(std::vector<StatRow>& rows) {
  for (const OperationRow& row : arcus::operations()) {
    for (const auto& [name, told] : told_outcomes(row.counts)) {
      rows.push_back({kGeneral, kCount, std::string(row.name) + "_" + std::string(name),
                      [operation = row.operation, outcome = told](From from) {
                        return from.operated.of(operation, outcome);
                      }});
    }
  }
}

}  // namespace

std::vector<StatRow> arcus_rows() {
  std::vector<StatRow> rows;
  add_rows(rows, kConnections);
  add_rows(rows, kAsked);
  add_asked(rows);
  add_rows(rows, kOutcomesOfKeys);
  add_outcomes(rows);
  add_rows(rows, kNode);
  add_rows(rows, memory_rows());
  add_rows(rows, kClass);
  return rows;
}

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <cstddef>

#include "base/limits.h"
#include "serve/memcache/stat_table.h"

// memcached's names.
namespace larder::serve::memcache {
namespace {

// memcached's chunk is as large as the items that it is for: here, as an item is on average.
std::uint64_t chunk_bytes(From from) {
  if (from.cache.items == 0) return 0;
  return (from.cache.item_bytes + from.cache.items - 1) / from.cache.items;
}

std::uint64_t free_chunks(From from) {
  const std::uint64_t chunk = chunk_bytes(from);
  const cache::Usage& of = from.cache;
  return chunk == 0 || of.page_bytes < of.item_bytes ? 0 : (of.page_bytes - of.item_bytes) / chunk;
}

std::uint64_t reclaimed(From from) { return from.cache.expired - from.cache.tended; }

constexpr std::int64_t kUsPerMs = 1000;

constexpr auto kRows = std::to_array<FixedRow>({
    // ---- connections
    {kGeneral, kState, "max_connections", [](From from) { return from.max_connections; }},
    {kGeneral, kState, "curr_connections", io_part<&io::Usage::connections>},
    {kGeneral, kCount, "total_connections", [](From from) { return from.arrivals.connections; }},
    {kGeneral, kCount, "rejected_connections", [](From from) { return from.refused_connections; }},
    {kGeneral, kCount, "idle_kicks", [](From from) { return from.idle_cuts; }},
    {kGeneral, kState, "accepting_conns",
     [](From from) { return std::uint64_t{from.arrivals.accepting}; }},
    {kGeneral, kCount, "listen_disabled_num", [](From from) { return from.arrivals.pauses; }},
    {kGeneral, kCount, "time_in_listen_disabled_us",
     [](From from) { return static_cast<std::uint64_t>(from.arrivals.paused_ms * kUsPerMs); }},
    {kGeneral, kState, "reserved_fds", [](From from) { return from.own_descriptors; }},
    {kGeneral, kState, "threads", [](From from) { return from.threads; }},
    {kGeneral, kCount, "conn_yields", [](From from) { return from.traffic.yields; }},
    {kGeneral, kCount, "bytes_read", [](From from) { return from.traffic.received_bytes; }},
    {kGeneral, kCount, "bytes_written", [](From from) { return from.traffic.sent_bytes; }},
    // ---- datagrams
    {kGeneral, kCount, "udp_requests", udp_part<&UdpCounts::requests>},
    {kGeneral, kCount, "udp_strangers", udp_part<&UdpCounts::strangers>},
    {kGeneral, kCount, "udp_malformed", udp_part<&UdpCounts::malformed>},
    {kGeneral, kCount, "udp_cut_off", udp_part<&UdpCounts::cut_off>},
    // ---- what was asked for
    {kGeneral, kCount, "cmd_get", deeds<Deed::kGetHit, Deed::kGetMiss>},
    {kGeneral, kCount, "cmd_set", deeds<Deed::kSet, Deed::kCas>},
    {kGeneral, kCount, "cmd_flush", deeds<Deed::kFlush>},
    {kGeneral, kCount, "cmd_flush_prefix", deeds<Deed::kFlushPrefix>},
    {kGeneral, kCount, "cmd_touch", deeds<Deed::kTouchHit, Deed::kTouchMiss>},
    {kGeneral, kCount, "cmd_meta", deeds<Deed::kMeta>},
    {kGeneral, kCount, "get_hits", deeds<Deed::kGetHit>},
    {kGeneral, kCount, "get_misses", deeds<Deed::kGetMiss>},
    {kGeneral, kCount, "get_expired", cache_part<&Usage::met_expired>},
    {kGeneral, kCount, "get_flushed", cache_part<&Usage::met_flushed>},
    {kGeneral, kCount, "delete_misses", deeds<Deed::kDeleteMiss>},
    {kGeneral, kCount, "delete_hits", deeds<Deed::kDeleteHit>},
    {kGeneral, kCount, "incr_misses", deeds<Deed::kIncrMiss>},
    {kGeneral, kCount, "incr_hits", deeds<Deed::kIncrHit>},
    {kGeneral, kCount, "decr_misses", deeds<Deed::kDecrMiss>},
    {kGeneral, kCount, "decr_hits", deeds<Deed::kDecrHit>},
    {kGeneral, kCount, "cas_misses", deeds<Deed::kCasMiss>},
    {kGeneral, kCount, "cas_hits", deeds<Deed::kCasHit>},
    {kGeneral, kCount, "cas_badval", deeds<Deed::kCasBadval>},
    {kGeneral, kCount, "touch_hits", deeds<Deed::kTouchHit>},
    {kGeneral, kCount, "touch_misses", deeds<Deed::kTouchMiss>},
    {kGeneral, kCount, "auth_cmds", [](From from) { return from.logins; }},
    {kGeneral, kCount, "auth_errors", [](From from) { return from.refused_logins; }},
    {kGeneral, kCount, "store_too_large", deeds<Deed::kTooLarge>},
    {kGeneral, kCount, "store_no_memory", deeds<Deed::kNoMemory>},
    // ---- who watches
    {kGeneral, kState, "log_watchers", [](From from) { return from.watch.watchers; }},
    {kGeneral, kCount, "log_watcher_sent", [](From from) { return from.watch.sent; }},
    {kGeneral, kCount, "log_watcher_skipped", [](From from) { return from.watch.skipped; }},
    // ---- items
    {kGeneral, kState, "limit_maxbytes", [](From from) { return from.memory_limit; }},
    {kGeneral, kState, "bytes", cache_part<&Usage::item_bytes>},
    {kGeneral, kState, "curr_items", cache_part<&Usage::items>},
    {kGeneral, kState, "flushed_prefixes", cache_part<&Usage::flushed_prefixes>},
    {kGeneral, kCount, "total_items", cache_part<&Usage::stored>},
    {kGeneral, kCount, "evictions", cache_part<&Usage::evicted>},
    {kGeneral, kCount, "evicted_unfetched", cache_part<&Usage::evicted_unfetched>},
    {kGeneral, kCount, "evicted_active", cache_part<&Usage::evicted_active>},
    {kGeneral, kCount, "expired_unfetched", cache_part<&Usage::expired_unfetched>},
    {kGeneral, kCount, "reclaimed", reclaimed},
    {kGeneral, kCount, "crawler_reclaimed", cache_part<&Usage::tended>},
    {kGeneral, kCount, "crawler_items_checked", cache_part<&Usage::walked_items>},
    {kGeneral, kCount, "lru_crawler_starts", cache_part<&Usage::walks>},
    {kGeneral, kCount, "lrutail_reflocked", cache_part<&Usage::spared_held>},
    {kGeneral, kCount, "moves_within_lru", cache_part<&Usage::spared>},
    {kGeneral, kCount, "direct_reclaims", cache_part<&Usage::made_room>},
    {kGeneral, kState, "slab_global_page_pool",
     [](From from) { return from.cache.free_bytes / limits::kPageBytes; }},
    {kGeneral, kState, "hash_power_level",
     [](From from) { return std::uint64_t{std::bit_width(from.cache.index_slots)} - 1; }},
    {kGeneral, kState, "hash_bytes", cache_part<&Usage::index_bytes>},
    {kGeneral, kState, "hash_is_expanding",
     [](From from) { return std::uint64_t{from.cache.index_resizes != 0}; }},
    // ---- stats items, of the one class
    {kItems, kState, "items:1:number", cache_part<&Usage::items>},
    {kItems, kState, "items:1:age",
     [](From from) { return static_cast<std::uint64_t>(from.oldest_idle_s); }},
    {kItems, kState, "items:1:mem_requested", cache_part<&Usage::item_bytes>},
    {kItems, kCount, "items:1:evicted", cache_part<&Usage::evicted>},
    {kItems, kCount, "items:1:evicted_nonzero", cache_part<&Usage::evicted_expiring>},
    {kItems, kState, "items:1:evicted_time",
     [](From from) { return static_cast<std::uint64_t>(from.cache.evicted_idle_s); }},
    {kItems, kCount, "items:1:outofmemory", deeds<Deed::kNoMemory>},
    {kItems, kCount, "items:1:reclaimed", reclaimed},
    {kItems, kCount, "items:1:expired_unfetched", cache_part<&Usage::expired_unfetched>},
    {kItems, kCount, "items:1:evicted_unfetched", cache_part<&Usage::evicted_unfetched>},
    {kItems, kCount, "items:1:evicted_active", cache_part<&Usage::evicted_active>},
    {kItems, kCount, "items:1:crawler_reclaimed", cache_part<&Usage::tended>},
    {kItems, kCount, "items:1:crawler_items_checked", cache_part<&Usage::walked_items>},
    {kItems, kCount, "items:1:lrutail_reflocked", cache_part<&Usage::spared_held>},
    {kItems, kCount, "items:1:moves_within_lru", cache_part<&Usage::spared>},
    {kItems, kCount, "items:1:direct_reclaims", cache_part<&Usage::made_room>},
    // ---- stats slabs, the same
    {kSlabs, kState, "1:chunk_size", chunk_bytes},
    {kSlabs, kState, "1:chunks_per_page",
     [](From from) { return limits::kPageBytes / chunk_bytes(from); }},
    {kSlabs, kState, "1:total_pages",
     [](From from) { return from.cache.page_bytes / limits::kPageBytes; }},
    {kSlabs, kState, "1:total_chunks",
     [](From from) { return from.cache.items + free_chunks(from); }},
    {kSlabs, kState, "1:used_chunks", cache_part<&Usage::items>},
    {kSlabs, kState, "1:free_chunks", free_chunks},
    {kSlabs, kCount, "1:get_hits", deeds<Deed::kGetHit>},
    {kSlabs, kCount, "1:cmd_set", deeds<Deed::kSet, Deed::kCas>},
    {kSlabs, kCount, "1:delete_hits", deeds<Deed::kDeleteHit>},
    {kSlabs, kCount, "1:incr_hits", deeds<Deed::kIncrHit>},
    {kSlabs, kCount, "1:decr_hits", deeds<Deed::kDecrHit>},
    {kSlabs, kCount, "1:cas_hits", deeds<Deed::kCasHit>},
    {kSlabs, kCount, "1:cas_badval", deeds<Deed::kCasBadval>},
    {kSlabs, kCount, "1:touch_hits", deeds<Deed::kTouchHit>},
});

}  // namespace

std::vector<StatRow> memcached_rows() {
  std::vector<StatRow> rows;
  add_rows(rows, kRows);
  add_rows(rows, memory_rows());
  return rows;
}

}  // namespace larder::serve::memcache

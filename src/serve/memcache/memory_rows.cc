// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>

#include "serve/memcache/stat_table.h"

namespace larder::serve::memcache {
namespace {

constexpr auto kRows = std::to_array<FixedRow>({
    {kGeneral, kState, "memory_items", cache_part<&Usage::item_bytes>},
    {kGeneral, kState, "memory_index", cache_part<&Usage::index_bytes>},
    {kGeneral, kState, "memory_ghost", cache_part<&Usage::ghost_bytes>},
    {kGeneral, kState, "memory_pinned", cache_part<&Usage::pinned_bytes>},
    {kGeneral, kState, "memory_reserved", cache_part<&Usage::reserved_bytes>},
    {kGeneral, kState, "memory_slack", slack},
    {kGeneral, kState, "memory_free", cache_part<&Usage::free_bytes>},
    {kGeneral, kState, "memory_connections", io_part<&io::Usage::connection_bytes>},
    {kGeneral, kState, "memory_inboxes", io_part<&io::Usage::inbox_bytes>},
    {kGeneral, kState, "memory_outboxes", io_part<&io::Usage::outbox_bytes>},
    {kGeneral, kState, "memory_loops",
     [](From from) { return from.io.backend_bytes + from.udp.room_bytes; }},
    {kGeneral, kState, "memory_tls", io_part<&io::Usage::tls_bytes>},
});

}  // namespace

std::uint64_t slack(From from) {
  const cache::Usage& of = from.cache;
  const std::uint64_t owned =
      of.item_bytes + of.index_bytes + of.ghost_bytes + of.pinned_bytes + of.reserved_bytes;
  // The parts are read one after the other, while other threads go on.
  return of.total_bytes > owned ? of.total_bytes - owned : 0;
}

std::span<const FixedRow> memory_rows() { return kRows; }

}  // namespace larder::serve::memcache

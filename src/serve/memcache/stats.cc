// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/stats.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string_view>

#include "base/process_memory.h"
#include "base/version.h"

namespace larder::serve::memcache {

namespace {

constexpr cache::UnixMs kMsPerS = 1000;

class Stats {
 public:
  explicit Stats(const TellStat& tell) : tell_(tell) {}

  template <class Value>
  void add(std::string_view name, const Value& value) {
    tell_(name, fmt::format("{}", value));
  }
  void add(std::string_view name, const timeval& time) {
    tell_(name, fmt::format("{}.{:06}", time.tv_sec, time.tv_usec));
  }

 private:
  const TellStat& tell_;
};

void add_process(const Node& node, cache::UnixMs now, Stats& stats) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  stats.add("pid", ::getpid());
  stats.add("uptime", (now - node.started) / kMsPerS);
  stats.add("time", now / kMsPerS);
  stats.add("version", base::kMemcachedVersion);
  stats.add("pointer_size", 8 * sizeof(void*));
  stats.add("rusage_user", used.ru_utime);
  stats.add("rusage_system", used.ru_stime);
}

void add_connections(const io::Loops& loops, const io::Usage& io, Stats& stats) {
  stats.add("max_connections", loops.max_connections());
  stats.add("curr_connections", io.connections);
  stats.add("rejected_connections", loops.refused_connections());
  stats.add("listen_disabled_num", loops.accept_pauses());
  stats.add("idle_kicks", loops.idle_cuts());
  stats.add("threads", loops.threads());
}

void add_tls(const io::Tls& tls, cache::UnixMs now, Stats& stats) {
  stats.add("ssl_handshake_errors", tls.counts().handshake_errors.load());
  stats.add("ssl_proto_errors", tls.counts().protocol_errors.load());
  stats.add("time_since_server_cert_refresh", (now - tls.loaded()) / kMsPerS);
}

void add_items(const cache::Cache& cache, const cache::Usage& usage, Stats& stats) {
  stats.add("limit_maxbytes", cache.memory_limit());
  stats.add("bytes", usage.item_bytes);
  stats.add("curr_items", usage.items);
  stats.add("evictions", usage.evicted);
}

void add_memory(const cache::Usage& cache, const io::Usage& io, Stats& stats) {
  const std::uint64_t owned = cache.item_bytes + cache.index_bytes + cache.ghost_bytes +
                              cache.pinned_bytes + cache.reserved_bytes;
  stats.add("memory_items", cache.item_bytes);
  stats.add("memory_index", cache.index_bytes);
  stats.add("memory_ghost", cache.ghost_bytes);
  stats.add("memory_pinned", cache.pinned_bytes);
  stats.add("memory_reserved", cache.reserved_bytes);
  // The parts are read one after the other, while other threads go on.
  stats.add("memory_slack", cache.total_bytes > owned ? cache.total_bytes - owned : 0);
  stats.add("memory_free", cache.free_bytes);
  stats.add("memory_connections", io.connection_bytes);
  stats.add("memory_inboxes", io.inbox_bytes);
  stats.add("memory_outboxes", io.outbox_bytes);
  stats.add("memory_loops", io.backend_bytes);
  stats.add("memory_tls", io.tls_bytes);
  const base::ProcessMemory process = base::read_process_memory();
  stats.add("memory_heap", process.heap);
  stats.add("memory_heap_free", process.heap_free);
  stats.add("memory_resident", process.resident);
}

}  // namespace

void tell_stats(const Node& node, cache::UnixMs now, const TellStat& tell) {
  Stats stats(tell);
  const cache::Usage usage = node.cache.usage();
  const io::Usage io = node.loops != nullptr ? node.loops->usage() : io::Usage();
  add_process(node, now, stats);
  if (node.loops != nullptr) add_connections(*node.loops, io, stats);
  if (node.tls != nullptr) add_tls(*node.tls, now, stats);
  add_items(node.cache, usage, stats);
  add_memory(usage, io, stats);
}

}  // namespace larder::serve::memcache

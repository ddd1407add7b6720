// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "base/process_memory.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/connection_list.h"
#include "serve/memcache/size_census.h"
#include "serve/memcache/stats_group.h"

namespace larder::serve::memcache {
namespace {

constexpr cache::UnixMs kMsPerS = 1000;

void tell_time(const TellStat& tell, std::string_view name, const timeval& time) {
  tell(name, fmt::format("{}.{:06}", time.tv_sec, time.tv_usec));
}

std::span<const StatsGroup> groups_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::kMemcached: return memcached_groups();
    case Dialect::kArcus: return arcus_groups();
  }
  return {};
}

}  // namespace

Snapshot take_snapshot(const Node& node, cache::UnixMs now) {
  Snapshot snapshot;
  snapshot.memory_limit = node.cache.memory_limit();
  snapshot.oldest_idle_s = node.cache.oldest_idle_s(now);
  snapshot.cache = node.cache.usage();
  snapshot.deeds = node.activities.sum();
  snapshot.operated = node.activities.sum_of_operations();
  snapshot.sticky_limit = node.cache.sticky_limit();
  snapshot.prefixes = node.cache.prefixes().size();
  snapshot.counted_prefixes = node.prefixes.size();
  snapshot.udp = node.udp.read();
  snapshot.watch = node.watchers.counts();
  if (node.authentication != nullptr) {
    snapshot.logins = node.authentication->logins();
    snapshot.refused_logins = node.authentication->refused();
  }
  if (node.loops == nullptr) return snapshot;
  snapshot.threads = node.loops->threads();
  snapshot.max_connections = node.loops->max_connections();
  snapshot.listeners = node.loops->listening();
  snapshot.own_descriptors = snapshot.threads * io::Loop::kDescriptors;
  snapshot.io = node.loops->usage();
  snapshot.traffic = node.loops->traffic();
  snapshot.arrivals = node.loops->arrivals();
  snapshot.refused_connections = node.loops->refused_connections();
  snapshot.idle_cuts = node.loops->idle_cuts();
  return snapshot;
}

void tell_process(const Node& node, cache::UnixMs now, const TellStat& tell) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  tell_value(tell, "pid", ::getpid());
  tell_value(tell, "uptime", (now - node.started) / kMsPerS);
  tell_value(tell, "time", now / kMsPerS);
  tell("version", version_of(node.settings.dialect));
  tell_value(tell, "pointer_size", 8 * sizeof(void*));
  tell_time(tell, "rusage_user", used.ru_utime);
  tell_time(tell, "rusage_system", used.ru_stime);
}

void tell_heap(const TellStat& tell) {
  const base::ProcessMemory process = base::read_process_memory();
  tell_value(tell, "memory_heap", process.heap);
  tell_value(tell, "memory_heap_free", process.heap_free);
  tell_value(tell, "memory_resident", process.resident);
}

std::string_view text_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kAuto: return "auto-negotiate";
    case Protocol::kAscii: return "ascii";
    case Protocol::kBinary: return "binary";
  }
  return "";
}

bool tell_stats(Node& node, std::string_view group, cache::UnixMs now, const TellStat& tell) {
  for (const StatsGroup& one : groups_of(node.settings.dialect)) {
    if (one.name != group) continue;
    one.tell(node, now, tell);
    return true;
  }
  return false;
}

std::unique_ptr<LongAnswer> tell_stats_at_length(const Node& node, std::string_view group,
                                                 TellStat tell) {
  const bool is_arcus = node.settings.dialect == Dialect::kArcus;
  if (group == "conns" && node.loops != nullptr && !is_arcus) {
    return std::make_unique<ConnectionList>(*node.loops, std::move(tell));
  }
  if (group == "sizes" && (node.tracks_sizes || is_arcus)) {
    return std::make_unique<SizeCensus>(node.cache, std::move(tell));
  }
  return nullptr;
}

void reset_stats(Node& node, cache::UnixMs now) {
  node.statistics.reset(take_snapshot(node, now));
  node.prefixes.clear();
}

}  // namespace larder::serve::memcache

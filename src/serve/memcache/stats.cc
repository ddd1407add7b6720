// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/stats.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>

#include "base/process_memory.h"
#include "base/version.h"

namespace larder::serve::memcache {
namespace {

using Group = Statistics::Group;

constexpr cache::UnixMs kMsPerS = 1000;

Snapshot take_snapshot(const Node& node, cache::UnixMs now) {
  Snapshot snapshot;
  snapshot.memory_limit = node.cache.memory_limit();
  snapshot.oldest_idle_s = node.cache.oldest_idle_s(now);
  snapshot.cache = node.cache.usage();
  snapshot.deeds = node.activities.sum();
  if (node.loops == nullptr) return snapshot;
  snapshot.threads = node.loops->threads();
  snapshot.max_connections = node.loops->max_connections();
  snapshot.own_descriptors = snapshot.threads * io::Loop::kDescriptors;
  snapshot.io = node.loops->usage();
  snapshot.traffic = node.loops->traffic();
  snapshot.arrivals = node.loops->arrivals();
  return snapshot;
}

template <class Value>
void tell_value(const TellStat& tell, std::string_view name, const Value& value) {
  tell(name, fmt::format("{}", value));
}

void tell_time(const TellStat& tell, std::string_view name, const timeval& time) {
  tell(name, fmt::format("{}.{:06}", time.tv_sec, time.tv_usec));
}

void tell_process(const Node& node, cache::UnixMs now, const TellStat& tell) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  tell_value(tell, "pid", ::getpid());
  tell_value(tell, "uptime", (now - node.started) / kMsPerS);
  tell_value(tell, "time", now / kMsPerS);
  tell("version", base::kMemcachedVersion);
  tell_value(tell, "pointer_size", 8 * sizeof(void*));
  tell_time(tell, "rusage_user", used.ru_utime);
  tell_time(tell, "rusage_system", used.ru_stime);
  const base::ProcessMemory process = base::read_process_memory();
  tell_value(tell, "memory_heap", process.heap);
  tell_value(tell, "memory_heap_free", process.heap_free);
  tell_value(tell, "memory_resident", process.resident);
}

void tell_tls(const io::Tls& tls, cache::UnixMs now, const TellStat& tell) {
  tell_value(tell, "ssl_handshake_errors", tls.counts().handshake_errors.load());
  tell_value(tell, "ssl_proto_errors", tls.counts().protocol_errors.load());
  tell_value(tell, "time_since_server_cert_refresh", (now - tls.loaded()) / kMsPerS);
}

void tell_general(const Node& node, cache::UnixMs now, const TellStat& tell) {
  tell_process(node, now, tell);
  if (node.tls != nullptr) tell_tls(*node.tls, now, tell);
  node.statistics.tell(Group::kGeneral, take_snapshot(node, now), tell);
}

// ---- the table of groups

struct Row {
  std::string_view name;
  void (*tell)(const Node& node, cache::UnixMs now, const TellStat& tell);
};

constexpr auto kGroups = std::to_array<Row>({
    {"", tell_general},
});

}  // namespace

bool tell_stats(const Node& node, std::string_view group, cache::UnixMs now, const TellStat& tell) {
  for (const Row& row : kGroups) {
    if (row.name != group) continue;
    row.tell(node, now, tell);
    return true;
  }
  return false;
}

void reset_stats(Node& node, cache::UnixMs now) {
  node.statistics.reset(take_snapshot(node, now));
}

}  // namespace larder::serve::memcache

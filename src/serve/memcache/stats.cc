// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/stats.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "base/process_memory.h"
#include "base/version.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/connection_list.h"
#include "serve/memcache/size_census.h"

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
  snapshot.udp = node.udp.read();
  snapshot.watch = node.watchers.counts();
  if (node.authentication != nullptr) {
    snapshot.logins = node.authentication->logins();
    snapshot.refused_logins = node.authentication->refused();
  }
  if (node.loops == nullptr) return snapshot;
  snapshot.threads = node.loops->threads();
  snapshot.max_connections = node.loops->max_connections();
  snapshot.own_descriptors = snapshot.threads * io::Loop::kDescriptors;
  snapshot.io = node.loops->usage();
  snapshot.traffic = node.loops->traffic();
  snapshot.arrivals = node.loops->arrivals();
  snapshot.refused_connections = node.loops->refused_connections();
  snapshot.idle_cuts = node.loops->idle_cuts();
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
  tell("version", version_of(node.settings.dialect));
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

void tell_general(Node& node, cache::UnixMs now, const TellStat& tell) {
  tell_process(node, now, tell);
  if (node.tls != nullptr) tell_tls(*node.tls, now, tell);
  node.statistics.tell(Group::kGeneral, take_snapshot(node, now), tell);
}

std::string_view yes_or_no(bool yes) { return yes ? "yes" : "no"; }

std::string_view text_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::kAuto: return "auto-negotiate";
    case Protocol::kAscii: return "ascii";
    case Protocol::kBinary: return "binary";
  }
  return "";
}

void tell_settings(Node& node, cache::UnixMs, const TellStat& tell) {
  const Settings& settings = node.settings;
  tell_value(tell, "maxbytes", node.cache.memory_limit());
  tell_value(tell, "verbosity", node.verbosity.load());
  tell("detail_enabled", yes_or_no(node.prefixes.is_on()));
  tell("stat_key_prefix", {&settings.prefix_delimiter, 1});
  tell("binding_protocol", text_of(settings.protocol));
  tell("cas_enabled", yes_or_no(settings.use_cas));
  tell("flush_enabled", yes_or_no(settings.allow_flush));
  tell("dump_enabled", yes_or_no(settings.allow_dumps));
  tell("shutdown_command", yes_or_no(settings.allow_shutdown));
  tell("track_sizes", yes_or_no(node.tracks_sizes));
  tell_value(tell, "client_flags_size", sizeof(cache::Found::flags));
  for (const ToldSetting& setting : node.told_settings) tell(setting.name, setting.value);
}

void tell_items(Node& node, cache::UnixMs now, const TellStat& tell) {
  node.statistics.tell(Group::kItems, take_snapshot(node, now), tell);
}

void tell_slabs(Node& node, cache::UnixMs now, const TellStat& tell) {
  const Snapshot snapshot = take_snapshot(node, now);
  node.statistics.tell(Group::kSlabs, snapshot, tell);
  tell_value(tell, "active_slabs", snapshot.cache.page_bytes != 0 ? 1 : 0);
  tell_value(tell, "total_malloced", snapshot.cache.total_bytes);
}

void tell_sizes(Node& node, cache::UnixMs, const TellStat& tell) {
  tell("sizes_status", node.tracks_sizes ? "enabled" : "disabled");
}

void enable_sizes(Node& node, cache::UnixMs now, const TellStat& tell) {
  node.tracks_sizes = true;
  tell_sizes(node, now, tell);
}

void disable_sizes(Node& node, cache::UnixMs now, const TellStat& tell) {
  node.tracks_sizes = false;
  tell_sizes(node, now, tell);
}

// Of parts that Larder has not.
void tell_nothing(Node&, cache::UnixMs, const TellStat&) {}

// ---- the table of groups

struct Row {
  std::string_view name;
  void (*tell)(Node& node, cache::UnixMs now, const TellStat& tell);
};

constexpr auto kGroups = std::to_array<Row>({
    {"", tell_general},
    {"settings", tell_settings},
    {"items", tell_items},
    {"slabs", tell_slabs},
    {"sizes", tell_sizes},  // or, when they are tracked, at length
    {"sizes_enable", enable_sizes},
    {"sizes_disable", disable_sizes},
    {"extstore", tell_nothing},
    {"proxy", tell_nothing},
});

}  // namespace

bool tell_stats(Node& node, std::string_view group, cache::UnixMs now, const TellStat& tell) {
  for (const Row& row : kGroups) {
    if (row.name != group) continue;
    row.tell(node, now, tell);
    return true;
  }
  return false;
}

std::unique_ptr<LongAnswer> tell_stats_at_length(const Node& node, std::string_view group,
                                                 TellStat tell) {
  if (group == "conns" && node.loops != nullptr) {
    return std::make_unique<ConnectionList>(*node.loops, std::move(tell));
  }
  if (group == "sizes" && node.tracks_sizes) {
    return std::make_unique<SizeCensus>(node.cache, std::move(tell));
  }
  return nullptr;
}

void reset_stats(Node& node, cache::UnixMs now) {
  node.statistics.reset(take_snapshot(node, now));
  node.prefixes.clear();
}

}  // namespace larder::serve::memcache

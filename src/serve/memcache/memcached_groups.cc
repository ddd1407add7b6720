// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>

#include "serve/memcache/stats_group.h"

// The groups that memcached has.
namespace larder::serve::memcache {
namespace {

using Group = StatRow::Group;

constexpr cache::UnixMs kMsPerS = 1000;

void tell_tls(const io::Tls& tls, cache::UnixMs now, const TellStat& tell) {
  tell_value(tell, "ssl_handshake_errors", tls.counts().handshake_errors.load());
  tell_value(tell, "ssl_proto_errors", tls.counts().protocol_errors.load());
  tell_value(tell, "time_since_server_cert_refresh", (now - tls.loaded()) / kMsPerS);
}

void tell_general(Node& node, cache::UnixMs now, const TellStat& tell) {
  tell_process(node, now, tell);
  tell_heap(tell);
  if (node.tls != nullptr) tell_tls(*node.tls, now, tell);
  node.statistics.tell(Group::kGeneral, take_snapshot(node, now), tell);
}

void tell_settings(Node& node, cache::UnixMs, const TellStat& tell) {
  const Settings& settings = node.settings;
  tell_value(tell, "maxbytes", node.cache.memory_limit());
  tell_value(tell, "maxconns", node.loops == nullptr ? 0 : node.loops->max_connections());
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

// Of a class that has nothing memcached says nothing.
void tell_items(Node& node, cache::UnixMs now, const TellStat& tell) {
  const Snapshot snapshot = take_snapshot(node, now);
  if (snapshot.cache.items != 0) node.statistics.tell(Group::kItems, snapshot, tell);
}

void tell_slabs(Node& node, cache::UnixMs now, const TellStat& tell) {
  const Snapshot snapshot = take_snapshot(node, now);
  if (snapshot.cache.items != 0) node.statistics.tell(Group::kSlabs, snapshot, tell);
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

constexpr auto kGroups = std::to_array<StatsGroup>({
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

std::span<const StatsGroup> memcached_groups() { return kGroups; }

}  // namespace larder::serve::memcache

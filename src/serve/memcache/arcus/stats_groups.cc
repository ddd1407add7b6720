// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "serve/memcache/arcus/tunables.h"
#include "serve/memcache/stats_group.h"

// The groups that Arcus has.
namespace larder::serve::memcache {
namespace {

using Group = StatRow::Group;

void tell_general(Node& node, cache::UnixMs now, const TellStat& tell) {
  tell_process(node, now, tell);
  node.statistics.tell(Group::kGeneral, take_snapshot(node, now), tell);
  tell_heap(tell);
}

// Of a class that has nothing Arcus says nothing.
void tell_items(Node& node, cache::UnixMs now, const TellStat& tell) {
  const Snapshot snapshot = take_snapshot(node, now);
  if (snapshot.cache.items != 0) node.statistics.tell(Group::kItems, snapshot, tell);
}

void tell_slabs(Node& node, cache::UnixMs now, const TellStat& tell) {
  node.statistics.tell(Group::kSlabs, take_snapshot(node, now), tell);
}

void tell_scrub(Node& node, cache::UnixMs, const TellStat& tell) { node.scrubber.tell(tell); }
void tell_dump(Node& node, cache::UnixMs, const TellStat& tell) { node.key_dump.tell(tell); }

// ---- settings, in Arcus' order

std::string most_of(const Node& node, cache::CollectionType type) {
  const auto& most = node.tunables.most_elements[static_cast<std::size_t>(type)];
  return std::to_string(most.load());
}

std::string yes(bool yes) { return std::string(yes_or_no(yes)); }

struct Setting {
  std::string_view name;
  std::string (*of)(const Node& node) =
      nullptr;  // null: it stays as the node was told at the start
};

using From = const Node&;
using Type = cache::CollectionType;

constexpr auto kSettings = std::to_array<Setting>({
    {"maxbytes", [](From from) { return std::to_string(from.cache.memory_limit()); }},
    {"maxconns",
     [](From from) {
       return std::to_string(from.loops == nullptr ? 0 : from.loops->max_connections());
     }},
    {"tcpport"},
    {"udpport"},
    {"sticky_limit", [](From from) { return std::to_string(from.cache.sticky_limit()); }},
    {"inter"},
    {"verbosity", [](From from) { return std::to_string(from.verbosity.load()); }},
    {"evictions"},
    {"domain_socket"},
    {"umask"},
    {"num_threads"},
    {"stat_key_prefix", [](From from) { return std::string(1, from.settings.prefix_delimiter); }},
    {"detail_enabled", [](From from) { return yes(from.prefixes.is_on()); }},
    {"allow_detailed", [](From from) { return yes(from.settings.allow_detail); }},
    {"cas_enabled", [](From from) { return yes(from.settings.use_cas); }},
    {"tcp_backlog"},
    {"binding_protocol", [](From from) { return std::string(text_of(from.settings.protocol)); }},
    {"auth_enabled_sasl"},
    {"auth_sasl_engine"},
    {"auth_required_sasl"},
    {"item_size_max"},
    {"max_list_size", [](From from) { return most_of(from, Type::kList); }},
    {"max_set_size", [](From from) { return most_of(from, Type::kSet); }},
    {"max_map_size", [](From from) { return most_of(from, Type::kMap); }},
    {"max_btree_size", [](From from) { return most_of(from, Type::kBTree); }},
    {"max_element_bytes",
     [](From from) { return std::to_string(from.tunables.element_bytes.load()); }},
    {"scrub_count", [](From from) { return std::to_string(from.tunables.scrub_count.load()); }},
    {"max_stats_prefixes",
     [](From from) { return std::to_string(from.tunables.stats_prefixes.load()); }},
    {"topkeys", [](From) { return std::string("0"); }},  // as where MEMCACHED_TOP_KEYS is not set
    {"logger", [](From) { return std::string("standard error"); }},
});

void tell_told(const Node& node, std::string_view name, const TellStat& tell) {
  for (const ToldSetting& told : node.told_settings) {
    if (told.name == name) tell(name, told.value);
  }
}

void tell_settings(Node& node, cache::UnixMs, const TellStat& tell) {
  for (const Setting& setting : kSettings) {
    if (setting.of != nullptr) {
      tell(setting.name, setting.of(node));
    } else {
      tell_told(node, setting.name, tell);
    }
  }
  if (node.settings.has_scrubber) tell("ascii_extension", "scrub");
}

constexpr auto kGroups = std::to_array<StatsGroup>({
    {"", tell_general},
    {"aggregate", tell_general},  // of all buckets: there is one
    {"settings", tell_settings},
    {"items", tell_items},
    {"slabs", tell_slabs},
    {"scrub", tell_scrub},
    {"dump", tell_dump},
});

}  // namespace

std::span<const StatsGroup> arcus_groups() { return kGroups; }

}  // namespace larder::serve::memcache

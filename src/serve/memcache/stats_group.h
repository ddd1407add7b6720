// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <span>
#include <string_view>

#include "serve/memcache/node.h"

// What the groups of `stats` are told by.
namespace larder::serve::memcache {

// `stats <name>`; of the general statistics the name is empty.
struct StatsGroup {
  std::string_view name;
  void (*tell)(Node& node, cache::UnixMs now, const TellStat& tell);
};
std::span<const StatsGroup> memcached_groups();
std::span<const StatsGroup> arcus_groups();  // arcus/stats_groups.cc

Snapshot take_snapshot(const Node& node, cache::UnixMs now);

// ---- what both dialects tell alike
void tell_process(const Node& node, cache::UnixMs now, const TellStat& tell);
void tell_heap(const TellStat& tell);
std::string_view text_of(Protocol protocol);
inline std::string_view yes_or_no(bool yes) { return yes ? "yes" : "no"; }

template <class Value>
void tell_value(const TellStat& tell, std::string_view name, const Value& value) {
  tell(name, fmt::format("{}", value));
}

}  // namespace larder::serve::memcache

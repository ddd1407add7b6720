// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "serve/memcache/node.h"

namespace larder::serve::memcache {

using TellStat = std::function<void(std::string_view name, std::string_view value)>;

// `stats`: each number, by memcached's name where it has one. docs/memcached.md lists them. Every
// owner of memory has one (memory_*); together with what the idle process takes they are what the
// kernel counts as resident.
void tell_stats(const Node& node, cache::UnixMs now, const TellStat& tell);

}  // namespace larder::serve::memcache

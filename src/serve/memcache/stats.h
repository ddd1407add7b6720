// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "serve/memcache/long_answer.h"
#include "serve/memcache/node.h"

namespace larder::serve::memcache {

// Tells the statistics of `group`, which is empty for the general ones. False: there is no such
// group.
bool tell_stats(Node& node, std::string_view group, cache::UnixMs now, const TellStat& tell);

// The same of a group that takes long to tell. Null: it is none of those.
std::unique_ptr<LongAnswer> tell_stats_at_length(const Node& node, std::string_view group,
                                                 TellStat tell);

// Counts begin anew.
void reset_stats(Node& node, cache::UnixMs now);

}  // namespace larder::serve::memcache

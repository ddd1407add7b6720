// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "cache/cache.h"
#include "serve/memcache/prefixes.h"

// A prefix in one line, as clients and monitors of Arcus read it.
namespace larder::serve::memcache::arcus {

// PREFIX user itm 3 kitm 2 litm 1 … tsz 296 ktsz 176 ltsz 120 … time 20261120104110
std::string item_row(const cache::PrefixUsage& usage);

// PREFIX user get 3 hit 2 set 1 del 0 inc 0 dec 0 lcs 1 lis 1 lih 1 …
std::string operation_row(std::string_view prefix, const Prefixes::Counts& counts);

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/outbox.h"
#include "serve/memcache/node.h"

namespace larder::serve::memcache {

// `stats`: a line for each number, by memcached's names where it has one. docs/memcached.md lists
// them. Every owner of memory has a line (memory_*); together with what the idle process takes they
// are what the kernel counts as resident.
void append_stats(const Node& node, cache::UnixMs now, io::Outbox& outbox);

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cache/cache.h"
#include "cache/collections.h"
#include "serve/memcache/arcus/prefix_name.h"

// How scan, dump and attributes tell what an item is.
namespace larder::serve::memcache::arcus {

// K value, L list, S set, M map, B b+tree.
char letter_of(cache::ItemType type);

// Seconds that are left, a part of one being one; 0: never expires; -1: sticky.
std::int64_t expire_time(cache::UnixMs expires, cache::UnixMs now);

// What servers and tools probe with: scans and dumps do not tell it.
inline bool is_internal(std::string_view key, char delimiter) {
  return cache::prefix_of(key, delimiter) == kInternalPrefix;
}

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/told_item.h"

namespace larder::serve::memcache::arcus {

char letter_of(cache::ItemType type) {
  switch (type) {
    case cache::ItemType::kValue: return 'K';
    case cache::ItemType::kList: return 'L';
    case cache::ItemType::kSet: return 'S';
    case cache::ItemType::kMap: return 'M';
    case cache::ItemType::kBTree: return 'B';
  }
  return 'K';
}

std::int64_t expire_time(cache::UnixMs expires, cache::UnixMs now) {
  constexpr cache::UnixMs kMsPerS = 1000;
  if (expires == cache::kNeverExpires) return 0;
  return expires == cache::kSticky ? -1 : (expires - now + kMsPerS - 1) / kMsPerS;
}

}  // namespace larder::serve::memcache::arcus

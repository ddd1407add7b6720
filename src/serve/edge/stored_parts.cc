// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/stored_parts.h"

namespace larder::serve::edge {

bool has_all_parts(ObjectStore& store, const ObjectHead& head, base::UnixMs now) {
  if (head.inline_body) return true;
  const std::uint64_t parts =
      (head.body_bytes + ObjectStore::kPartBytes - 1) / ObjectStore::kPartBytes;
  for (std::uint64_t number = 0; number < parts; ++number) {
    if (!store.has_part(head.id, number, now)) return false;
  }
  return true;
}

}  // namespace larder::serve::edge

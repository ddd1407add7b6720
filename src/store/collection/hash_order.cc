// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/hash_order.h"

#include "base/hash.h"

namespace larder::store::collection {

std::uint32_t HashedBytes::hash_of(std::string_view bytes) noexcept {
  static const std::uint64_t kSeed = base::random_seed();
  return static_cast<std::uint32_t>(base::keyed_hash(bytes, kSeed));
}

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <sys/random.h>

#include "base/check.h"

namespace larder::base {

std::uint64_t random_seed() noexcept {
  std::uint64_t seed = 0;
  LARDER_CHECK(getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed));
  return seed;
}

}  // namespace larder::base

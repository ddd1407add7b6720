// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace larder::serve::memcache {

// memcached sorts items into classes by size, for whose numbers its commands ask. Larder has them
// all in one, and nothing in the others.
constexpr std::uint32_t kTheClass = 1;
constexpr std::uint32_t kMostClass = 63;
constexpr std::uint32_t kMostUsedClass = 39;  // with memcached's options by default

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace larder::base {

// XXH3 with a seed that a client cannot know, so that nobody can aim keys at one bucket.
inline std::uint64_t keyed_hash(std::string_view bytes, std::uint64_t seed) noexcept {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

// From the kernel's random source.
std::uint64_t random_seed() noexcept;

}  // namespace larder::base

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/hash_ring.h"

#include <algorithm>

#include "base/hash.h"
#include "base/limits.h"

namespace larder::origin {
namespace {

// Known to everybody, so that every edge before the same servers agrees with the others.
constexpr std::uint64_t kPointSeed = 0;
constexpr std::uint64_t kKeySeed = 1;

}  // namespace

HashRing::HashRing(const std::vector<Place>& places) {
  for (std::size_t place = 0; place < places.size(); ++place) {
    const std::uint64_t name = base::keyed_hash(places[place].name, kPointSeed);
    const unsigned weight = std::min(places[place].weight, limits::kMaxHashWeight);
    for (std::uint64_t i = 0; i < std::uint64_t{weight} * limits::kHashPoints; ++i) {
      const std::string_view bytes(reinterpret_cast<const char*>(&i), sizeof i);
      points_.push_back({.at = base::keyed_hash(bytes, name), .place = place});
    }
  }
  std::ranges::sort(points_, {}, &Point::at);
}

std::size_t HashRing::first_behind(std::string_view key) const {
  const auto found =
      std::ranges::lower_bound(points_, base::keyed_hash(key, kKeySeed), {}, &Point::at);
  return static_cast<std::size_t>(found - points_.begin());
}

}  // namespace larder::origin

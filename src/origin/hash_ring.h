// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace larder::origin {

// A consistent hash (ketama): each server has points on a ring, as many as its weight says, and a
// key belongs to the first point behind its own. A server that leaves moves its own keys only, and
// the same servers make the same ring in every process.
class HashRing {
 public:
  struct Place {
    std::string_view name;
    unsigned weight = 1;
  };
  HashRing() = default;
  explicit HashRing(const std::vector<Place>& places);

  // Visits the indices of places in the order in which the key prefers them, some more than once,
  // until `visit(index)` says true.
  template <class Visit>
  void walk(std::string_view key, Visit visit) const {
    const std::size_t first = first_behind(key);
    for (std::size_t step = 0; step < points_.size(); ++step) {
      if (visit(points_[(first + step) % points_.size()].place)) return;
    }
  }
  std::size_t size() const { return points_.size(); }

 private:
  struct Point {
    std::uint64_t at;
    std::size_t place;
  };
  std::size_t first_behind(std::string_view key) const;

  std::vector<Point> points_;  // by where they are
};

}  // namespace larder::origin

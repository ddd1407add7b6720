// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "store/index.h"
#include "store/mapped_array.h"

namespace larder::store {

// Keys that were evicted after one sighting, the last of them: who comes back is worth more.
//
//   line by the key's position:  [ newest … oldest ]   32 fingerprints of 16 bits, 0: none
//
// Remembers as many as there are items, within its bound. Keeps no key: one in some two thousand
// strangers is taken for an old acquaintance.
class Ghost {
 public:
  static constexpr std::size_t kLineBytes = 64;

  explicit Ghost(std::size_t most_bytes)
      : lines_(std::max<std::size_t>(1, most_bytes / kLineBytes)) {
    LARDER_CHECK(static_cast<bool>(lines_));
  }

  std::size_t bytes() const { return used_ * kLineBytes; }
  // Forgets everything when the number of items has become another one by a quarter.
  void fit(std::size_t items) {
    const std::size_t wanted = std::clamp<std::size_t>(items / kPrints + 1, 1, lines_.size());
    if (wanted * 4 >= used_ * 3 && wanted * 4 <= used_ * 5) return;
    lines_.release(0, lines_.size());
    used_ = wanted;
  }
  void add(std::uint64_t hash) {
    Line& line = line_of(hash);
    std::memmove(&line[1], &line[0], sizeof(Line) - sizeof line[0]);
    line[0] = print_of(hash);
  }
  bool has(std::uint64_t hash) const {
    const Line& line = line_of(hash);
    return std::ranges::find(line, print_of(hash)) != line.end();
  }
  // The key is in the store again.
  void remove(std::uint64_t hash) {
    Line& line = line_of(hash);
    const auto at = std::ranges::find(line, print_of(hash));
    if (at == line.end()) return;
    std::move(at + 1, line.end(), at);
    line.back() = 0;
  }

 private:
  static constexpr std::size_t kPrints = kLineBytes / sizeof(std::uint16_t);
  using Line = std::array<std::uint16_t, kPrints>;

  Line& line_of(std::uint64_t hash) const {
    return lines_[std::size_t{position_of(hash)} * used_ >> 32];
  }
  static std::uint16_t print_of(std::uint64_t hash) {
    const auto print = static_cast<std::uint16_t>(hash >> 40);
    return print == 0 ? 1 : print;
  }

  MappedArray<Line> lines_;
  std::size_t used_ = 1;
};

}  // namespace larder::store

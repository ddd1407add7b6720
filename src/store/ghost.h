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
// Keeps no key: one in some two thousand strangers is taken for an old acquaintance.
class Ghost {
 public:
  static constexpr std::size_t kLineBytes = 64;

  explicit Ghost(std::size_t bytes) : lines_(std::max<std::size_t>(1, bytes / kLineBytes)) {
    LARDER_CHECK(static_cast<bool>(lines_));
  }

  std::size_t bytes() const { return lines_.size() * kLineBytes; }
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
  using Line = std::array<std::uint16_t, kLineBytes / sizeof(std::uint16_t)>;

  Line& line_of(std::uint64_t hash) const {
    return lines_[std::size_t{position_of(hash)} * lines_.size() >> 32];
  }
  static std::uint16_t print_of(std::uint64_t hash) {
    const auto print = static_cast<std::uint16_t>(hash >> 40);
    return print == 0 ? 1 : print;
  }

  MappedArray<Line> lines_;
};

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {

// A pattern of `scan`: `*` is any text, also none, `?` one letter, and a backslash before one of
// the three takes its meaning away.
//
//   a?*b     letters      0 a   1 ?   2 b
//            star behind        1
//   axyb     reached      a: 0   x: 1   y: 1   b: 1 2      the last letter is reached: it matches
//
// All places of the pattern that a text has reached are bits of one word, so that a text takes a
// few instructions for each of its letters, whatever the pattern.
class Glob {
 public:
  // Nothing: it is too long, has too many stars, or a backslash before another letter.
  static std::optional<Glob> parse(std::string_view pattern);

  bool matches(std::string_view text) const;

 private:
  using Places = std::uint64_t;
  static_assert(limits::kMaxPatternBytes <= std::numeric_limits<Places>::digits);

  Glob() = default;
  void add(std::optional<unsigned char> letter);  // nothing: any
  void add_star();

  std::array<Places, 256> letters_{};  // where each may stand
  Places stars_ = 0;                   // letters with a star behind them
  bool begins_with_star_ = false;
  std::size_t size_ = 0;  // letters
};

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bkey.h"

namespace larder::base {

// Up to 31 bytes beside the value of a b+tree element, by which elements are filtered. Empty: the
// element has none.
using Eflag = ShortBytes;

enum class Bitwise : std::uint8_t { kAnd, kOr, kXor };

inline char combine(Bitwise how, char left, char right) {
  const auto a = static_cast<unsigned char>(left);
  const auto b = static_cast<unsigned char>(right);
  switch (how) {
    case Bitwise::kAnd: return static_cast<char>(a & b);
    case Bitwise::kOr: return static_cast<char>(a | b);
    case Bitwise::kXor: return static_cast<char>(a ^ b);
  }
  return 0;
}

// Which elements are wanted, by a part of their eflags.
//
//   eflag   [..][ part ][..]        part = bytes offset .. offset + width, combined with the mask
//                offset └ compared with the values, bytewise
//
// An eflag that does not reach so far is unequal to everything, and neither more nor less.
struct EflagFilter {
  enum class Compare : std::uint8_t {
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual
  };
  std::size_t offset = 0;
  std::optional<Bitwise> mask_how = {};
  ShortBytes mask = {};  // with mask_how: as wide as the values
  Compare compare = Compare::kEqual;
  std::vector<ShortBytes> values;  // one at least, equally wide; more: in the list, or not in it

  bool admits(std::string_view eflag) const {
    const std::size_t width = values.front().size();
    if (eflag.size() < offset + width) return compare == Compare::kNotEqual;
    ShortBytes part(eflag.substr(offset, width));
    if (mask_how) {
      for (std::size_t i = 0; i < width; ++i) {
        part.data()[i] = combine(*mask_how, part.data()[i], mask.view()[i]);
      }
    }
    const auto order = part <=> values.front();
    switch (compare) {
      case Compare::kEqual: return std::ranges::find(values, part) != values.end();
      case Compare::kNotEqual: return std::ranges::find(values, part) == values.end();
      case Compare::kLess: return order < 0;
      case Compare::kLessOrEqual: return order <= 0;
      case Compare::kGreater: return order > 0;
      case Compare::kGreaterOrEqual: return order >= 0;
    }
    return false;
  }
};

// What an update makes of an eflag: another one (or, empty, none), or the old one with a part of it
// combined with `eflag` (empty: as it was, wherever that part would lie).
struct EflagUpdate {
  Eflag eflag = {};
  std::optional<Bitwise> how = {};
  std::size_t offset = 0;  // with `how`

  // Nothing: that part does not lie within the old one.
  std::optional<Eflag> apply(std::string_view old) const {
    if (!how) return eflag;
    Eflag updated(old);
    if (eflag.empty()) return updated;
    if (old.size() < offset + eflag.size()) return {};
    for (std::size_t i = 0; i < eflag.size(); ++i) {
      updated.data()[offset + i] = combine(*how, old[offset + i], eflag.view()[i]);
    }
    return updated;
  }
};

}  // namespace larder::base

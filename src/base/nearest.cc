// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/nearest.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace larder::base {
namespace {

constexpr std::size_t kLettersPerSlip = 3;     // a third of the word may be wrong
constexpr std::size_t kLongestMisspelt = 100;  // what is longer was not meant to be a name

// A row of the table of distances: of a's first i letters from b's first 0, 1, 2 …
using Row = std::vector<std::size_t>;

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  Row two_above(b.size() + 1);
  Row above(b.size() + 1);
  Row row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(two_above, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, changed});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], two_above[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  if (word.size() > kLongestMisspelt) return {};
  std::size_t least = std::max<std::size_t>(1, word.size() / kLettersPerSlip) + 1;
  std::string_view best;
  for (const std::string_view one : known) {
    const std::size_t distance = edit_distance(word, one);
    if (distance < least && distance < one.size()) {
      least = distance;
      best = one;
    }
  }
  return best;
}

}  // namespace larder::base

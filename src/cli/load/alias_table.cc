// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/alias_table.h"

#include <algorithm>
#include <numeric>

namespace larder::cli::load {

// Fills each column that has room to spare from one that overflows (M. D. Vose, 1991).
AliasTable::AliasTable(std::vector<double> weights) : columns_(weights.size()) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double scale = static_cast<double>(weights.size()) / sum;
  std::vector<std::uint32_t> spare;
  std::vector<std::uint32_t> over;
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    columns_[i] = {0, i};
    weights[i] *= scale;
    (weights[i] < 1 ? spare : over).push_back(i);
  }
  while (!spare.empty() && !over.empty()) {
    const std::uint32_t to = spare.back();
    const std::uint32_t from = over.back();
    spare.pop_back();
    columns_[to] = {static_cast<std::uint32_t>(weights[to] * 0x1p32), from};
    weights[from] -= 1 - weights[to];
    if (weights[from] >= 1) continue;
    over.pop_back();
    spare.push_back(from);
  }
  // What is left is full but for rounding, and keeps its column to itself.
}

}  // namespace larder::cli::load

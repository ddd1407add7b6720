// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cli/load/random.h"

namespace larder::cli::load {

// Numbers from 0 on, each with a probability proportional to its weight.
//
//   column      0        1        2        …       as many as numbers, all equally likely;
//              ┌────┐   ┌────┐   ┌────┐            each holds its own number up to a mark, and
//              │ 7  │   │ 1  │   │ 0  │            above it one other, which has more than fits
//   mark ──►   ├────┤   │    │   ├────┤            into its own column (A. J. Walker, 1974)
//              │ 0  │   │    │   │ 2  │
//              └────┘   └────┘   └────┘
//
// Exact to 2^-32. A draw is one look into 8 bytes, the whole costs a few nanoseconds.
class AliasTable {
 public:
  explicit AliasTable(std::vector<double> weights);  // at least one, none negative, not all 0

  std::uint32_t draw(Random& random) const {
    const std::uint64_t bits = random.next();
    const auto column = static_cast<std::uint32_t>(((bits >> 32) * columns_.size()) >> 32);
    const Column& found = columns_[column];
    return static_cast<std::uint32_t>(bits) < found.mark ? column : found.other;
  }

 private:
  struct Column {
    std::uint32_t mark;   // in 2^-32 of the column
    std::uint32_t other;  // itself where nothing else is above the mark
  };
  std::vector<Column> columns_;
};

}  // namespace larder::cli::load

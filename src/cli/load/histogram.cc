// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/histogram.h"

#include <algorithm>
#include <cmath>

namespace larder::cli::load {

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

double Histogram::mean() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::uint64_t Histogram::percentile(double share) const {
  const double wanted = std::ceil(share * static_cast<double>(count_));
  std::uint64_t missing = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1,
                                                    std::max<std::uint64_t>(count_, 1));
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (counts_[i] >= missing) return std::min(highest_in(i), max_);
    missing -= counts_[i];
  }
  return max_;
}

std::uint64_t Histogram::highest_in(std::size_t index) {
  if (index < 2 * kRow) return index;
  const std::size_t shift = index / kRow - 1;
  const std::uint64_t lowest = std::uint64_t{index - shift * kRow} << shift;
  return lowest + (std::uint64_t{1} << shift) - 1;
}

}  // namespace larder::cli::load

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cli/load/random.h"

namespace larder::cli::load {

// Ranks 1 to n, rank k with a probability proportional to 1 / k^exponent.
//
// Exact, by rejection-inversion (W. Hörmann and G. Derflinger, 1996): draws from the area below
// x^-exponent, whose integral can be inverted, and rejects the little that sticks out over the bars
// of the discrete distribution. No table, so any number of keys costs the same.
class Zipf {
 public:
  Zipf(std::uint32_t ranks, double exponent);  // exponent > 0

  std::uint32_t draw(Random& random) const;

 private:
  double integral(double x) const;
  double inverse_integral(double area) const;
  double density(double x) const;

  double ranks_;
  double exponent_;
  double one_minus_exponent_;
  double area_begin_;  // of rank 1's bar
  double area_end_;    // of the last rank's
  double accept_within_;
};

}  // namespace larder::cli::load

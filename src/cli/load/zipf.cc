// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/zipf.h"

#include <algorithm>
#include <cmath>

namespace larder::cli::load {
namespace {

// Below this the formulas for an exponent of 1 are more exact than the general ones.
constexpr double kNearlyOne = 1e-9;

}  // namespace

Zipf::Zipf(std::uint32_t ranks, double exponent)
    : ranks_(ranks),
      exponent_(exponent),
      one_minus_exponent_(std::abs(1 - exponent) < kNearlyOne ? 0 : 1 - exponent),
      area_begin_(integral(1.5) - 1),
      area_end_(integral(ranks_ + 0.5)),
      accept_within_(2 - inverse_integral(integral(2.5) - density(2))) {}

// Of the density, from 1 to x.
double Zipf::integral(double x) const {
  const double log = std::log(x);
  if (one_minus_exponent_ == 0) return log;
  return std::expm1(one_minus_exponent_ * log) / one_minus_exponent_;
}

double Zipf::inverse_integral(double area) const {
  if (one_minus_exponent_ == 0) return std::exp(area);
  // Rounding may carry the argument past the pole at -1, where the inverse is infinite.
  const double argument = std::max(area * one_minus_exponent_, -1.0);
  return std::exp(std::log1p(argument) / one_minus_exponent_);
}

double Zipf::density(double x) const { return std::exp(-exponent_ * std::log(x)); }

std::uint32_t Zipf::draw(Random& random) const {
  for (;;) {
    const double area = area_end_ + random.unit() * (area_begin_ - area_end_);
    const double x = inverse_integral(area);
    const double rank = std::clamp(std::floor(x + 0.5), 1.0, ranks_);
    // The first test settles nearly all draws without a logarithm.
    if (rank - x <= accept_within_ || area >= integral(rank + 0.5) - density(rank)) {
      return static_cast<std::uint32_t>(rank);
    }
  }
}

}  // namespace larder::cli::load

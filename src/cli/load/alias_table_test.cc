// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/alias_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace larder::cli::load {
namespace {

constexpr std::uint32_t kDraws = 1'000'000;

// Within five standard deviations of what theory says; the seed is fixed.
void expect_shares(const std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const AliasTable table(weights);
  Random random(1);
  std::vector<std::uint32_t> seen(weights.size());
  for (std::uint32_t i = 0; i < kDraws; ++i) ++seen.at(table.draw(random));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double expected = kDraws * weights[i] / sum;
    EXPECT_NEAR(seen[i], expected, 5 * std::sqrt(expected)) << i << " of " << weights.size();
  }
}

TEST(AliasTable, DrawsByWeight) {
  expect_shares({1});
  expect_shares({1, 1, 1, 1, 1});
  expect_shares({0, 1, 0, 2, 0, 3});
  expect_shares({1000, 1, 1, 1000});
}

TEST(AliasTable, DrawsPowersAsOftenAsTheorySays) {
  for (const double exponent : {0.5, 0.99, 1.5}) {
    std::vector<double> weights;
    for (int rank = 1; rank <= 1000; ++rank) weights.push_back(std::pow(rank, -exponent));
    expect_shares(weights);
  }
}

TEST(AliasTable, KeepsTheSumOfManySmallWeightsTogether) {
  // The mass of all ranks above the first hundred, which no single one of them would show.
  constexpr std::uint32_t kRanks = 100'000;
  std::vector<double> weights;
  for (std::uint32_t rank = 1; rank <= kRanks; ++rank) weights.push_back(std::pow(rank, -0.99));
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double tail = std::accumulate(weights.begin() + 100, weights.end(), 0.0) / sum;
  const AliasTable table(weights);
  Random random(2);
  std::uint32_t seen = 0;
  for (std::uint32_t i = 0; i < kDraws; ++i) seen += table.draw(random) >= 100 ? 1 : 0;
  EXPECT_NEAR(seen, kDraws * tail, 5 * std::sqrt(kDraws * tail * (1 - tail)));
}

}  // namespace
}  // namespace larder::cli::load

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/zipf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace larder::cli::load {
namespace {

constexpr std::uint32_t kDraws = 1'000'000;

std::vector<double> theory(std::uint32_t ranks, double exponent) {
  std::vector<double> shares(ranks);
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= ranks; ++rank) {
    sum += shares[rank - 1] = std::pow(rank, -exponent);
  }
  for (double& share : shares) share /= sum;
  return shares;
}

std::vector<std::uint32_t> draw_many(std::uint32_t ranks, double exponent, std::uint64_t seed) {
  const Zipf zipf(ranks, exponent);
  Random random(seed);
  std::vector<std::uint32_t> seen(ranks);
  for (std::uint32_t i = 0; i < kDraws; ++i) ++seen.at(zipf.draw(random) - 1);
  return seen;
}

// Five standard deviations: 1 in 1.7 million draws of a right sampler is outside, and the seeds
// are fixed.
void expect_share(std::uint64_t seen, double share, const char* what, double at) {
  const double expected = share * kDraws;
  const double tolerance = 5 * std::sqrt(expected * std::max(1 - share, 0.0)) + 1;
  EXPECT_NEAR(static_cast<double>(seen), expected, tolerance) << what << " " << at;
}

class ZipfExponents : public testing::TestWithParam<double> {};

TEST_P(ZipfExponents, DrawsEachOfFewRanksAsOftenAsTheorySays) {
  const auto shares = theory(20, GetParam());
  const auto seen = draw_many(20, GetParam(), 1);
  for (std::uint32_t i = 0; i < 20; ++i) expect_share(seen[i], shares[i], "rank", i + 1);
}

TEST_P(ZipfExponents, DrawsTheTailOfManyRanksAsOftenAsTheorySays) {
  constexpr std::uint32_t kRanks = 100'000;
  const auto shares = theory(kRanks, GetParam());
  const auto seen = draw_many(kRanks, GetParam(), 2);
  double share = 0;
  std::uint64_t count = 0;
  for (std::uint32_t i = 0, next = 1; i < kRanks; ++i) {
    share += shares[i];
    count += seen[i];
    if (i + 1 != next && i + 1 != kRanks) continue;
    expect_share(count, share, "ranks up to", i + 1);
    next *= 3;
  }
}

INSTANTIATE_TEST_SUITE_P(, ZipfExponents, testing::Values(0.2, 0.7, 0.99, 1.0, 1.2, 2.5));

TEST(Zipf, HasOneRankIfThereIsOnlyOne) {
  const Zipf zipf(1, 0.99);
  Random random(3);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(zipf.draw(random), 1U);
}

}  // namespace
}  // namespace larder::cli::load

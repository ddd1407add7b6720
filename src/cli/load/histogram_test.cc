// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "cli/load/random.h"

namespace larder::cli::load {
namespace {

constexpr double kShares[] = {0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};

std::uint64_t percentile_of(std::vector<std::uint64_t> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.percentile(0.5), 0U);
  EXPECT_EQ(histogram.mean(), 0);
}

TEST(Histogram, IsExactForSmallValues) {
  Histogram histogram;
  std::vector<std::uint64_t> values;
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    values.push_back(random.below(512));
    histogram.record(values.back());
  }
  for (const double share : kShares) {
    EXPECT_EQ(histogram.percentile(share), percentile_of(values, share)) << share;
  }
}

TEST(Histogram, IsNeverBelowAndAtMostOne256thAbove) {
  Histogram histogram;
  std::vector<std::uint64_t> values;
  Random random(2);
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(random.next() >> (24 + random.below(40)));
    histogram.record(values.back());
  }
  for (const double share : kShares) {
    const std::uint64_t exact = percentile_of(values, share);
    EXPECT_GE(histogram.percentile(share), exact) << share;
    EXPECT_LE(histogram.percentile(share), exact + exact / 256) << share;
  }
  EXPECT_EQ(histogram.max(), *std::max_element(values.begin(), values.end()));
}

TEST(Histogram, PutsEveryPowerOfTwoAndItsNeighboursIntoOrderedBuckets) {
  std::uint64_t previous = 0;
  for (unsigned bit = 1; bit < 40; ++bit) {
    for (std::uint64_t value = (std::uint64_t{1} << bit) - 1; value <= (std::uint64_t{1} << bit);
         ++value) {
      Histogram histogram;
      histogram.record(value);
      histogram.for_each([&](Histogram::Bucket bucket) {
        EXPECT_GE(bucket.highest, value);
        EXPECT_LE(bucket.highest - value, value / 256);
        EXPECT_GE(bucket.highest, previous);
        previous = bucket.highest;
      });
    }
  }
}

TEST(Histogram, CountsWhatIsTooLargeForItInItsLastBucket) {
  Histogram histogram;
  histogram.record(std::uint64_t{1} << 60);
  histogram.record(1);
  EXPECT_EQ(histogram.count(), 2U);
  EXPECT_EQ(histogram.max(), std::uint64_t{1} << 60);
  EXPECT_EQ(histogram.percentile(1), (std::uint64_t{1} << 40) - 1);
}

TEST(Histogram, AddsUpLikeOne) {
  Histogram all;
  Histogram first;
  Histogram second;
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = random.below(1'000'000);
    all.record(value, 3);
    (i % 2 == 0 ? first : second).record(value, 3);
  }
  first.add(second);
  EXPECT_EQ(first.count(), all.count());
  EXPECT_EQ(first.mean(), all.mean());
  for (const double share : kShares) EXPECT_EQ(first.percentile(share), all.percentile(share));
}

}  // namespace
}  // namespace larder::cli::load

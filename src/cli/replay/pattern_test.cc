// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace larder::cli::replay {
namespace {

constexpr std::uint32_t kCapacity = 1000;
constexpr std::uint32_t kObjects = 10'000;

std::vector<Pattern::Pick> picks_of(std::string_view text, std::uint32_t count,
                                    std::uint64_t seed = 1) {
  auto pattern = Pattern::parse(text, kCapacity, kObjects, seed);
  EXPECT_TRUE(pattern) << text;
  std::vector<Pattern::Pick> picks;
  for (std::uint32_t i = 0; i < count; ++i) picks.push_back((*pattern)->pick());
  return picks;
}

std::vector<std::uint32_t> objects_of(const std::vector<Pattern::Pick>& picks) {
  std::vector<std::uint32_t> objects;
  for (const auto& pick : picks) objects.push_back(pick.object);
  return objects;
}

// Of the requests, the share of the most popular object; within five standard deviations.
void expect_top_share(const std::vector<std::uint32_t>& objects, double exponent) {
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= kObjects; ++rank) sum += std::pow(rank, -exponent);
  std::map<std::uint32_t, std::uint32_t> times;
  for (const std::uint32_t object : objects) ++times[object];
  std::uint32_t most = 0;
  for (const auto& [object, count] : times) most = std::max(most, count);
  const double expected = static_cast<double>(objects.size()) / sum;
  EXPECT_NEAR(most, expected, 5 * std::sqrt(expected)) << exponent;
}

TEST(Pattern, ZipfHasItsExponent) {
  for (const double exponent : {0.7, 0.9, 1.0, 1.2}) {
    const auto objects = objects_of(picks_of("zipf:" + std::to_string(exponent), 200'000));
    EXPECT_LT(*std::max_element(objects.begin(), objects.end()), kObjects);
    expect_top_share(objects, exponent);
  }
}

TEST(Pattern, LoopGoesRoundAndRound) {
  const auto objects = objects_of(picks_of("loop:1.2", 3000));
  for (std::uint32_t i = 0; i < objects.size(); ++i) EXPECT_EQ(objects[i], i % 1200);
  EXPECT_EQ(objects_of(picks_of("loop:1.5", 3000)).at(1500), 0U);
  EXPECT_EQ(objects_of(picks_of("loop:3", 3001)).at(3000), 0U);
}

TEST(Pattern, ScanIsHalfHotAndHalfNew) {
  const auto objects = objects_of(picks_of("scan", 100'000));
  std::uint32_t hot = 0;
  std::uint32_t next_new = kCapacity / 2;
  std::set<std::uint32_t> seen;
  for (const std::uint32_t object : objects) {
    if (object >= kCapacity / 2) {
      EXPECT_EQ(object, next_new++);
      continue;
    }
    ++hot;
    seen.insert(object);
  }
  EXPECT_NEAR(hot, 50'000, 800);
  EXPECT_EQ(seen.size(), kCapacity / 2);
}

TEST(Pattern, ScanMayBeAllNewOrAllHot) {
  const auto all_new = objects_of(picks_of("scan:1", 1000));
  EXPECT_EQ(std::set<std::uint32_t>(all_new.begin(), all_new.end()).size(), 1000U);
  const auto all_hot = objects_of(picks_of("scan:0", 1000));
  EXPECT_LT(*std::max_element(all_hot.begin(), all_hot.end()), kCapacity / 2);
}

TEST(Pattern, MixedHasScansBetween) {
  const auto objects = objects_of(picks_of("mixed", 6 * kCapacity));
  std::uint32_t next_new = kObjects;
  for (std::uint32_t i = 0; i < objects.size(); ++i) {
    if (i % (kCapacity + kCapacity / 2) < kCapacity) {
      EXPECT_LT(objects[i], kObjects) << i;
    } else {
      EXPECT_EQ(objects[i], next_new++) << i;
    }
  }
}

TEST(Pattern, TwitterSetsOneInTen) {
  const auto picks = picks_of("twitter", 100'000);
  const auto sets = std::count_if(picks.begin(), picks.end(), [](const auto& pick) {
    return pick.operation == Operation::kSet;
  });
  EXPECT_NEAR(static_cast<double>(sets), 10'000, 500);
  expect_top_share(objects_of(picks), 1);
}

TEST(Pattern, FollowsItsSeed) {
  for (const char* text : {"zipf:0.9", "scan", "mixed", "twitter"}) {
    const auto first = objects_of(picks_of(text, 1000, 1));
    EXPECT_EQ(first, objects_of(picks_of(text, 1000, 1))) << text;
    EXPECT_NE(first, objects_of(picks_of(text, 1000, 2))) << text;
  }
}

TEST(Pattern, RefusesWhatIsNone) {
  for (const char* text :
       {"", "zipf", "zipf:", "zipf:-1", "zipf:11", "zipf:nan", "zipf:1x", "loop", "loop:", "loop:0",
        "loop:1001", "scan:", "scan:2", "scan:-0.1", "mixed:1", "twitter:1", "Zipf:1", ":", "x"}) {
    EXPECT_FALSE(Pattern::parse(text, kCapacity, kObjects, 1)) << text;
  }
}

TEST(Pattern, TakesTheSmallestCache) {
  for (const char* text : {"zipf:1", "scan", "loop:1.2", "mixed", "twitter"}) {
    auto pattern = Pattern::parse(text, 1, 1, 1);
    ASSERT_TRUE(pattern) << text;
    for (int i = 0; i < 100; ++i) (*pattern)->pick();
  }
}

}  // namespace
}  // namespace larder::cli::replay

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/workload.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <vector>

namespace larder::cli::load {
namespace {

TEST(Workload, FillsEachKeyOnce) {
  Fill fill(3, 6, 1);
  std::array<std::uint32_t, 1> key{};
  for (const std::uint32_t expected : {3U, 4U, 5U}) {
    EXPECT_EQ(fill.draw(key), Workload::Draw::kSet);
    EXPECT_EQ(key[0], expected);
  }
  EXPECT_EQ(fill.draw(key), Workload::Draw::kNothing);
  EXPECT_NE(fill.draw_version(), fill.draw_version());
}

TEST(Workload, FillsInAnyOrder) {
  const std::vector<std::uint32_t> order = {5, 9, 7, 8};
  Fill fill(1, 3, 1, order);
  std::array<std::uint32_t, 1> key{};
  for (const std::uint32_t expected : {9U, 7U}) {
    EXPECT_EQ(fill.draw(key), Workload::Draw::kSet);
    EXPECT_EQ(key[0], expected);
  }
  EXPECT_EQ(fill.draw(key), Workload::Draw::kNothing);
}

TEST(Workload, LooksAtEachKeyOnce) {
  Look look(3, 5);
  std::array<std::uint32_t, 1> key{};
  for (const std::uint32_t expected : {3U, 4U}) {
    EXPECT_EQ(look.draw(key), Workload::Draw::kGet);
    EXPECT_EQ(key[0], expected);
  }
  EXPECT_EQ(look.draw(key), Workload::Draw::kNothing);
}

TEST(Workload, ShufflesEveryNumberToAnyPlace) {
  constexpr std::uint32_t kNumbers = 10;
  std::uint32_t seen[kNumbers][kNumbers] = {};
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    const auto numbers = shuffled(kNumbers, seed);
    ASSERT_EQ(numbers.size(), kNumbers);
    for (std::uint32_t place = 0; place < kNumbers; ++place) ++seen[numbers[place]][place];
  }
  // A thousand each, and five standard deviations of 30.
  for (const auto& places : seen) {
    for (const std::uint32_t times : places) EXPECT_NEAR(times, 1000, 150);
  }
  EXPECT_TRUE(shuffled(0, 1).empty());
}

TEST(Workload, MixesGetsAndSetsByTheirShare) {
  const Keys keys = *Keys::make(10, 10);
  for (const double share : {0.0, 0.1, 0.5, 1.0}) {
    Mix mix(keys, *Popularity::parse("uniform"), share, 1);
    std::array<std::uint32_t, 3> drawn{};
    int sets = 0;
    for (int i = 0; i < 20'000; ++i) sets += mix.draw(drawn) == Workload::Draw::kSet ? 1 : 0;
    EXPECT_NEAR(sets, share * 20'000, share == 0 || share == 1 ? 0 : 400) << share;
  }
}

TEST(Workload, AsksForEveryKeyAlikeOrForFewMostly) {
  const Keys keys = *Keys::make(100, 10);
  for (const char* text : {"uniform", "zipf:0.99"}) {
    Mix mix(keys, *Popularity::parse(text), 0, 1);
    std::vector<int> seen(100);
    std::array<std::uint32_t, 2> drawn{};
    for (int i = 0; i < 50'000; ++i) {
      mix.draw(drawn);
      for (const std::uint32_t key : drawn) ++seen.at(key);
    }
    const bool uniform = *text == 'u';
    EXPECT_NEAR(seen[keys.of_rank(0)], uniform ? 1000 : 18'900, 600) << text;
    EXPECT_NEAR(seen[keys.of_rank(99)], uniform ? 1000 : 198, uniform ? 160 : 70) << text;
  }
}

TEST(Workload, RefusesWhatIsNoDistribution) {
  EXPECT_EQ(Popularity::parse("zipf")->zipf_exponent, 0.99);
  EXPECT_EQ(Popularity::parse("zipf:1.2")->zipf_exponent, 1.2);
  for (const char* text : {"", "zip", "zipf:", "zipf:0", "zipf:-1", "zipf:11", "zipf:nan",
                           "zipf:1x", "uniform:1", "ziph:0.9"}) {
    EXPECT_FALSE(Popularity::parse(text)) << text;
  }
}

}  // namespace
}  // namespace larder::cli::load

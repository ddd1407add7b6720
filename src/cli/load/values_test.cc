// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/load/random.h"

namespace larder::cli::load {
namespace {

std::string value(std::uint32_t key, std::uint32_t bytes, std::uint64_t version) {
  std::string text(bytes + 1, '#');
  write_value(text.data(), key, bytes, version);
  EXPECT_EQ(text.back(), '#') << "wrote too much";
  text.pop_back();
  return text;
}

bool passes(std::uint32_t key, std::string_view text, std::size_t piece) {
  ValueCheck check;
  check.begin(key, static_cast<std::uint32_t>(text.size()));
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    if (!check.check(text.substr(0, piece))) return false;
  }
  return true;
}

TEST(Values, PassInPiecesOfAnySize) {
  for (const std::uint32_t bytes : {0U, 1U, 7U, 8U, 9U, 15U, 16U, 17U, 100U, 255U, 1000U, 4099U}) {
    for (const std::size_t piece : {1U, 3U, 7U, 8U, 13U, 256U, 5000U}) {
      EXPECT_TRUE(passes(5, value(5, bytes, 77), piece)) << bytes << " in " << piece;
    }
  }
}

TEST(Values, FailForAnyWrongByte) {
  for (const std::uint32_t bytes : {1U, 8U, 15U, 16U, 17U, 100U, 600U}) {
    const std::string right = value(5, bytes, 77);
    for (std::size_t at = 0; at < right.size(); ++at) {
      std::string wrong = right;
      wrong[at] = static_cast<char>(wrong[at] ^ 0x10);
      EXPECT_FALSE(passes(5, wrong, 64)) << bytes << " bytes, wrong at " << at;
    }
  }
}

TEST(Values, FailForAnotherKeyOrAShiftedOrMixedValue) {
  const std::string right = value(5, 100, 77);
  EXPECT_FALSE(passes(6, right, 100));
  EXPECT_FALSE(passes(5, right.substr(8) + right.substr(0, 8), 100));
  EXPECT_FALSE(passes(5, value(5, 100, 78).substr(0, 50) + right.substr(50), 100));
}

TEST(Values, OfTwoVersionsDiffer) {
  EXPECT_NE(value(5, 100, 77), value(5, 100, 78));
  EXPECT_EQ(value(5, 10, 77), value(5, 10, 78)) << "too short for a version";
}

}  // namespace
}  // namespace larder::cli::load

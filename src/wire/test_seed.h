// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/decimal.h"
#include "base/hash.h"

namespace larder::wire {

// Another one in every run, unless LARDER_SEED says which.
inline std::uint64_t test_seed() {
  const char* given = std::getenv("LARDER_SEED");
  if (given == nullptr) return base::random_seed();
  return base::parse_decimal<std::uint64_t>(given).value_or(0);
}

// What to type to see the same again; for SCOPED_TRACE.
inline std::string reproduced_by(std::uint64_t seed) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return "LARDER_SEED=" + std::to_string(seed) +
         " wire_test --gtest_filter=" + test.test_suite_name() + "." + test.name();
}

}  // namespace larder::wire

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/hash.h"
#include "serve/edge/object_store.h"

namespace larder::serve::edge {

constexpr base::UnixMs kTestNow = 1'800'000'000'000;

inline std::ostream& operator<<(std::ostream& out, LookedUp::State state) {
  constexpr std::string_view kNames[] = {"kMiss", "kVaryMiss", "kHitForMiss", "kObject"};
  return out << kNames[static_cast<std::size_t>(state)];
}

// Another one in every run, unless LARDER_SEED says which.
inline std::uint64_t test_seed() {
  const char* given = std::getenv("LARDER_SEED");
  if (given == nullptr) return base::random_seed();
  return base::parse_decimal<std::uint64_t>(given).value_or(0);
}

inline std::string reproduced_by(std::uint64_t seed) {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return "LARDER_SEED=" + std::to_string(seed) +
         " serve_edge_test --gtest_filter=" + test.test_suite_name() + "." + test.name();
}

inline std::string text_of(const Pieces& pieces) {
  std::string text(pieces.first);
  for (const std::string_view piece : pieces.rest) text += piece;
  return text;
}

// A request's fields, by names and values that live as long as it.
inline wire::http::Fields fields_of(
    std::initializer_list<std::pair<std::string_view, std::string_view>> lines) {
  wire::http::Fields fields;
  for (const auto& [name, value] : lines)
    fields.add({.name = name, .value = value, .known = wire::http::name_of(name)});
  return fields;
}

// A response without a validator that is fresh for a minute from kTestNow on.
inline ObjectHead test_head(ObjectId id = 1) {
  return {.id = id, .freshness = {.generated = kTestNow, .lifetime_ms = 60'000}, .status = 200};
}

}  // namespace larder::serve::edge

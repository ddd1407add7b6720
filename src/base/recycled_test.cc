// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/recycled.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <thread>
#include <vector>

namespace larder::base {
namespace {

struct Visitor : Recycled<Visitor> {
  explicit Visitor(int told) : number(told) {}
  int number;
};

TEST(Recycled, GivesTheSamePlaceAgain) {
  if (kIsSanitized) GTEST_SKIP() << "nothing is kept";
  auto first = std::make_unique<Visitor>(1);
  const void* const place = first.get();
  first.reset();
  const auto second = std::make_unique<Visitor>(2);
  EXPECT_EQ(second.get(), place);
  EXPECT_EQ(second->number, 2);
}

TEST(Recycled, ManyAtATimeAreApart) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Visitor>> all;
    std::set<const void*> places;
    for (int i = 0; i < 100; ++i) {
      all.push_back(std::make_unique<Visitor>(i));
      places.insert(all.back().get());
    }
    EXPECT_EQ(places.size(), all.size());
    for (int i = 0; i < 100; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)]->number, i);
  }
}

TEST(Recycled, MayBeFreedByAnotherThread) {
  for (int round = 0; round < 100; ++round) {
    std::unique_ptr<Visitor> made;
    std::thread([&made] { made = std::make_unique<Visitor>(7); }).join();
    EXPECT_EQ(made->number, 7);
  }
}

}  // namespace
}  // namespace larder::base

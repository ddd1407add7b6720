// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/worker.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace larder::io {
namespace {

TEST(WorkerTest, RunsAllThatWasPostedInOrder) {
  constexpr int kCalls = 1000;
  std::vector<int> ran;
  {
    Worker worker;
    for (int i = 0; i < kCalls; ++i) worker.post([&ran, i] { ran.push_back(i); });
  }
  ASSERT_EQ(ran.size(), kCalls);
  for (int i = 0; i < kCalls; ++i) ASSERT_EQ(ran[static_cast<std::size_t>(i)], i);
}

TEST(WorkerTest, RunsOnAThreadOfItsOwn) {
  std::thread::id ran_on;
  {
    Worker worker;
    worker.post([&ran_on] { ran_on = std::this_thread::get_id(); });
  }
  EXPECT_NE(ran_on, std::thread::id());
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(WorkerTest, HasNothingToFinishWhenNothingWasPosted) {
  Worker worker;
  worker.finish();
  worker.finish();
}

}  // namespace
}  // namespace larder::io

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <utility>

namespace larder::base {
namespace {

TEST(Result, HoldsAValue) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  ASSERT_TRUE(result);
  EXPECT_EQ(**result, 7);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

TEST(Result, HoldsAFailureWithTheSystemsWords) {
  const Result<int> result(system_failure("open /nowhere", ENOENT));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.failure().what, "open /nowhere: No such file or directory");
}

TEST(ResultDeathTest, DiesWhenTheOtherIsTaken) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  Result<int> failed(Failure{"no"});
  const Result<int> fine(1);
  EXPECT_DEATH((void)*failed, "larder: bug at .*result.h");
  EXPECT_DEATH((void)fine.failure(), "larder: bug at .*result.h");
}

}  // namespace
}  // namespace larder::base

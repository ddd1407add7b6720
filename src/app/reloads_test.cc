// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/reloads.h"

#include <gtest/gtest.h>

namespace larder::app {
namespace {

TEST(Reloads, ReadAllInTheirOrderAndTellWhatHasFailed) {
  Reloads reloads;
  EXPECT_TRUE(reloads.run().empty());
  std::string read;
  const auto reader = [&read](const std::string& name, bool works) {
    return [&read, name, works]() -> base::Status {
      read += name;
      return works ? base::Status(base::Done{}) : base::Failure{name + " is gone"};
    };
  };
  reloads.add(reader("a", true));
  reloads.add(reader("b", false));
  reloads.add(reader("c", true));
  for (const char* all : {"abc", "abcabc"}) {
    const auto failures = reloads.run();
    EXPECT_EQ(read, all);
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures.front().what, "b is gone");
  }
}

}  // namespace
}  // namespace larder::app

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/fills.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/limits.h"
#include "serve/edge/fill.h"

namespace larder::serve::edge {
namespace {

TEST(Fills, NoneIsKnownWhereNoneWasNeeded) {
  Fills fills(limits::MiB);
  int asked = 0;
  const auto needs_none = [&]() -> std::shared_ptr<Fill> {
    ++asked;
    return nullptr;
  };
  for (int i = 1; i <= 3; ++i) {
    const Fills::Joined joined = fills.join("key", {}, {}, needs_none);
    EXPECT_EQ(joined.fill, nullptr);
    EXPECT_FALSE(joined.begun);
    EXPECT_EQ(asked, i);
  }
  fills.purge("key");
}

}  // namespace
}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/sticky.h"

#include <gtest/gtest.h>

namespace larder::origin {
namespace {

TEST(Sticky, ValueStaysAndTellsServersApart) {
  // A change of these digits moves every session of every installation.
  EXPECT_EQ(sticky_value("shop", "127.0.0.1:80"), "e5db0b1f1a8aa78f");
  EXPECT_NE(sticky_value("shop", "127.0.0.1:80"), sticky_value("shop", "127.0.0.1:81"));
  EXPECT_NE(sticky_value("shop", "127.0.0.1:80"), sticky_value("blog", "127.0.0.1:80"));
  EXPECT_EQ(sticky_value("", "").size(), 16U);
}

}  // namespace
}  // namespace larder::origin

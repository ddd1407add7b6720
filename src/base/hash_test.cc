// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/hash.h"

#include <gtest/gtest.h>

namespace larder::base {
namespace {

TEST(KeyedHash, DependsOnEveryByteAndOnTheSeed) {
  EXPECT_EQ(keyed_hash("key", 1), keyed_hash("key", 1));
  EXPECT_NE(keyed_hash("key", 1), keyed_hash("key", 2));
  EXPECT_NE(keyed_hash("key", 1), keyed_hash("kez", 1));
  EXPECT_NE(keyed_hash("key", 1), keyed_hash("key ", 1));
  EXPECT_NE(keyed_hash("", 1), keyed_hash("", 2));
}

TEST(RandomSeed, IsAnotherEachTime) { EXPECT_NE(random_seed(), random_seed()); }

}  // namespace
}  // namespace larder::base

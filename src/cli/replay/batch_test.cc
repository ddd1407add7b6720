// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/batch.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "base/limits.h"

namespace larder::cli::replay {
namespace {

bool add(Batch& batch, const std::string& key, std::uint32_t value_bytes = 10,
         Operation operation = Operation::kGet) {
  Request request;
  request.operation = operation;
  request.key = key;
  request.value_bytes = value_bytes;
  return batch.add(request);
}

TEST(Batch, TakesRepeatedGets) {
  Batch batch(8);
  for (const char* key : {"a", "b", "a", "b", "b", "c"}) EXPECT_TRUE(add(batch, key)) << key;
  ASSERT_EQ(batch.entries().size(), 6U);
  std::string keys;
  for (const Batch::Entry& entry : batch.entries()) {
    EXPECT_EQ(entry.repeats, keys.find(batch.key(entry)) != std::string::npos);
    keys += batch.key(entry);
  }
  EXPECT_EQ(keys, "ababbc");
}

TEST(Batch, EndsWhereAKeyIsRepeatedAndChanged) {
  constexpr Operation kGet = Operation::kGet;
  for (const Operation change : {Operation::kSet, Operation::kDelete}) {
    for (const auto& [first, second] :
         {std::pair(kGet, change), std::pair(change, kGet), std::pair(change, change)}) {
      Batch batch(8);
      EXPECT_TRUE(add(batch, "a", 10, first));
      EXPECT_TRUE(add(batch, "b", 10, kGet));
      EXPECT_FALSE(add(batch, "a", 10, second));
      EXPECT_TRUE(add(batch, "c", 10, change));
      EXPECT_EQ(batch.entries().size(), 3U);
    }
  }
}

TEST(Batch, StartsAnewWhenCleared) {
  Batch batch(8);
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(add(batch, "a", 10, Operation::kSet));
  EXPECT_TRUE(add(batch, "b"));
  EXPECT_FALSE(add(batch, "a"));
  ASSERT_EQ(batch.entries().size(), 2U);
  EXPECT_EQ(batch.key(batch.entries()[0]), "a");
  EXPECT_EQ(batch.key(batch.entries()[1]), "b");
  batch.clear();
  EXPECT_TRUE(batch.empty());
  EXPECT_TRUE(add(batch, "a"));
}

TEST(Batch, EndsWhenItIsFull) {
  for (const std::size_t depth :
       {std::size_t{1}, std::size_t{3}, std::size_t{64}, limits::kMaxReplayDepth}) {
    Batch batch(depth);
    for (int turn = 0; turn < 3; ++turn) {
      batch.clear();
      for (std::size_t i = 0; i < depth; ++i) EXPECT_TRUE(add(batch, std::to_string(i)));
      EXPECT_FALSE(add(batch, "one more"));
      EXPECT_EQ(batch.entries().size(), depth);
      for (std::size_t i = 0; i < depth; ++i) {
        EXPECT_EQ(batch.key(batch.entries()[i]), std::to_string(i));
      }
    }
  }
}

TEST(Batch, EndsAtMuchData) {
  Batch batch(8);
  EXPECT_TRUE(add(batch, "a", limits::kMaxValueBytes));
  EXPECT_FALSE(add(batch, "b", 1));
  batch.clear();
  EXPECT_TRUE(add(batch, "a", limits::kReplayBatchBytes));
  EXPECT_TRUE(add(batch, "b", 0));
  EXPECT_FALSE(add(batch, "c", 1));
}

}  // namespace
}  // namespace larder::cli::replay

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/block_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "store/collection/test_pool.h"
#include "store/collection/tree.h"
#include "store/test_seed.h"

namespace larder::store::collection {
namespace {

// ---- sizes

TEST(BlockSizes, AreAnEighthOr16BytesApart) {
  for (std::size_t bytes = 1; bytes <= 4096; ++bytes) {
    const std::size_t size = BlockPool::bytes_of(bytes);
    ASSERT_GE(size, bytes);
    ASSERT_LT(size, bytes + std::max<std::size_t>(16, bytes / 8 + 64)) << bytes;
    ASSERT_EQ(size % 16, 0U);
    ASSERT_EQ(BlockPool::bytes_of(size), size) << bytes;
  }
  EXPECT_EQ(BlockPool::bytes_of(1), 16U);
  EXPECT_EQ(BlockPool::bytes_of(28), 32U);
  EXPECT_EQ(BlockPool::bytes_of(250), 256U);
  EXPECT_EQ(BlockPool::bytes_of(2048), 2048U);
  EXPECT_EQ(BlockPool::bytes_of(4096), 4096U);
}

TEST(BlockSizes, ArePartsOfAPageBeyondThat) {
  for (std::size_t bytes = 4097; bytes <= BlockPool::kMostBytes; ++bytes) {
    const std::size_t size = BlockPool::bytes_of(bytes);
    ASSERT_GE(size, bytes);
    ASSERT_EQ(kPageBytes / size, kPageBytes / ((bytes + 15) / 16 * 16))
        << "as many as fit, " << bytes;
    ASSERT_EQ(BlockPool::bytes_of(size), size) << bytes;
  }
  EXPECT_EQ(BlockPool::bytes_of(32 * limits::KiB + 1), kPageBytes);
}

// ---- pages

TEST(BlockPool, CutsAPageIntoBlocksOfOneSize) {
  TestPool test;
  std::vector<char*> blocks;
  for (std::size_t i = 0; i < kPageBytes / 96; ++i) {
    blocks.push_back(static_cast<char*>(test.blocks().take(90)));
    ASSERT_NE(blocks.back(), nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(blocks.back()) % 16, 0U);
    EXPECT_EQ(test.blocks().bytes_at(blocks.back()), 96U);
  }
  EXPECT_EQ(test.pages(), 1U);
  EXPECT_EQ(test.blocks().block_bytes(), blocks.size() * 96);
  std::ranges::sort(blocks);
  for (std::size_t i = 1; i < blocks.size(); ++i) ASSERT_GE(blocks[i] - blocks[i - 1], 96);
  blocks.push_back(static_cast<char*>(test.blocks().take(96)));
  EXPECT_EQ(test.pages(), 2U);
  test.blocks().give_back(blocks.back());
  EXPECT_EQ(test.pages(), 1U) << "a page without a block goes back";
  blocks.pop_back();
  for (char* block : blocks) test.blocks().give_back(block);
  EXPECT_EQ(test.pages(), 0U);
}

TEST(BlockPool, RefusesBeyondTheLimit) {
  TestPool test(2 * Arena::kLeaseBytes);
  void* first = test.blocks().take(50'000);
  void* second = test.blocks().take(50'000);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(test.blocks().take(16), nullptr);
  EXPECT_EQ(test.blocks().block_bytes(), 2 * kPageBytes);
  test.blocks().give_back(first);
  void* third = test.blocks().take(16);
  EXPECT_NE(third, nullptr);
  test.blocks().give_back(third);
  test.blocks().give_back(second);
}

TEST(BlockPool, TakesFromTheFullerPageFirst) {
  TestPool test;
  constexpr std::size_t kBlocks = kPageBytes / 1024;
  std::vector<void*> blocks(3 * kBlocks);
  for (void*& block : blocks) block = test.blocks().take(1024);
  ASSERT_EQ(test.pages(), 3U);
  const std::span all(blocks);
  // One block of the first page is left, half of the second's, seven in eight of the third's.
  for (void* block : all.subspan(1, kBlocks - 1)) test.blocks().give_back(block);
  for (void* block : all.subspan(kBlocks, kBlocks / 2)) test.blocks().give_back(block);
  for (void* block : all.subspan(2 * kBlocks, kBlocks / 8)) test.blocks().give_back(block);
  std::vector<void*> taken(kBlocks / 8 + kBlocks / 2);
  for (void*& block : taken) block = test.blocks().take(1024);
  const auto in_page_of = [&](const void* other) {
    return [&test, other](const void* block) {
      return &test.arena().page_at(block) == &test.arena().page_at(other);
    };
  };
  EXPECT_TRUE(std::all_of(taken.begin(), taken.begin() + kBlocks / 8, in_page_of(all.back())));
  EXPECT_TRUE(
      std::all_of(taken.begin() + kBlocks / 8, taken.end(), in_page_of(all[2 * kBlocks - 1])));
  for (void* block : taken) test.blocks().give_back(block);
  test.blocks().give_back(all[0]);
  EXPECT_EQ(test.pages(), 2U);
  for (void* block : all.subspan(kBlocks + kBlocks / 2, kBlocks / 2))
    test.blocks().give_back(block);
  for (void* block : all.subspan(2 * kBlocks + kBlocks / 8)) test.blocks().give_back(block);
}

TEST(BlockPool, TakesALargerBlockRatherThanAPage) {
  TestPool test;
  void* larger = test.blocks().take(1000);
  void* one = test.blocks().take(850);
  EXPECT_EQ(test.blocks().bytes_at(one), 1024U);
  EXPECT_EQ(test.pages(), 1U);
  void* another = test.blocks().take(800);
  EXPECT_EQ(test.blocks().bytes_at(another), 832U) << "three eighths are too much";
  EXPECT_EQ(test.pages(), 2U);
  for (void* block : {larger, one, another}) test.blocks().give_back(block);
}

TEST(BlockPoolDeathTest, DiesWhenABlockComesBackTwice) {
  TestPool test;
  void* block = test.blocks().take(100);
  test.blocks().give_back(block);
  EXPECT_DEATH(test.blocks().give_back(block), "kBlocks");
}

// ---- a random history

struct Taken {
  char* bytes = nullptr;
  std::size_t size = 0;
  char mark = 0;

  void check() const {
    ASSERT_EQ(std::count(bytes, bytes + size, mark), static_cast<std::ptrdiff_t>(size))
        << "written by another";
  }
};

void take_and_give_back(BlockPool& pool, std::uint64_t seed, std::size_t operations) {
  std::mt19937_64 random(seed);
  std::vector<Taken> taken;
  for (std::size_t i = 0; i < operations; ++i) {
    if (random() % 1000 < (i < operations / 2 ? 600U : 400U)) {
      const std::size_t most = random() % 50 == 0 ? BlockPool::kMostBytes : 1000;
      Taken one{.size = 1 + random() % most, .mark = static_cast<char>(random())};
      one.bytes = static_cast<char*>(pool.take(one.size));
      if (one.bytes == nullptr) continue;
      ASSERT_GE(pool.bytes_at(one.bytes), BlockPool::bytes_of(one.size));
      ASSERT_LE(pool.bytes_at(one.bytes), BlockPool::bytes_of(one.size) * 5 / 4 + 64);
      std::memset(one.bytes, one.mark, one.size);
      taken.push_back(one);
    } else if (!taken.empty()) {
      std::swap(taken[random() % taken.size()], taken.back());
      taken.back().check();
      pool.give_back(taken.back().bytes);
      taken.pop_back();
    }
  }
  for (const Taken& one : taken) {
    one.check();
    pool.give_back(one.bytes);
  }
}

TEST(BlockPool, GivesEachBlockToOne) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  TestPool test(4 * limits::MiB);
  take_and_give_back(test.blocks(), seed, 100'000);
}

TEST(BlockPool, GivesEachBlockToOneOfManyThreads) {
  TestPool test(4 * limits::MiB);
  std::vector<std::thread> threads;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    threads.emplace_back([&test, seed] { take_and_give_back(test.blocks(), seed, 20'000); });
  }
  for (std::thread& thread : threads) thread.join();
}

// ---- what is buried

void fill(Tree& tree, std::size_t entries) {
  const std::string_view entry = "an entry of twenty bytes";
  for (std::size_t i = 0; i < entries; ++i) ASSERT_TRUE(tree.insert(i, {&entry, 1}));
}

TEST(Reclaim, IsDoneInBoundedSteps) {
  TestPool test;
  Tree tree(test.blocks());
  fill(tree, 50'000);
  const std::size_t bytes = test.blocks().block_bytes();
  ASSERT_EQ(bytes, tree.bytes());
  tree.clear();
  EXPECT_EQ(test.blocks().block_bytes(), bytes) << "later";
  std::size_t steps = 0;
  for (bool has_more = true; has_more; ++steps) {
    const std::size_t before = test.blocks().block_bytes();
    has_more = test.blocks().reclaim(10);
    ASSERT_LE(before - test.blocks().block_bytes(), 10 * Leaf::kMostBytes);
  }
  EXPECT_GE(steps, bytes / Leaf::kMostBytes / 10);
  EXPECT_EQ(test.blocks().block_bytes(), 0U);
  EXPECT_FALSE(test.blocks().reclaim(10));
}

TEST(Reclaim, ComesBeforeANewPage) {
  TestPool test;
  auto tree = std::make_unique<Tree>(test.blocks());
  fill(*tree, 50'000);
  const std::size_t pages = test.pages();
  tree.reset();
  Tree another(test.blocks());
  fill(another, 50'000);
  EXPECT_LE(test.pages(), pages + 2);
}

TEST(Reclaim, FindsTheBlocksThatAreLeftAtTheLimit) {
  TestPool test;
  auto tree = std::make_unique<Tree>(test.blocks());
  fill(*tree, 10'000);
  tree.reset();
  test.set_scarce(true);
  std::vector<void*> blocks;
  while (void* block = test.blocks().take(50'000)) blocks.push_back(block);
  EXPECT_GE(blocks.size(), 3U) << "pages that became free";
  for (void* block : blocks) test.blocks().give_back(block);
}

TEST(Reclaim, LeavesWhatIsPinned) {
  TestPool test;
  Tree tree(test.blocks());
  fill(tree, 1000);
  Snapshot snapshot;
  tree.pin(500, 501, snapshot);
  tree.clear();
  test.reclaim_all();
  EXPECT_NE(test.blocks().block_bytes(), 0U);
  EXPECT_EQ(Snapshot::Walk(snapshot).entry(), "an entry of twenty bytes");
  snapshot = {};
  EXPECT_EQ(test.blocks().block_bytes(), 0U);
}

}  // namespace
}  // namespace larder::store::collection

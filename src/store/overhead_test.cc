// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstddef>
#include <string>

#include "store/item.h"
#include "store/store_audit.h"
#include "store/test_store.h"

// What docs/limits.md says that an item costs.
namespace larder::store {
namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kKeyBytes = 24;

std::string key_of(std::size_t number) {
  std::string digits = std::to_string(number);
  return std::string(kKeyBytes - digits.size(), 'k') + digits;
}

// As many as there is room for, and half as many again; the clock goes on as it does in life.
void fill(TestStore& store, std::size_t value_bytes, std::size_t memory_bytes) {
  const std::string value(value_bytes, 'v');
  const std::size_t puts = memory_bytes / (kKeyBytes + value_bytes) * 3 / 2;
  for (std::size_t i = 0; i < puts; ++i) {
    if (i % 50 == 0) ++store.now;
    store.put(key_of(i), value, {.expires = store.in(24 * 3600)});
  }
}

TEST(Overhead, OfAHeaderIsWhatIsPromised) {
  EXPECT_EQ(Item::header_bytes(0), 13U);
  EXPECT_EQ(Item::header_bytes(Item::kHasExpiry), 17U);
  EXPECT_EQ(Item::header_bytes(Item::kHasExpiry | Item::kHasFlags), 21U);
  EXPECT_EQ(Item::header_bytes(Item::kWide), 35U);
}

TEST(Overhead, OfAFullStoreIsAtMostWhatIsPromised) {
  constexpr std::size_t kMemory = 32 * kMiB;
  for (const std::size_t value_bytes : {std::size_t{10}, std::size_t{100}, std::size_t{500}}) {
    TestStore store({.memory_bytes = kMemory});
    fill(store, value_bytes, kMemory);
    const Usage usage = store.store.usage();
    ASSERT_GT(usage.evicted, 0U);
    const std::size_t each = StoreAudit(store.store).total() / usage.items;
    EXPECT_LE(each, kKeyBytes + value_bytes + 32) << "with values of " << value_bytes << " bytes";
    EXPECT_GE(usage.index_bytes, 6 * usage.items * 95 / 100);
    EXPECT_LE(usage.index_bytes, 7 * usage.items * 105 / 100);
  }
}

TEST(Overhead, OfALongValueIsAtMostWhatIsPromised) {
  for (const std::size_t size : {std::size_t{8192}, std::size_t{50'000}, 3 * kMiB}) {
    TestStore store({.memory_bytes = 64 * kMiB, .item_bytes = 16 * kMiB});
    ASSERT_EQ(store.put(key_of(1), std::string(size, 'v')).answer, Answer::kOk);
    const std::size_t kib = (size + 1023) / 1024 * 1024;
    EXPECT_LE(store.find(key_of(1)).item_bytes, kKeyBytes + kib + 13 + 8 + 160);
  }
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/slots.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

namespace larder::store {
namespace {

// Addresses of pages; nobody looks into them.
std::byte* bytes_of(std::size_t page) {
  return reinterpret_cast<std::byte*>((page + 1) * kPageBytes);
}

TEST(Slots, FindsWhatAHandleMeans) {
  Slots slots;
  std::vector<Page> pages(3);
  for (std::size_t i = 0; i < pages.size(); ++i) slots.add(pages[i], bytes_of(i));
  for (std::size_t i = 0; i < pages.size(); ++i) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{13}, kPageBytes - 1}) {
      const Handle handle = slots.handle_of(pages[i], bytes_of(i) + offset);
      EXPECT_EQ(handle, i << 16 | offset);
      EXPECT_EQ(slots.at(handle), bytes_of(i) + offset);
    }
  }
}

TEST(Slots, GivesASlotToAnotherPageWhenItIsFree) {
  Slots slots;
  std::vector<Page> pages(4);
  for (std::size_t i = 0; i < 3; ++i) slots.add(pages[i], bytes_of(i));
  slots.remove(pages[1]);
  EXPECT_EQ(slots.page_bytes(1), nullptr);
  EXPECT_EQ(slots.at(Handle{1} << 16 | 5), reinterpret_cast<std::byte*>(5));
  EXPECT_EQ(slots.size(), 3U);
  slots.add(pages[3], bytes_of(3));
  EXPECT_EQ(pages[3].slot, 1U);
  EXPECT_EQ(slots.page_bytes(1), bytes_of(3));
  EXPECT_EQ(slots.size(), 3U);
}

TEST(Slots, AreFullWhenAHandleCannotNameAnother) {
  Slots slots;
  std::vector<Page> pages(Slots::kMost);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    ASSERT_FALSE(slots.is_full());
    slots.add(pages[i], bytes_of(i));
  }
  EXPECT_TRUE(slots.is_full());
  const std::size_t last = Slots::kMost - 1;
  const Handle furthest = slots.handle_of(pages[last], bytes_of(last) + kPageBytes - 1);
  EXPECT_EQ(furthest, 0xffff'ffffU);
  EXPECT_EQ(slots.at(furthest), bytes_of(last) + kPageBytes - 1);
  slots.remove(pages[700]);
  EXPECT_FALSE(slots.is_full());
  slots.add(pages[700], bytes_of(700));
  EXPECT_TRUE(slots.is_full());
}

}  // namespace
}  // namespace larder::store

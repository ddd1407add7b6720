// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/page_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace larder::store {
namespace {

struct TestQueue {
  // The pages from the oldest on, each by its slot; both directions must say the same.
  std::string order() const {
    std::string upward;
    std::string downward;
    for (const Page* page = queue.oldest(); page != nullptr; page = page->newer) {
      upward += std::to_string(page->slot);
    }
    for (const Page* page = queue.newest(); page != nullptr; page = page->older) {
      downward.insert(0, std::to_string(page->slot));
    }
    EXPECT_EQ(upward, downward);
    EXPECT_EQ(upward.size(), queue.pages());
    return upward;
  }
  TestQueue() {
    for (std::size_t i = 0; i < pages.size(); ++i) pages[i].slot = static_cast<std::uint16_t>(i);
  }

  PageQueue queue{Page::Use::kMain};
  std::array<Page, 8> pages;
};

TEST(PageQueue, KeepsPagesInTheOrderOfTheirComing) {
  TestQueue test;
  EXPECT_EQ(test.order(), "");
  for (int i = 0; i < 4; ++i) test.queue.add_newest(test.pages[static_cast<std::size_t>(i)]);
  EXPECT_EQ(test.order(), "0123");
  EXPECT_EQ(test.queue.use(), Page::Use::kMain);
}

TEST(PageQueue, LetsPagesGoFromAnywhere) {
  TestQueue test;
  for (std::size_t i = 0; i < 5; ++i) test.queue.add_newest(test.pages[i]);
  for (const auto& [page, left] :
       {std::pair{2, "0134"}, {0, "134"}, {4, "13"}, {1, "3"}, {3, ""}}) {
    test.queue.remove(test.pages[static_cast<std::size_t>(page)]);
    EXPECT_EQ(test.order(), left);
  }
  EXPECT_EQ(test.queue.oldest(), nullptr);
  EXPECT_EQ(test.queue.newest(), nullptr);
  test.queue.add_newest(test.pages[7]);
  EXPECT_EQ(test.order(), "7");
}

TEST(PageQueue, PutsATargetRightBeforeThePageThatIsMoved) {
  TestQueue test;
  for (std::size_t i = 0; i < 3; ++i) test.queue.add_newest(test.pages[i]);
  test.queue.add_target(test.pages[5], test.pages[1]);
  EXPECT_EQ(test.order(), "0512");
  EXPECT_EQ(test.queue.target(), &test.pages[5]);
  test.queue.add_target(test.pages[6], test.pages[0]);
  EXPECT_EQ(test.order(), "60512");
  EXPECT_EQ(test.queue.target(), &test.pages[6]);
}

TEST(PageQueue, IsAppendedToAtTheTargetAndAtTheNewest) {
  TestQueue test;
  for (std::size_t i = 0; i < 3; ++i) test.queue.add_newest(test.pages[i]);
  test.queue.add_target(test.pages[5], test.pages[1]);
  for (std::size_t i = 0; i < test.pages.size(); ++i) {
    EXPECT_EQ(test.queue.is_appended_to(test.pages[i]), i == 2 || i == 5) << i;
  }
  test.queue.remove(test.pages[5]);
  EXPECT_EQ(test.queue.target(), nullptr);
  test.queue.remove(test.pages[2]);
  EXPECT_TRUE(test.queue.is_appended_to(test.pages[1]));
  test.queue.add_target(test.pages[5], test.pages[1]);
  test.queue.forget_target();
  EXPECT_FALSE(test.queue.is_appended_to(test.pages[5]));
  EXPECT_EQ(test.order(), "051");
}

TEST(PageQueue, SumsTheBytesOfTheLiving) {
  TestQueue test;
  test.queue.add_bytes(100);
  test.queue.add_bytes(20);
  test.queue.remove_bytes(101);
  EXPECT_EQ(test.queue.bytes(), 19U);
}

}  // namespace
}  // namespace larder::store

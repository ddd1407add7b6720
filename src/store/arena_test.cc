// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/arena.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "store/test_seed.h"

namespace larder::store {
namespace {

constexpr UnixMs kNow = 1'800'000'000'000;

constexpr auto kWithinLimit = Arena::Lease::kWithinLimit;
constexpr auto kForced = Arena::Lease::kForced;
constexpr auto kUse = Page::Use::kSmall;

struct TestArena {
  explicit TestArena(std::size_t pages)
      : ledger({.memory_bytes = pages * Arena::kLeaseBytes}), arena(ledger) {}

  Page* lease(Arena::Lease how = kWithinLimit) { return arena.lease(kUse, how); }
  std::vector<Page*> lease_many(std::size_t count) {
    std::vector<Page*> pages;
    for (std::size_t i = 0; i < count; ++i) pages.push_back(lease());
    return pages;
  }
  std::size_t free_pages() const { return arena.resident_free_bytes() / kPageBytes; }
  void set_limit(std::size_t pages) { ledger.set_limit(pages * Arena::kLeaseBytes); }
  // Does any of it cost memory, as the kernel sees it?
  bool is_resident(const Page& page) const {
    constexpr std::size_t kSystemPage = 4096;
    std::array<unsigned char, kPageBytes / kSystemPage> resident{};
    EXPECT_EQ(mincore(arena.bytes_of(page), kPageBytes, resident.data()), 0);
    return std::ranges::any_of(resident, [](unsigned char each) { return (each & 1) != 0; });
  }
  void write_on(const Page& page) const { std::memset(arena.bytes_of(page), 0x5a, kPageBytes); }

  Ledger ledger;
  Arena arena;
};

std::vector<Page*> pages_of(std::span<Page> run) {
  std::vector<Page*> pages;
  for (Page& page : run) pages.push_back(&page);
  return pages;
}

// ---- leases

TEST(Arena, LeasesUpToTheLimit) {
  TestArena test(5);
  EXPECT_EQ(Arena::kLeaseBytes, 65'536U + 64U);
  std::vector<Page*> pages = test.lease_many(5);
  EXPECT_EQ(std::ranges::count(pages, nullptr), 0);
  EXPECT_EQ(test.lease(), nullptr);
  EXPECT_TRUE(test.arena.lease_run(3).empty());
  EXPECT_EQ(test.arena.leased_bytes(), 5 * Arena::kLeaseBytes);
  EXPECT_EQ(test.ledger.total(), 5 * Arena::kLeaseBytes);
  test.arena.give_back(*pages[2]);
  EXPECT_EQ(test.lease(), pages[2]);
  EXPECT_EQ(test.lease(), nullptr);
}

TEST(Arena, LeasesOverTheLimitToThoseWhoMust) {
  TestArena test(1);
  ASSERT_NE(test.lease(), nullptr);
  Page* more = test.lease(kForced);
  ASSERT_NE(more, nullptr);
  EXPECT_TRUE(test.ledger.is_over());
  EXPECT_EQ(test.arena.leased_bytes(), 2 * Arena::kLeaseBytes);
  test.arena.give_back(*more);
  EXPECT_FALSE(test.ledger.is_over());
}

TEST(Arena, CountsWhatOthersTake) {
  TestArena test(3);
  test.ledger.add(1);
  EXPECT_EQ(std::ranges::count(test.lease_many(3), nullptr), 1);
  test.ledger.remove(1);
  EXPECT_NE(test.lease(), nullptr);
}

TEST(Arena, HandsOutPagesThatAreAsNew) {
  TestArena test(2);
  Page* page = test.lease();
  page->filled = 700;
  page->dead = 300;
  page->newer = page->older = page;
  page->pin();
  page->expiry.add(1, 100, 0);
  test.arena.retire(*page);
  Page::unpin(page);
  ASSERT_EQ(test.arena.lease(Page::Use::kMain, kWithinLimit), page);
  EXPECT_EQ(page->use, Page::Use::kMain);
  EXPECT_EQ(page->filled, 0U);
  EXPECT_EQ(page->dead, 0U);
  EXPECT_EQ(page->newer, nullptr);
  EXPECT_EQ(page->older, nullptr);
  EXPECT_FALSE(page->is_pinned());
  EXPECT_EQ(page->expiry.expired_bytes(kStampEpochMs * 2), 0U);
  EXPECT_EQ(page->room(), Page::kMostFilled);
}

TEST(Arena, KnowsWhosePageABytesIs) {
  TestArena test(3);
  for (Page* page : test.lease_many(3)) {
    std::byte* bytes = test.arena.bytes_of(*page);
    EXPECT_EQ(&test.arena.page_at(bytes), page);
    EXPECT_EQ(&test.arena.page_at(bytes + kPageBytes - 1), page);
  }
}

TEST(Arena, TakesTheLowestFirst) {
  TestArena test(200);
  const std::vector<Page*> pages = test.lease_many(150);
  EXPECT_TRUE(std::ranges::is_sorted(pages));
  for (const std::size_t free : {130U, 5U, 64U, 7U, 63U}) test.arena.give_back(*pages[free]);
  for (const std::size_t next : {5U, 7U, 63U, 64U, 130U}) EXPECT_EQ(test.lease(), pages[next]);
  EXPECT_EQ(test.lease(), pages.back() + 1);
}

TEST(ArenaDeathTest, DiesWhenAPageComesBackTwice) {
  TestArena test(2);
  Page* page = test.lease();
  test.arena.give_back(*page);
  EXPECT_DEATH(test.arena.give_back(*page), "kFree");
}

// ---- runs

TEST(ArenaRun, IsBehindEachOther) {
  TestArena test(20);
  const std::vector<Page*> run = pages_of(test.arena.lease_run(7));
  ASSERT_EQ(run.size(), 7U);
  for (std::size_t i = 1; i < run.size(); ++i) {
    EXPECT_EQ(test.arena.bytes_of(*run[i]), test.arena.bytes_of(*run[i - 1]) + kPageBytes);
    EXPECT_EQ(run[i]->use, Page::Use::kValue);
  }
  EXPECT_EQ(test.arena.leased_bytes(), 7 * Arena::kLeaseBytes);
}

TEST(ArenaRun, EndsAtTheLimit) {
  TestArena test(5);
  test.lease();
  EXPECT_EQ(test.arena.lease_run(7).size(), 4U);
  EXPECT_TRUE(test.arena.lease_run(1).empty());
}

TEST(ArenaRun, EndsAtAPageThatIsInUse) {
  TestArena test(20);
  const std::vector<Page*> pages = test.lease_many(8);
  for (const std::size_t free : {1U, 2U, 4U, 7U}) test.arena.give_back(*pages[free]);
  EXPECT_EQ(pages_of(test.arena.lease_run(9)), (std::vector{pages[1], pages[2]}));
  EXPECT_EQ(pages_of(test.arena.lease_run(9)), (std::vector{pages[4]}));
  const std::vector<Page*> rest = pages_of(test.arena.lease_run(9));
  ASSERT_EQ(rest.size(), 9U) << "from one that was free on into those that are new";
  EXPECT_EQ(rest.front(), pages[7]);
}

TEST(ArenaRun, TakesPagesWithoutMemoryOnlyWhenNoneHasSome) {
  TestArena test(6);
  const std::vector<Page*> pages = test.lease_many(6);
  test.set_limit(2);
  test.arena.give_back(*pages[3]);  // to the system: there is no room for it
  ASSERT_EQ(test.free_pages(), 0U);
  test.set_limit(20);
  test.arena.give_back(*pages[2]);
  test.arena.give_back(*pages[4]);
  ASSERT_EQ(test.free_pages(), 2U);
  EXPECT_EQ(pages_of(test.arena.lease_run(9)), (std::vector{pages[2]}));
  EXPECT_EQ(pages_of(test.arena.lease_run(9)), (std::vector{pages[4]})) << "others had memory";
  EXPECT_EQ(test.arena.lease_run(9).size(), 1U);
}

// ---- with memory behind it, or without

TEST(ArenaMemory, StaysWhereItFitsBesideTheAccount) {
  TestArena test(4);
  const std::vector<Page*> pages = test.lease_many(4);
  for (Page* page : pages) test.write_on(*page);
  test.arena.give_back(*pages[1]);
  EXPECT_EQ(test.free_pages(), 1U);
  EXPECT_TRUE(test.is_resident(*pages[1]));
  EXPECT_EQ(test.ledger.total(), 3 * Arena::kLeaseBytes);
  ASSERT_EQ(test.lease(), pages[1]);
  EXPECT_EQ(test.arena.bytes_of(*pages[1])[77], std::byte{0x5a});
  EXPECT_EQ(test.free_pages(), 0U);
}

TEST(ArenaMemory, GoesToTheSystemWhereOthersNeedTheRoom) {
  TestArena test(4);
  const std::vector<Page*> pages = test.lease_many(4);
  for (Page* page : pages) test.write_on(*page);
  test.ledger.add(kPageBytes);
  test.arena.give_back(*pages[1]);
  EXPECT_FALSE(test.is_resident(*pages[1]));
  EXPECT_TRUE(test.is_resident(*pages[2]));
  EXPECT_EQ(test.free_pages(), 0U);
  test.arena.give_back(*pages[2]);
  EXPECT_EQ(test.free_pages(), 1U);
  // Rather what costs nothing new, though it lies higher.
  EXPECT_EQ(test.lease(), pages[2]);
  test.ledger.remove(kPageBytes);
  EXPECT_EQ(test.lease(), pages[1]);
  EXPECT_EQ(test.arena.bytes_of(*pages[1])[77], std::byte{0}) << "of the system, it is zeroes";
}

TEST(ArenaTrim, ReturnsWhatWasIdleForASecondBoundedAtATime) {
  constexpr std::size_t kPages = 2 * limits::kTrimmedPages + 5;
  TestArena test(kPages + 4);
  std::vector<Page*> pages = test.lease_many(kPages);
  for (Page* page : pages) test.write_on(*page);
  for (Page* page : pages) test.arena.give_back(*page);
  EXPECT_FALSE(test.arena.trim(kNow));
  EXPECT_FALSE(test.arena.trim(kNow + 999));
  EXPECT_EQ(test.free_pages(), kPages) << "not yet idle for a second";
  EXPECT_TRUE(test.arena.trim(kNow + 1000));
  EXPECT_TRUE(test.arena.trim(kNow + 1001));
  EXPECT_EQ(test.free_pages(), 5U);
  EXPECT_FALSE(test.arena.trim(kNow + 1002));
  EXPECT_EQ(test.free_pages(), 0U);
  const auto resident = [&](const Page* page) { return test.is_resident(*page); };
  EXPECT_EQ(std::ranges::count_if(pages, resident), 0);
  EXPECT_EQ(test.ledger.total(), 0U);
}

TEST(ArenaTrim, LeavesWhatALoadThatComesAndGoesNeeds) {
  TestArena test(20);
  for (Page* page : test.lease_many(16)) test.arena.give_back(*page);
  UnixMs now = kNow;
  test.arena.trim(now);
  for (int round = 0; round < 20; ++round) {
    for (Page* page : test.lease_many(12)) test.arena.give_back(*page);
    test.arena.trim(now += 1000);
  }
  EXPECT_EQ(test.free_pages(), 12U) << "those that were never needed are gone, no others";
}

TEST(ArenaTrim, ReturnsAtOnceWhatNoLongerFitsBesideTheAccount) {
  TestArena test(20);
  const std::vector<Page*> pages = test.lease_many(16);
  for (Page* page : pages) test.write_on(*page);
  for (std::size_t i = 4; i < 16; ++i) test.arena.give_back(*pages[i]);
  ASSERT_EQ(test.free_pages(), 12U);
  test.set_limit(10);
  test.arena.trim(kNow);
  EXPECT_LE(test.ledger.total() + test.arena.resident_free_bytes(), test.ledger.limit());
  EXPECT_EQ(test.free_pages(), 6U);
}

TEST(ArenaRun, LeavesNoMoreIdleThanFits) {
  TestArena test(10);
  const std::vector<Page*> pages = test.lease_many(10);
  test.set_limit(2);
  test.arena.give_back(*pages[2]);  // to the system
  test.set_limit(9);
  for (const std::size_t free : {1U, 7U, 8U}) test.arena.give_back(*pages[free]);
  ASSERT_EQ(test.free_pages(), 3U);
  EXPECT_EQ(pages_of(test.arena.lease_run(3)), (std::vector{pages[1]}));
  EXPECT_EQ(test.free_pages(), 2U);
  EXPECT_EQ(pages_of(test.arena.lease_run(3)), (std::vector{pages[7], pages[8]}));
  EXPECT_EQ(test.free_pages(), 0U);
}

TEST(ArenaLimit, HoldsWhenItIsLowered) {
  TestArena test(10);
  const std::vector<Page*> pages = test.lease_many(10);
  test.set_limit(4);
  EXPECT_EQ(test.lease(), nullptr);
  for (std::size_t i = 0; i < 6; ++i) {
    test.arena.give_back(*pages[i]);
    EXPECT_EQ(test.lease(), nullptr) << i;
    EXPECT_EQ(test.free_pages(), 0U);
  }
  test.arena.give_back(*pages[6]);
  EXPECT_NE(test.lease(), nullptr);
  test.set_limit(10);
  EXPECT_EQ(std::ranges::count(test.lease_many(6), nullptr), 0);
  EXPECT_EQ(test.lease(), nullptr);
}

// ---- pins

TEST(PagePin, KeepsARetiredPageUntilTheLastIsDropped) {
  TestArena test(4);
  Page* page = test.lease();
  EXPECT_FALSE(page->is_pinned());
  page->pin();
  page->pin();
  EXPECT_TRUE(page->is_pinned());
  test.arena.retire(*page);
  Page::unpin(page);
  EXPECT_EQ(test.arena.leased_bytes(), Arena::kLeaseBytes);
  EXPECT_EQ(test.arena.retired_bytes(), Arena::kLeaseBytes);
  Page::unpin(page);
  EXPECT_EQ(test.arena.leased_bytes(), 0U);
  EXPECT_EQ(test.arena.retired_bytes(), 0U);
}

TEST(PagePin, LeavesAPageThatIsStillWanted) {
  TestArena test(4);
  Page* page = test.lease();
  page->pin();
  Page::unpin(page);
  EXPECT_EQ(test.arena.leased_bytes(), Arena::kLeaseBytes);
  EXPECT_FALSE(page->is_pinned());
  test.arena.retire(*page);
  EXPECT_EQ(test.arena.leased_bytes(), 0U) << "nobody else gives it back now";
}

// One page a round: pinned by all readers, dropped by them while its owner retires it.
void expect_given_back_once(std::ptrdiff_t readers, int rounds) {
  TestArena test(4);
  Page* page = nullptr;
  std::barrier turn(readers + 1);
  std::vector<std::thread> threads;
  for (std::ptrdiff_t i = 0; i < readers; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < rounds; ++round) {
        turn.arrive_and_wait();
        Page::unpin(page);
        turn.arrive_and_wait();
      }
    });
  }
  for (int round = 0; round < rounds; ++round) {
    page = test.lease();
    for (std::ptrdiff_t i = 0; i < readers; ++i) page->pin();
    turn.arrive_and_wait();
    test.arena.retire(*page);
    turn.arrive_and_wait();
    EXPECT_EQ(test.arena.leased_bytes(), 0U);
    EXPECT_EQ(test.arena.retired_bytes(), 0U);
  }
  for (std::thread& thread : threads) thread.join();
}

// Whoever is last, the one that retires it or one of those that read: it comes back once, and a
// second time would abort.
TEST(PagePin, GivesBackOnceWhateverTheOrder) {
  expect_given_back_once(1, 50'000);
  expect_given_back_once(4, 500);
}

// ---- a random history, against a plain set

class ArenaHistory {
 public:
  explicit ArenaHistory(std::uint64_t seed) : random_(seed), test_(kPages) {}

  void run() {
    for (int i = 0; i < 20'000 && !testing::Test::HasFailure(); ++i) {
      step(random_() % 100);
      check();
    }
    while (!leased_.empty()) give_back_one();
    EXPECT_EQ(test_.ledger.total(), others_);
  }

 private:
  static constexpr std::size_t kPages = 150;

  void step(std::size_t dice) {
    if (dice < 40) return lease_one();
    if (dice < 50) return lease_run();
    if (dice < 96) return give_back_some(dice);
    others_grew_ = dice >= 98;
    if (!others_grew_) return trim();
    test_.ledger.remove(others_);
    others_ = random_() % 20 * kPageBytes;
    test_.ledger.add(others_);
  }
  void trim() {
    now_ += 400;
    while (test_.arena.trim(now_)) {
    }
  }
  bool fits() const {
    return (leased_.size() + 1) * Arena::kLeaseBytes + others_ <= test_.ledger.limit();
  }
  void lease_one() {
    const bool should = fits();
    Page* page = test_.lease();
    ASSERT_EQ(page != nullptr, should);
    if (page != nullptr) own(*page);
  }
  void lease_run() {
    const std::size_t most = 1 + random_() % 12;
    const bool should = fits();
    const std::span<Page> run = test_.arena.lease_run(most);
    ASSERT_EQ(!run.empty(), should);
    ASSERT_LE(run.size(), most);
    for (Page& page : run) own(page);
  }
  void own(Page& page) {
    const std::uint64_t mark = random_();
    ASSERT_TRUE(leased_.emplace(&page, mark).second) << "it was leased already";
    std::byte* bytes = test_.arena.bytes_of(page);
    std::memcpy(bytes, &mark, sizeof mark);
    std::memcpy(bytes + kPageBytes - sizeof mark, &mark, sizeof mark);
  }
  void give_back_some(std::size_t count) {
    for (count = count % 3; count != 0 && !leased_.empty(); --count) give_back_one();
  }
  void give_back_one() {
    const auto any =
        std::next(leased_.begin(), static_cast<std::ptrdiff_t>(random_() % leased_.size()));
    const std::byte* bytes = test_.arena.bytes_of(*any->first);
    EXPECT_EQ(std::memcmp(bytes, &any->second, 8), 0) << "somebody else wrote on it";
    EXPECT_EQ(std::memcmp(bytes + kPageBytes - 8, &any->second, 8), 0);
    Page* page = any->first;
    leased_.erase(any);
    test_.arena.give_back(*page);
  }
  void check() {
    ASSERT_EQ(test_.arena.leased_bytes(), leased_.size() * Arena::kLeaseBytes);
    ASSERT_EQ(test_.ledger.total(), test_.arena.leased_bytes() + others_);
    // What is known of a page is accounted from when it is leased.
    const std::size_t slack = kPages * sizeof(Page);
    if (others_grew_ || test_.free_pages() == 0) return;
    ASSERT_LE(test_.arena.leased_bytes() + others_ + test_.arena.resident_free_bytes(),
              test_.ledger.limit() + slack);
  }

  std::mt19937_64 random_;
  TestArena test_;
  std::map<Page*, std::uint64_t> leased_;  // and what is written on it
  std::size_t others_ = 0;
  UnixMs now_ = kNow;
  bool others_grew_ = false;  // since the last trim
};

TEST(Arena, IsASetOfPages) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  ArenaHistory(seed).run();
}

}  // namespace
}  // namespace larder::store

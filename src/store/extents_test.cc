// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/extents.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/process_memory.h"
#include "store/test_seed.h"

namespace larder::store {
namespace {

using Purpose = Extents::Purpose;

constexpr std::size_t kKiB = limits::KiB;
constexpr std::size_t kMiB = limits::MiB;
constexpr std::size_t kOneList = heap_bytes(4 * sizeof(std::string_view));

struct TestPool {
  explicit TestPool(std::size_t pages = 1024)
      : ledger({.memory_bytes = pages * Arena::kLeaseBytes}) {}

  Extents* create(Purpose purpose = Purpose::kValue) { return Extents::create(pool, purpose); }
  // With so many bytes, of which each is `fill`. Null: there was no room.
  Extents* create(std::size_t size, char fill) {
    Extents* extents = create();
    if (!extents->grow_to(size)) {
      Extents::drop(extents);
      return nullptr;
    }
    extents->write(0, std::string(size, fill));
    return extents;
  }
  // No more pages: what is asked for now must be found in those that are there.
  void use_up_the_limit() {
    filling = ledger.limit() - ledger.total();
    ledger.add(filling);
  }
  ~TestPool() { ledger.remove(filling); }

  Ledger ledger;
  Arena arena{ledger};
  ExtentPool pool{arena, ledger};
  std::size_t filling = 0;
};

std::string pattern(std::size_t size, std::uint64_t seed = 0) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>((i * 31 + i / 251 + seed) % 251);
  return text;
}

std::string text_of(const Extents& extents) {
  std::string text;
  for (const std::string_view view : extents.views()) text += view;
  return text;
}

std::size_t pieces_bytes(const Extents& extents) {
  std::size_t sum = 0;
  for (const std::string_view view : extents.views()) sum += (view.size() + kKiB - 1) / kKiB * kKiB;
  return sum;
}

// ---- one value

TEST(Extents, HoldValuesOfEverySize) {
  for (const std::size_t size :
       {std::size_t{1}, kKiB - 1, kKiB, kKiB + 1, kPageBytes - kKiB, kPageBytes - 1, kPageBytes,
        kPageBytes + 1, 3 * kPageBytes + 5000, kMiB, kMiB + 1, 5 * kMiB}) {
    SCOPED_TRACE(size);
    TestPool test;
    Extents* extents = test.create();
    const std::string value = pattern(size);
    ASSERT_TRUE(extents->grow_to(size));
    extents->write(0, value);
    EXPECT_EQ(extents->size(), size);
    EXPECT_EQ(text_of(*extents), value);
    ASSERT_EQ(extents->views().size(), 1U) << "pieces that lie together are one";
    EXPECT_TRUE(extents->is_value());
    const std::size_t pieces = (size + kKiB - 1) / kKiB * kKiB;
    EXPECT_EQ(extents->bytes(), heap_bytes(sizeof(Extents)) + kOneList + pieces);
    EXPECT_EQ(extents->own_bytes(), extents->bytes());
    EXPECT_EQ(test.ledger.values(), extents->bytes());
    const std::size_t pages = (size + kPageBytes - 1) / kPageBytes;
    EXPECT_EQ(test.ledger.total(),
              heap_bytes(sizeof(Extents)) + kOneList + pages * Arena::kLeaseBytes);
    Extents::drop(extents);
    EXPECT_EQ(test.ledger.total(), 0U);
    EXPECT_EQ(test.ledger.values(), 0U);
    EXPECT_EQ(test.arena.leased_bytes(), 0U);
  }
}

TEST(Extents, GrowByWhatThereIsAndNeverBeyondWhatIsMissing) {
  TestPool test;
  Extents* extents = test.create(Purpose::kReservation);
  std::string value;
  for (const std::size_t missing : {std::size_t{1}, kKiB, 40 * kKiB, std::size_t{5000}, kMiB}) {
    const std::size_t before = extents->size();
    ASSERT_TRUE(extents->grow(missing));
    const std::size_t more = extents->size() - before;
    EXPECT_GT(more, 0U);
    EXPECT_LE(more, missing);
    extents->write(before, pattern(more, before));
    value += pattern(more, before);
    EXPECT_EQ(text_of(*extents), value);
  }
  EXPECT_EQ(test.ledger.reserved(), extents->bytes());
  // One byte, whose piece is not gone on with; what is whole pieces up to its end; a run of pages.
  EXPECT_EQ(extents->views().size(), 3U);
  EXPECT_EQ(extents->bytes(), heap_bytes(sizeof(Extents)) + kOneList + pieces_bytes(*extents));
  Extents::drop(extents);
  EXPECT_EQ(test.ledger.total(), 0U);
}

TEST(Extents, MergePiecesThatLieBehindEachOther) {
  TestPool test;
  Extents* extents = test.create();
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(extents->grow(kKiB));
  EXPECT_EQ(extents->views().size(), 1U) << "over the end of a page as well";
  EXPECT_EQ(extents->size(), 200 * kKiB);
  Extents* other = test.create(kKiB, 'o');
  ASSERT_TRUE(extents->grow(kKiB));
  EXPECT_EQ(extents->views().size(), 2U) << "the other one lies between";
  Extents::drop(other);
  Extents::drop(extents);
  EXPECT_EQ(test.ledger.total(), 0U);
}

TEST(Extents, TakeWritesAcrossTheirViews) {
  TestPool test;
  Extents* extents = test.create();
  std::vector<Extents*> others;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(extents->grow(kKiB));
    others.push_back(test.create(kKiB, 'o'));
  }
  ASSERT_EQ(extents->views().size(), 10U);
  std::string value = pattern(extents->size());
  extents->write(0, value);
  for (const auto& [at, size] : {std::pair{std::size_t{1000}, std::size_t{3000}},
                                 {0, 1},
                                 {kKiB, kKiB},
                                 {10'239, 1},
                                 {77, 0}}) {
    const std::string part(size, 'w');
    extents->write(at, part);
    value.replace(at, size, part);
    ASSERT_EQ(text_of(*extents), value);
  }
  for (Extents* other : others) {
    EXPECT_EQ(text_of(*other), std::string(kKiB, 'o'));
    Extents::drop(other);
  }
  Extents::drop(extents);
}

TEST(ExtentsDeathTest, DiesWhenAWriteGoesBeyondTheEnd) {
  TestPool test;
  Extents* extents = test.create(2000, 'v');
  EXPECT_DEATH(extents->write(1999, "ab"), "bytes.empty");
  Extents::drop(extents);
}

TEST(Extents, GoOverToTheAccountOfTheValues) {
  TestPool test;
  Extents* extents = test.create(Purpose::kReservation);
  ASSERT_TRUE(extents->grow_to(100 * kKiB));
  const std::size_t total = test.ledger.total();
  const std::size_t own = extents->bytes();
  EXPECT_EQ(test.ledger.reserved(), own);
  EXPECT_EQ(test.ledger.values(), 0U);
  extents->gain_item();
  EXPECT_TRUE(extents->is_value());
  EXPECT_TRUE(extents->is_shared());
  EXPECT_EQ(test.ledger.reserved(), 0U);
  EXPECT_EQ(test.ledger.values(), own);
  EXPECT_EQ(test.ledger.total(), total);
  Attachment* gone = extents->lose_item(nullptr);
  EXPECT_EQ(test.ledger.values(), 0U);
  EXPECT_EQ(test.ledger.pinned(), own);
  Attachment::drop_all(gone);
  EXPECT_FALSE(extents->is_shared());
  EXPECT_EQ(test.ledger.total(), total);
  Extents::drop(extents);
  EXPECT_EQ(test.ledger.pinned(), 0U);
  EXPECT_EQ(test.ledger.total(), 0U);
}

// ---- frozen

bool freeze(Extents& extents) {
  for (int read = 0; read < limits::kReadsToFreeze; ++read) {
    EXPECT_FALSE(extents.freeze_if_often_read());
  }
  return extents.freeze_if_often_read();
}

// The memory of a value as the kernel refers to it: a pipe's.
class Reference {
 public:
  explicit Reference(std::string_view bytes) : size_(bytes.size()) {
    EXPECT_EQ(::pipe2(ends_.data(), O_NONBLOCK | O_CLOEXEC), 0);
    EXPECT_GE(::fcntl(ends_[1], F_SETPIPE_SZ, static_cast<int>(size_)), 0);
    const iovec piece{const_cast<char*>(bytes.data()), size_};
    EXPECT_EQ(::vmsplice(ends_[1], &piece, 1, 0), static_cast<ssize_t>(size_));
  }
  ~Reference() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  std::string text() const {
    std::string text(size_, '\0');
    EXPECT_EQ(::read(ends_[0], text.data(), size_), static_cast<ssize_t>(size_));
    return text;
  }

 private:
  std::size_t size_;
  std::array<int, 2> ends_{};
};

TEST(Extents, FreezeWhenTheyAreLongAndReadOften) {
  TestPool test;
  Extents* shorter = test.create(limits::kFrozenBytes - 1, 's');
  for (int read = 0; read < 1000; ++read) EXPECT_FALSE(shorter->freeze_if_often_read());
  Extents* longer = test.create(limits::kFrozenBytes, 'l');
  EXPECT_TRUE(freeze(*longer));
  EXPECT_TRUE(longer->freeze_if_often_read());
  Extents::drop(shorter);
  Extents::drop(longer);
}

TEST(Extents, AreNeverWrittenToWhenTheyWereFrozen) {
  for (const std::size_t size : {kPageBytes, kPageBytes + 40 * kKiB, kMiB}) {
    for (const bool frozen : {true, false}) {
      TestPool test;
      Extents* neighbour = test.create(kKiB, 'n');
      Extents* extents = test.create(size, 'v');
      const std::string_view first = extents->views().front();
      const Reference sent(base::whole_memory_pages(first));
      if (frozen) {
        EXPECT_TRUE(freeze(*extents));
      }
      Extents::drop(extents);
      EXPECT_EQ(test.arena.resident_free_bytes(), frozen ? 0 : size / kPageBytes * kPageBytes);
      Extents* other = test.create(size, 'o');
      EXPECT_EQ(text_of(*other), std::string(size, 'o'));
      EXPECT_EQ(text_of(*neighbour), std::string(kKiB, 'n'));
      // Of what was not frozen the reader sees the new value: that this can be seen here at all.
      const char expected = frozen ? 'v' : 'o';
      EXPECT_EQ(sent.text(), std::string(base::whole_memory_pages(first).size(), expected))
          << size << (frozen ? ", frozen" : "");
      Extents::drop(other);
      Extents::drop(neighbour);
      EXPECT_EQ(test.ledger.total(), 0U);
    }
  }
}

// ---- references

TEST(Extents, LiveUntilTheLastLetsGo) {
  TestPool test;
  Extents* extents = test.create(300 * kKiB, 'v');
  EXPECT_FALSE(extents->is_shared());
  base::Pin first = extents->pin();
  base::Pin second = extents->pin();
  EXPECT_TRUE(extents->is_shared());
  const std::size_t total = test.ledger.total();
  Extents::drop(extents);
  first.drop();
  EXPECT_EQ(test.ledger.total(), total);
  Extents* other = test.create(300 * kKiB, 'o');
  EXPECT_EQ(text_of(*extents), std::string(300 * kKiB, 'v'));
  Extents::drop(other);
  EXPECT_FALSE(extents->is_shared());
  second.drop();
  EXPECT_EQ(test.ledger.total(), 0U);
}

TEST(Extents, AreLetGoOfByAnyThread) {
  TestPool test;
  constexpr int kRounds = 200;
  constexpr int kReaders = 4;
  for (int round = 0; round < kRounds; ++round) {
    Extents* extents = test.create(20 * kKiB, 'v');
    std::vector<std::thread> readers;
    for (int i = 0; i < kReaders; ++i) {
      readers.emplace_back([pin = extents->pin()]() mutable { pin.drop(); });
    }
    Extents::drop(extents);
    for (std::thread& reader : readers) reader.join();
    ASSERT_EQ(test.ledger.total(), 0U);
  }
}

// ---- the room

TEST(ExtentPool, SharesPagesBetweenValues) {
  TestPool test;
  std::vector<Extents*> values;
  for (int i = 0; i < 32; ++i) values.push_back(test.create(2 * kKiB - 100, 'v'));
  EXPECT_EQ(test.arena.leased_bytes(), Arena::kLeaseBytes) << "thirty-two times two pieces";
  values.push_back(test.create(1, 'v'));
  EXPECT_EQ(test.arena.leased_bytes(), 2 * Arena::kLeaseBytes);
  for (Extents* each : values) Extents::drop(each);
  EXPECT_EQ(test.arena.leased_bytes(), 0U);
}

TEST(ExtentPool, TakesAHoleThatIsLongEnough) {
  TestPool test;
  std::vector<Extents*> values;
  for (const std::size_t pieces : {10U, 5U, 10U, 9U, 10U, 20U}) {
    values.push_back(test.create(pieces * kKiB, 'v'));
  }
  ASSERT_EQ(test.arena.leased_bytes(), Arena::kLeaseBytes);
  const char* hole = values[3]->views().front().data();
  Extents::drop(values[1]);
  Extents::drop(values[3]);
  values[1] = test.create(8 * kKiB, 'n');
  EXPECT_EQ(values[1]->views().size(), 1U);
  EXPECT_EQ(values[1]->views().front().data(), hole);
  values[3] = test.create(6 * kKiB, 'n');
  EXPECT_EQ(values[3]->views().size(), 1U) << "there is another page for it";
  EXPECT_EQ(test.arena.leased_bytes(), 2 * Arena::kLeaseBytes);
  for (Extents* each : values) Extents::drop(each);
  EXPECT_EQ(test.ledger.total(), 0U);
}

TEST(ExtentPool, ServesFromSmallHolesWhenItIsFull) {
  TestPool test(40);
  std::vector<Extents*> values;
  for (Extents* each = nullptr; (each = test.create(kKiB, 'v')) != nullptr;) values.push_back(each);
  ASSERT_GT(values.size(), 1500U);
  for (std::size_t i = 0; i < values.size(); i += 2) {
    Extents::drop(std::exchange(values[i], nullptr));
  }
  test.use_up_the_limit();
  Extents* extents = test.create();
  const std::string value = pattern(100 * kKiB);
  // The list of its views is on the account whatever the limit says.
  ASSERT_TRUE(extents->grow_to(value.size()));
  EXPECT_EQ(extents->views().size(), 100U);
  extents->write(0, value);
  EXPECT_EQ(text_of(*extents), value);
  EXPECT_EQ(extents->bytes(),
            heap_bytes(sizeof(Extents)) + 100 * kKiB + heap_bytes(128 * sizeof(std::string_view)));
  for (Extents* each : values) {
    if (each == nullptr) continue;
    EXPECT_EQ(text_of(*each), std::string(kKiB, 'v'));
    Extents::drop(each);
  }
  EXPECT_EQ(text_of(*extents), value);
  Extents::drop(extents);
  EXPECT_EQ(test.ledger.total(), test.filling);
  EXPECT_EQ(test.arena.leased_bytes(), 0U);
}

// Also where holes are further back than a search looks.
TEST(ExtentPool, ServesToTheLastPieceWhenItIsFull) {
  TestPool test(40);
  std::vector<Extents*> values;
  for (Extents* each = nullptr; (each = test.create(kKiB, 'v')) != nullptr;) values.push_back(each);
  const std::size_t all = values.size();
  for (std::size_t i = 0; i < all; i += 2) Extents::drop(std::exchange(values[i], nullptr));
  test.use_up_the_limit();
  Extents* extents = test.create();
  EXPECT_FALSE(extents->grow_to(5 * kMiB));
  EXPECT_GE(extents->size(), (all + 1) / 2 * kKiB);
  const std::size_t size = extents->size();
  EXPECT_FALSE(extents->grow(1)) << "there is none at all";
  EXPECT_EQ(extents->size(), size);
  EXPECT_TRUE(test.pool.take(1).empty());
  Extents::drop(extents);
  EXPECT_NE(values[1], nullptr);
  for (Extents* each : values) {
    if (each != nullptr) Extents::drop(each);
  }
  EXPECT_EQ(test.ledger.total(), test.filling);
}

TEST(ExtentPool, TakesLessThanAllPagesWhereTheyDoNotLieTogether) {
  TestPool test(20);
  std::vector<Page*> pages;
  for (int i = 0; i < 20; ++i) {
    pages.push_back(test.arena.lease(Page::Use::kSmall, Arena::Lease::kForced));
  }
  for (const std::size_t free : {2U, 3U, 7U, 11U, 12U, 13U}) test.arena.give_back(*pages[free]);
  Extents* extents = test.create();
  ASSERT_TRUE(extents->grow_to(4 * kPageBytes));
  ASSERT_EQ(extents->views().size(), 3U);
  EXPECT_EQ(extents->views()[0].size(), 2 * kPageBytes);
  EXPECT_EQ(extents->views()[1].size(), kPageBytes);
  EXPECT_EQ(extents->views()[2].size(), kPageBytes);
  Extents::drop(extents);
  EXPECT_EQ(test.arena.leased_bytes(), 14 * Arena::kLeaseBytes);
}

TEST(Extents, SayFalseWhereThereIsNoRoomAndKeepWhatTheyHave) {
  TestPool test(10);
  Extents* extents = test.create(500 * kKiB, 'v');
  EXPECT_FALSE(extents->grow_to(kMiB));
  EXPECT_LT(extents->size(), kMiB);
  EXPECT_GE(extents->size(), 500 * kKiB);
  EXPECT_EQ(text_of(*extents).substr(0, 500 * kKiB), std::string(500 * kKiB, 'v'));
  EXPECT_FALSE(test.ledger.is_over());
  EXPECT_EQ(test.ledger.values(), extents->bytes());
  Extents::drop(extents);
  EXPECT_EQ(test.ledger.total(), 0U);
}

// ---- a random history in which every byte of every value is looked at

class ExtentsHistory {
 public:
  explicit ExtentsHistory(std::uint64_t seed) : random_(seed) {}

  void run() {
    for (int i = 0; i < 6000 && !testing::Test::HasFailure(); ++i) {
      step(random_() % 100);
      check_account();
      if (i % 256 == 0) check_all();
    }
    check_all();
    EXPECT_GT(refusals_, 20U) << "it was never full";
    while (!values_.empty()) drop(0);
    EXPECT_EQ(test_.ledger.total(), 0U);
    EXPECT_EQ(test_.arena.leased_bytes(), 0U);
  }

 private:
  struct Held {
    Extents* extents = nullptr;
    std::string bytes;
    base::Pin pin;
  };

  std::size_t any_size() {
    switch (random_() % 8) {
      case 0: return 1 + random_() % (600 * kKiB);
      case 1: return 1 + random_() % (100 * kKiB);
      case 2: return (1 + random_() % 20) * kKiB;
      default: return 1 + random_() % (30 * kKiB);
    }
  }
  std::size_t any() { return random_() % values_.size(); }

  void step(std::size_t dice) {
    if (values_.empty() || dice < 35) {
      const bool reserves = random_() % 2 == 0;
      Held held;
      held.extents = test_.create(reserves ? Purpose::kReservation : Purpose::kValue);
      values_.push_back(std::move(held));
      return grow(values_.size() - 1);
    }
    if (dice < 55) return grow(any());
    if (dice < 60) {
      Extents* extents = values_[any()].extents;
      extents->gain_item();
      return Extents::drop(extents);  // of its two
    }
    if (dice < 65) {
      Held& held = values_[any()];
      held.pin = held.extents->pin();
      return;
    }
    if (dice < 70) return values_[any()].pin.drop();
    drop(any());
  }
  void grow(std::size_t which) {
    Held& held = values_[which];
    if (held.bytes.size() > kMiB) return;
    const std::size_t wanted = held.bytes.size() + any_size();
    const bool grown = held.extents->grow_to(wanted);
    ASSERT_EQ(grown, held.extents->size() == wanted);
    refusals_ += grown ? 0U : 1U;
    const std::size_t more = held.extents->size() - held.bytes.size();
    const std::string bytes = pattern(more, random_());
    held.extents->write(held.bytes.size(), bytes);
    held.bytes += bytes;
  }
  // The item lets go first, then who pins it.
  void drop(std::size_t which) {
    Held held = std::move(values_[which]);
    std::swap(values_[which], values_.back());
    values_.pop_back();
    const bool pinned = static_cast<bool>(held.pin);
    const std::string bytes = pinned ? held.bytes : text_of(*held.extents);
    ASSERT_EQ(bytes, held.bytes);
    Extents::drop(held.extents);
    if (!pinned) return;
    ASSERT_EQ(text_of(*held.extents), held.bytes);
  }

  void check_account() {
    std::size_t values = 0;
    std::size_t reserved = 0;
    std::size_t heap = 0;
    for (const Held& held : values_) {
      (held.extents->is_value() ? values : reserved) += held.extents->bytes();
      heap += held.extents->bytes() - pieces_bytes(*held.extents);
      ASSERT_EQ(held.extents->is_shared(), static_cast<bool>(held.pin));
    }
    ASSERT_EQ(test_.ledger.values(), values);
    ASSERT_EQ(test_.ledger.reserved(), reserved);
    ASSERT_EQ(test_.ledger.total(), heap + test_.arena.leased_bytes());
  }
  void check_all() {
    for (const Held& held : values_) ASSERT_EQ(text_of(*held.extents), held.bytes);
  }

  std::mt19937_64 random_;
  TestPool test_{60};
  std::vector<Held> values_;
  std::size_t refusals_ = 0;
};

TEST(Extents, KeepEveryByte) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  ExtentsHistory(seed).run();
}

}  // namespace
}  // namespace larder::store

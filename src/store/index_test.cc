// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/index.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "store/arena.h"
#include "store/test_seed.h"

namespace larder::store {
namespace {

constexpr std::uint64_t kHashSeed = 1;
constexpr std::size_t kMiB = std::size_t{1} << 20;
constexpr std::size_t kLeastLines = 48 + 16;  // homes, and what is behind the last one
constexpr std::size_t kSpareLines = 16;
constexpr std::size_t kSlots = Index::Line::kSlots;

// An index with items of its own, in pages that are on another account.
struct TestIndex {
  explicit TestIndex(const Limits& limits = {}) : ledger(limits), index(ledger, slots, kHashSeed) {}

  Handle write(const std::string& key) {
    const std::size_t bytes = Item::bytes_of(0, key.size(), 0);
    if (page == nullptr || page->room() < bytes) {
      page = arena.lease(Page::Use::kSmall, Arena::Lease::kWithinLimit);
      slots.add(*page, arena.bytes_of(*page));
    }
    std::byte* at = arena.bytes_of(*page) + page->append(bytes);
    Item::create(at, 0, key, 0, {.stamp = Stamp{1} << kStampMsShift}, 0, {});
    return slots.handle_of(*page, at);
  }
  bool insert(const std::string& key) { return insert(key, index.hash_of(key)); }
  bool insert(const std::string& key, std::uint64_t hash) { return index.insert(write(key), hash); }
  Index::Place find(const std::string& key) const { return find(key, index.hash_of(key)); }
  Index::Place find(const std::string& key, std::uint64_t hash) const {
    return index.find(key, hash);
  }
  bool has(const std::string& key) const { return has(key, index.hash_of(key)); }
  bool has(const std::string& key, std::uint64_t hash) const {
    const Index::Place place = find(key, hash);
    return place.item && place.item.key() == key;
  }
  void erase(const std::string& key) { erase(key, index.hash_of(key)); }
  void erase(const std::string& key, std::uint64_t hash) { index.erase(find(key, hash), hash); }

  bool is_resizing() { return index.step(0); }
  void end_resize() {
    while (index.step(64)) {
    }
  }
  // At rest, by the account.
  std::size_t lines() const { return ledger.index() / sizeof(Index::Line); }
  std::size_t homes() const { return lines() - kSpareLines; }

  Ledger page_ledger{{.memory_bytes = 256 * kMiB}};
  Arena arena{page_ledger};
  Slots slots;
  Page* page = nullptr;
  Ledger ledger;
  Index index;
};

std::string key_of(std::size_t number) { return "key" + std::to_string(number); }

// Keys whose homes in every table of up to 2^position_bits lines, and whose tags, are the same.
std::vector<std::string> colliding_keys(std::size_t count, unsigned position_bits) {
  const auto mark_of = [&](const std::string& key) {
    const std::uint64_t hash = base::keyed_hash(key, kHashSeed);
    return std::pair(position_of(hash) >> (32 - position_bits), tag_of(hash));
  };
  const auto wanted = mark_of("first");
  std::vector<std::string> keys{"first"};
  for (std::size_t i = 0; keys.size() < count; ++i) {
    std::string key = "c" + std::to_string(i);
    if (mark_of(key) == wanted) keys.push_back(std::move(key));
  }
  return keys;
}

// ---- its size

TEST(Index, FindsAllWhileItGrowsAndShrinks) {
  constexpr std::size_t kItems = 40'000;
  TestIndex test;
  std::size_t resizing = 0;
  for (std::size_t i = 0; i < kItems; ++i) {
    ASSERT_FALSE(test.has(key_of(i)));
    ASSERT_TRUE(test.insert(key_of(i)));
    ASSERT_TRUE(test.has(key_of(i)));
    ASSERT_TRUE(test.has(key_of(i / 2))) << i / 2 << " of " << i;
    resizing += test.is_resizing() ? 1U : 0U;
  }
  EXPECT_EQ(test.index.count(), kItems);
  EXPECT_GT(resizing, kItems / 10);
  EXPECT_LT(resizing, kItems);
  for (std::size_t i = 0; i < kItems; ++i) {
    ASSERT_TRUE(test.has(key_of(i))) << i;
    if (i % 100 != 0) test.erase(key_of(i));
    ASSERT_TRUE(test.has(key_of(kItems - 100))) << i;
    ASSERT_TRUE(test.has(key_of(i / 200 * 100))) << i;
  }
  for (std::size_t i = 0; i < kItems; ++i) ASSERT_EQ(test.has(key_of(i)), i % 100 == 0) << i;
}

// Grows and shrinks in waves of changing height, with erases while it grows and the reverse.
TEST(Index, IsAMap) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  TestIndex test;
  std::map<std::string, Handle> model;
  constexpr std::size_t kKeys = 30'000;
  std::size_t resizing = 0;
  for (std::size_t wave = 0; wave < 8; ++wave) {
    const unsigned inserts_of_ten = wave % 2 == 0 ? 8 : 1;
    for (std::size_t i = 0; i < 15'000; ++i) {
      const std::string key = key_of(random() % kKeys);
      const std::uint64_t hash = test.index.hash_of(key);
      const auto known = model.find(key);
      const Index::Place place = test.find(key);
      ASSERT_EQ(static_cast<bool>(place.item), known != model.end()) << key;
      if (random() % 10 < inserts_of_ten) {
        const Handle handle = test.write(key);
        if (known == model.end()) {
          ASSERT_TRUE(test.index.insert(handle, hash));
        } else {
          test.index.replace(place, handle);
        }
        model[key] = handle;
      } else if (known != model.end()) {
        ASSERT_EQ(test.index.place_of(known->second, hash).line, place.line);
        test.index.erase(place, hash);
        model.erase(known);
      }
      if (random() % 16 == 0) test.index.step(random() % 8);
      resizing += test.is_resizing() ? 1U : 0U;
      ASSERT_EQ(test.index.count(), model.size());
      ASSERT_EQ(test.ledger.index(), test.ledger.total());
    }
    for (const auto& [key, handle] : model) {
      const Index::Place place = test.find(key);
      ASSERT_TRUE(place.item) << key;
      ASSERT_EQ(place.item.at(), test.slots.at(handle)) << key;
    }
  }
  EXPECT_GT(resizing, 2000U) << "too little was done while it was being resized";
}

TEST(Index, CostsWhatItsItemsNeed) {
  TestIndex test;
  EXPECT_EQ(test.lines(), kLeastLines);
  constexpr std::size_t kItems = 50'000;
  for (std::size_t i = 0; i < kItems; ++i) {
    test.insert(key_of(i));
    ASSERT_EQ(test.ledger.index(), test.ledger.total());
    if (i % 500 != 0 || test.is_resizing()) continue;
    ASSERT_LE(i, test.homes() * kSlots * 9 / 10 + kSlots);
    ASSERT_GE(i + 600, test.homes() * kSlots * 3 / 4) << "it grew too early, or too far";
  }
  for (std::size_t i = 0; i < kItems; ++i) {
    test.erase(key_of(i));
    ASSERT_EQ(test.ledger.index(), test.ledger.total());
    const std::size_t left = kItems - i - 1;
    // Half full, and beside it the next one, which is to be three quarters full.
    ASSERT_LE(test.lines(), left / 3 + 130);
    if (i % 500 != 0 || test.is_resizing() || test.lines() == kLeastLines) continue;
    ASSERT_GE(left + kSlots, test.homes() * kSlots / 2) << "it did not shrink";
  }
  EXPECT_EQ(test.index.count(), 0U);
  EXPECT_FALSE(test.is_resizing());
  EXPECT_EQ(test.lines(), kLeastLines);
}

TEST(Index, CostsNoMoreThanBothTablesWhileItIsResized) {
  TestIndex test;
  std::size_t at_rest = test.ledger.index();
  std::size_t most = 0;
  for (std::size_t i = 0; i < 50'000; ++i) {
    test.insert(key_of(i));
    if (!test.is_resizing()) at_rest = test.ledger.index();
    if (at_rest < 128 * 1024) continue;
    most = std::max(most, 1000 * test.ledger.index() / at_rest);
  }
  // The next table is touched, and the old one released by 64 KiB, as items move.
  EXPECT_LE(most, 1800U) << "tenths of a percent";
}

// What the account forgets must not stay behind: as the kernel sees it.
TEST(Index, GivesTheMemoryOfALeftTableBack) {
  constexpr std::uintptr_t kSystemPage = 4096;
  TestIndex test;
  constexpr std::size_t kItems = 20'000;
  std::set<std::uintptr_t> touched;
  for (std::size_t i = 0; i < kItems; ++i) {
    test.insert(key_of(i));
    const auto line = reinterpret_cast<std::uintptr_t>(test.find(key_of(i)).line);
    touched.insert(line / kSystemPage);
  }
  for (std::size_t i = 0; i < kItems; ++i) test.erase(key_of(i));
  ASSERT_EQ(test.lines(), kLeastLines);
  std::size_t resident = 0;
  for (const std::uintptr_t page : touched) {
    unsigned char state = 0;
    ASSERT_EQ(mincore(reinterpret_cast<void*>(page * kSystemPage), kSystemPage, &state), 0);
    resident += state & 1U;
  }
  EXPECT_GT(touched.size(), 30U);
  EXPECT_LE(resident, 1U);
}

TEST(Index, IsOffTheAccountWhenItIsGone) {
  Ledger ledger{Limits{}};
  const Slots slots;
  {
    const Index index(ledger, slots, kHashSeed);
  }
  EXPECT_EQ(ledger.total(), 0U);
  EXPECT_EQ(ledger.index(), 0U);
}

// So that growth is nobody's pause.
TEST(Index, MovesTheItemsOfTwoHomesAtMostWithEachChange) {
  TestIndex test;
  std::vector<std::string> keys;
  const auto add = [&] {
    keys.push_back(key_of(keys.size()));
    ASSERT_TRUE(test.insert(keys.back()));
  };
  while (keys.size() < 3000 || test.is_resizing()) add();
  while (!test.is_resizing()) add();
  test.end_resize();
  const std::size_t homes = test.homes();
  while (!test.is_resizing()) add();
  std::map<std::string, const Index::Line*> lines;
  for (const std::string& key : keys) lines[key] = test.find(key).line;
  std::size_t moved_in_all = 0;
  std::size_t inserts = 0;
  for (; test.is_resizing(); ++inserts) {
    add();
    std::set<std::size_t> moved_homes;
    for (auto& [key, line] : lines) {
      const Index::Line* now = test.find(key).line;
      if (now == line) continue;
      line = now;
      moved_homes.insert(position_of(test.index.hash_of(key)) * homes >> 32);
      ++moved_in_all;
    }
    ASSERT_LE(moved_homes.size(), 2U);
  }
  EXPECT_GE(moved_in_all, lines.size() * 9 / 10);
  EXPECT_LE(inserts, homes / 2 + 1);
}

TEST(Index, StepsAsFarAsItIsTold) {
  TestIndex test;
  std::size_t items = 0;
  while (items < 20'000 || test.is_resizing()) ASSERT_TRUE(test.insert(key_of(items++)));
  while (!test.is_resizing()) ASSERT_TRUE(test.insert(key_of(items++)));
  std::size_t steps = 0;
  std::size_t before = test.ledger.index();
  while (test.index.step(64)) {
    const std::size_t now = test.ledger.index();
    ASSERT_LE(now, before + 75 * sizeof(Index::Line)) << "64 lines became more than seven sixths";
    before = now;
    ++steps;
  }
  EXPECT_GE(steps, test.homes() * 6 / 7 / 64 - 1);
  EXPECT_FALSE(test.index.step(64));
  for (std::size_t i = 0; i < items; ++i) ASSERT_TRUE(test.has(key_of(i))) << i;
}

// ---- order

// The line of an item less its home: never negative, and small, in a table where lines are in the
// order of positions. `keys` by position, all in one table.
void expect_in_order(const TestIndex& test, const std::vector<std::string>& keys) {
  std::int64_t base = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> distance;
  for (const std::string& key : keys) {
    const Index::Line* line = test.find(key).line;
    const std::uint64_t home = position_of(test.index.hash_of(key)) * test.homes() >> 32;
    const auto number =
        static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(line) / sizeof(Index::Line));
    distance.push_back(number - static_cast<std::int64_t>(home));
    base = std::min(base, distance.back());
  }
  std::size_t at_home = 0;
  for (const std::int64_t each : distance) {
    ASSERT_LT(each - base, static_cast<std::int64_t>(kSpareLines));
    at_home += each == base ? 1U : 0U;
  }
  EXPECT_GT(at_home, keys.size() / 2);
}

std::vector<std::string> keys_by_position(const TestIndex& test, std::size_t count) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(key_of(i));
  std::ranges::sort(keys, {},
                    [&](const std::string& key) { return position_of(test.index.hash_of(key)); });
  return keys;
}

TEST(IndexOrder, IsThatOfThePositionsInTablesOfAllSizes) {
  TestIndex test;
  std::size_t items = 0;
  std::size_t tables = 0;
  while (items < 20'000) {
    const std::size_t before = test.lines();
    while (!test.is_resizing()) ASSERT_TRUE(test.insert(key_of(items++)));
    test.end_resize();
    ASSERT_GT(test.lines(), before);
    expect_in_order(test, keys_by_position(test, items));
    ++tables;
  }
  EXPECT_GT(tables, 20U);
  while (items > 100) {
    while (!test.is_resizing() && items > 100) test.erase(key_of(--items));
    test.end_resize();
    expect_in_order(test, keys_by_position(test, items));
  }
}

// What has moved lies before what has not: a cursor over positions needs no more than its position.
TEST(IndexOrder, IsCutInTwoAtOnePositionWhileItGrows) {
  TestIndex test;
  std::size_t items = 0;
  while (items < 10'000 || !test.is_resizing()) ASSERT_TRUE(test.insert(key_of(items++)));
  std::size_t last_moved = 0;
  do {
    const std::vector<std::string> keys = keys_by_position(test, items);
    constexpr std::uintptr_t kTableBytes = std::uintptr_t{256} * kMiB;
    const auto first = reinterpret_cast<std::uintptr_t>(test.find(keys.front()).line);
    const auto is_in_first = [&](const std::string& key) {
      const auto line = reinterpret_cast<std::uintptr_t>(test.find(key).line);
      return line - first < kTableBytes || first - line < kTableBytes;
    };
    const auto cut = std::ranges::partition_point(keys, is_in_first);
    ASSERT_TRUE(std::all_of(keys.begin(), cut, is_in_first));
    ASSERT_TRUE(std::none_of(cut, keys.end(), is_in_first));
    const auto moved = static_cast<std::size_t>(cut - keys.begin());
    ASSERT_GE(moved, last_moved);
    last_moved = moved;
  } while (test.index.step(32));
  EXPECT_EQ(last_moved, items);
}

// ---- keys that meet

TEST(IndexChains, TellKeysApartThatShareHomeAndTag) {
  TestIndex test;
  constexpr int kItems = 180;  // fifteen lines
  for (int i = 0; i < kItems; ++i) ASSERT_TRUE(test.insert(std::to_string(i), 42));
  for (int i = 0; i < kItems; ++i) EXPECT_TRUE(test.has(std::to_string(i), 42));
  EXPECT_FALSE(test.has("none", 42));
  for (int i = 0; i < kItems; i += 2) test.erase(std::to_string(i), 42);
  for (int i = 0; i < kItems; ++i) EXPECT_EQ(test.has(std::to_string(i), 42), i % 2 == 1);
  for (int i = 1; i < kItems; i += 2) test.erase(std::to_string(i), 42);
  EXPECT_EQ(test.index.count(), 0U);
  ASSERT_TRUE(test.insert("again", 42));
  EXPECT_TRUE(test.has("again", 42));
}

std::uint32_t passed(const Index::Line& line) {
  return static_cast<std::uint32_t>(line.tags[1].load() >> 32);
}

TEST(IndexChains, ForgetThePassersThatAreGone) {
  TestIndex test;
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(test.insert(std::to_string(i), 7));
  const Index::Line* const home = test.find("0", 7).line;
  EXPECT_EQ(passed(home[0]), 18U);
  EXPECT_EQ(passed(home[1]), 6U);
  EXPECT_EQ(passed(home[2]), 0U);
  EXPECT_EQ(test.find("29", 7).line, home + 2);
  for (int i = 1; i < 30; ++i) test.erase(std::to_string(i), 7);
  EXPECT_EQ(passed(home[0]), 0U) << "a search for nothing would go on behind its home";
  EXPECT_EQ(passed(home[1]), 0U);
  ASSERT_TRUE(test.insert("home", 7));
  EXPECT_EQ(test.find("home", 7).line, home);
}

TEST(IndexChains, LastThroughGrowthAndShrinking) {
  TestIndex test;
  const std::vector<std::string> chain = colliding_keys(40, 10);
  for (const std::string& key : chain) ASSERT_TRUE(test.insert(key));
  const auto expect_chain = [&](std::size_t from) {
    for (std::size_t i = 0; i < chain.size(); ++i) ASSERT_EQ(test.has(chain[i]), i >= from) << i;
  };
  constexpr std::size_t kItems = 8000;
  for (std::size_t i = 0; i < kItems; ++i) {
    ASSERT_TRUE(test.insert(key_of(i)));
    if (i % 50 == 0) expect_chain(0);
  }
  std::size_t gone = 0;
  for (std::size_t i = 0; i < kItems; ++i) {
    test.erase(key_of(i));
    if (i % 400 == 399) test.erase(chain[gone++]);
    if (i % 50 == 0) expect_chain(gone);
  }
  EXPECT_EQ(gone, 20U);
  EXPECT_EQ(test.index.count(), 20U);
}

// The comparison of all tags at once may take the free slot above a true one for another.
TEST(IndexChains, LookAtNoItemThatIsGone) {
  constexpr std::uint64_t kHash = std::uint64_t{5} << 8 | 1;  // the tag whose neighbour is 0
  TestIndex test;
  ASSERT_TRUE(test.insert("first", kHash));
  test.page = nullptr;
  ASSERT_TRUE(test.insert("second", kHash));
  ASSERT_EQ(test.find("second", kHash).slot, 1U);
  test.erase("second", kHash);
  test.slots.remove(*test.page);
  EXPECT_FALSE(test.has("second", kHash));
  EXPECT_TRUE(test.has("first", kHash));
}

TEST(IndexChains, KnowThePlaceOfAHandleThatAnotherHadBefore) {
  TestIndex test;
  ASSERT_TRUE(test.insert("first", 42));
  ASSERT_TRUE(test.insert("second", 42));
  const Handle handle = test.slots.handle_of(*test.page, test.find("first", 42).item.at());
  test.erase("first", 42);
  test.index.replace(test.find("second", 42), handle);
  EXPECT_EQ(test.index.place_of(handle, 42).slot, 1U);
}

TEST(Index, ReplacesInPlace) {
  TestIndex test;
  ASSERT_TRUE(test.insert("k"));
  const Index::Place before = test.find("k");
  const Handle by = test.write("k");
  test.index.replace(before, by);
  const Index::Place after = test.find("k");
  EXPECT_EQ(after.item.at(), test.slots.at(by));
  EXPECT_EQ(after.line, before.line);
  EXPECT_EQ(after.slot, before.slot);
  EXPECT_EQ(test.index.count(), 1U);
}

TEST(IndexDeathTest, DiesWhenWhatMustBeThereIsNot) {
  TestIndex test;
  ASSERT_TRUE(test.insert("k"));
  const Handle other = test.write("other");
  EXPECT_DEATH(test.index.place_of(other, test.index.hash_of("k")), "passed");
}

// ---- where it may not grow

TEST(IndexThatMayNotGrow, SaysSoAndGoesOnWithWhatItHas) {
  TestIndex test({.memory_bytes = kLeastLines * sizeof(Index::Line), .evict = false});
  std::size_t inserted = 0;
  while (test.insert(key_of(inserted))) ++inserted;
  EXPECT_GT(inserted, 48 * kSlots * 95 / 100);
  EXPECT_EQ(test.index.count(), inserted);
  EXPECT_EQ(test.lines(), kLeastLines);
  for (std::size_t i = 0; i < 2 * inserted; ++i) ASSERT_EQ(test.has(key_of(i)), i < inserted) << i;
  // Another one finds room when one of the same neighbourhood goes.
  const std::string refused = key_of(inserted);
  EXPECT_FALSE(test.insert(refused));
  std::size_t erased = 0;
  while (!test.insert(refused)) test.erase(key_of(erased++));
  EXPECT_TRUE(test.has(refused));
  for (std::size_t i = 0; i < inserted; ++i) ASSERT_EQ(test.has(key_of(i)), i >= erased) << i;
  for (std::size_t i = erased; i <= inserted; ++i) test.erase(key_of(i));
  EXPECT_EQ(test.index.count(), 0U);
  ASSERT_TRUE(test.insert("again"));
}

TEST(IndexThatMayNotGrow, GrowsAsSoonAsThereIsRoom) {
  TestIndex test({.memory_bytes = kLeastLines * sizeof(Index::Line), .evict = false});
  std::size_t inserted = 0;
  while (test.insert(key_of(inserted))) ++inserted;
  test.ledger.set_limit(kMiB);
  for (std::size_t i = inserted; i < 5000; ++i) ASSERT_TRUE(test.insert(key_of(i))) << i;
  for (std::size_t i = 0; i < 5000; ++i) ASSERT_TRUE(test.has(key_of(i))) << i;
}

TEST(Index, GrowsOverTheLimitWhereItemsCanGoForIt) {
  TestIndex test({.memory_bytes = kLeastLines * sizeof(Index::Line), .evict = true});
  for (std::size_t i = 0; i < 5000; ++i) ASSERT_TRUE(test.insert(key_of(i))) << i;
  EXPECT_GT(test.lines(), kLeastLines);
}

// ---- without the lock

TEST(Index, PrefetchesAnythingAtAnyTime) {
  TestIndex test;
  const auto prefetch_some = [&](std::uint64_t number) {
    for (const std::uint64_t hash :
         {number * 0x9E37'79B9'7F4A'7C15, test.index.hash_of(key_of(number / 2)), std::uint64_t{0},
          ~std::uint64_t{0}}) {
      test.index.prefetch_line(hash);
      test.index.prefetch_item(hash);
    }
  };
  for (std::size_t i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(test.insert(key_of(i)));
    prefetch_some(i);
  }
  for (std::size_t i = 0; i < 10'000; ++i) {
    test.erase(key_of(i));
    prefetch_some(i);
  }
  ASSERT_TRUE(test.insert("of a page that is gone"));
  test.slots.remove(*test.page);
  test.index.prefetch_item(test.index.hash_of("of a page that is gone"));
}

TEST(Index, TakesAsManyAsItExpectsAtOneSize) {
  constexpr std::size_t kItems = 20'000;
  TestIndex test;
  test.index.expect(kItems);
  const std::size_t lines = test.lines();
  EXPECT_LT(lines, kItems * 4 / (3 * kSlots) + 2 * kLeastLines);
  for (std::size_t i = 0; i < kItems; ++i) {
    ASSERT_TRUE(test.insert(key_of(i)));
    ASSERT_FALSE(test.is_resizing()) << i;
  }
  EXPECT_EQ(test.lines(), lines);
  for (std::size_t i = 0; i < kItems; ++i) ASSERT_TRUE(test.has(key_of(i)));
}

}  // namespace
}  // namespace larder::store

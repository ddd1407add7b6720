// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

#include "base/limits.h"
#include "store/store.h"
#include "store/test_seed.h"
#include "store/test_store.h"  // how answers are printed

namespace larder::store {
namespace {

constexpr UnixMs kNow = 1'800'000'000'000;

std::string name_of(std::string_view kind, std::size_t number) {
  return std::string(kind) + std::to_string(number);
}

// How often each key was shown by one walk; `between` runs after each step.
template <class Between>
std::map<std::string, int> walk(Store& store, Between between) {
  std::map<std::string, int> shown;
  Cursor cursor;
  bool is_more = true;
  while (is_more) {
    std::size_t at_once = 0;
    is_more = store.show(
        cursor,
        [&](std::string_view key, const Found&) {
          ++shown[std::string(key)];
          ++at_once;
        },
        kNow);
    EXPECT_LE(at_once, (limits::kShownLines + 16) * 12) << "a step is bounded";
    between();
  }
  return shown;
}

TEST(ShowTest, ShowsNothingOfAnEmptyStore) {
  Store store(Limits{});
  EXPECT_TRUE(walk(store, [] {}).empty());
}

TEST(ShowTest, TellsWhatAnItemIs) {
  Store store(Limits{});
  const Put how{.flags = 7, .expires = kNow + 5000};
  ASSERT_EQ(store.put(store.key("short"), "value", how, kNow).answer, Answer::kOk);
  const std::string value(100'000, 'v');
  ASSERT_EQ(store.put(store.key("long"), value, {}, kNow).answer, Answer::kOk);
  std::map<std::string, std::uint32_t> sizes;
  Cursor cursor;
  const auto look = [&](std::string_view key, const Found& found) {
    sizes[std::string(key)] = found.size;
    EXPECT_EQ(found.flags, key == "short" ? 7U : 0U);
    EXPECT_EQ(found.expires, key == "short" ? kNow + 5000 : kNeverExpires);
    EXPECT_FALSE(found.fetched);
    EXPECT_NE(found.cas, 0U);
  };
  while (store.show(cursor, look, kNow)) {
  }
  EXPECT_EQ(sizes, (std::map<std::string, std::uint32_t>{{"short", 5}, {"long", 100'000}}));
}

TEST(ShowTest, GoesOnFromANumber) {
  TestStore store;
  for (int i = 0; i < 10'000; ++i) store.put(std::to_string(i), "v");
  store.create("list", {});
  std::set<std::string> shown;
  std::uint64_t number = 0;
  std::size_t lists = 0;
  do {
    Cursor cursor = Cursor::of(number);
    const auto look = [&](std::string_view key, const Found& found) {
      EXPECT_TRUE(shown.emplace(key).second);
      lists += found.type == ItemType::kList ? 1 : 0;
    };
    number = store.store.show(cursor, look, store.now) ? cursor.number() : 0;
  } while (number != 0);
  EXPECT_EQ(shown.size(), 10'001U);
  EXPECT_EQ(lists, 1U);
  for (const std::uint64_t any : {~std::uint64_t{0}, std::uint64_t{4} << 32}) {
    Cursor cursor = Cursor::of(any);
    EXPECT_FALSE(
        store.store.show(cursor, [](std::string_view, const Found&) { FAIL(); }, store.now));
  }
}

TEST(ShowTest, LeavesOutWhatIsExpiredOrFlushed) {
  Store store(Limits{});
  store.put(store.key("flushed"), "x", {}, kNow);
  store.flush(kNow, kNow);
  store.put(store.key("expired"), "x", {.expires = kNow}, kNow);
  store.put(store.key("here"), "x", {.expires = kNow + 1}, kNow);
  EXPECT_EQ(walk(store, [] {}), (std::map<std::string, int>{{"here", 1}}));
}

// Stayers are there all the time; others come, go and change, so that indexes grow and shrink.
TEST(ShowTest, ShowsOnceWhoIsThereAllTheTime) {
  constexpr std::size_t kStayers = 3000;
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 6; ++round) {
    Store store({.memory_bytes = 64 << 20}, 0, random());
    for (std::size_t i = 0; i < kStayers; ++i) {
      store.put(store.key(name_of("stayer", i)), "x", {}, kNow);
    }
    std::size_t come = 0;
    std::size_t gone = 0;
    const bool first_grows = random() % 2 == 0;
    std::size_t steps = 0;
    const auto change = [&] {
      const bool grows = (++steps / 64 % 2 == 0) == first_grows;
      for (std::size_t i = random() % 400; i != 0; --i) {
        if (grows) {
          store.put(store.key(name_of("guest", come++)), "x", {}, kNow);
        } else if (gone < come) {
          store.remove(store.key(name_of("guest", gone++)), {}, kNow);
        }
      }
      for (std::size_t i = 0; i < 20; ++i) {
        const std::string value(random() % 3000, 'v');
        store.put(store.key(name_of("stayer", random() % kStayers)), value, {}, kNow);
      }
      store.tend(kNow);
    };
    for (std::size_t i = 0; i < 64; ++i) change();
    const auto shown = walk(store, change);
    for (std::size_t i = 0; i < kStayers; ++i) {
      const auto found = shown.find(name_of("stayer", i));
      ASSERT_NE(found, shown.end()) << "stayer " << i;
      ASSERT_EQ(found->second, 1) << "stayer " << i;
    }
    for (const auto& [key, times] : shown) ASSERT_EQ(times, 1) << key;
  }
}

TEST(ShowTest, ShowsNobodyTwiceWhileOthersAreEvicted) {
  Store store(Limits{.memory_bytes = 4 << 20});
  std::size_t come = 0;
  const std::string value(200, 'v');
  const auto press = [&] {
    for (std::size_t i = 0; i < 100; ++i) {
      store.put(store.key(name_of("k", come++)), value, {}, kNow);
    }
  };
  while (store.usage().evicted == 0) press();
  const std::set<std::string> before = [&] {
    std::set<std::string> keys;
    for (const auto& [key, times] : walk(store, [] {})) keys.insert(key);
    return keys;
  }();
  EXPECT_EQ(before.size(), store.usage().items);
  const auto shown = walk(store, press);
  for (const auto& [key, times] : shown) ASSERT_EQ(times, 1) << key;
  for (const std::string& key : before) {
    const bool is_still_there = store.find(store.key(key), {}, kNow).answer == Answer::kOk;
    ASSERT_TRUE(!is_still_there || shown.contains(key)) << key;
  }
}

}  // namespace
}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/hash_ring.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace larder::origin {
namespace {

constexpr int kKeys = 20'000;

std::string owner(const HashRing& ring, const std::vector<HashRing::Place>& places, int key) {
  std::string found;
  ring.walk("/object/" + std::to_string(key), [&](std::size_t place) {
    found = places[place].name;
    return true;
  });
  return found;
}

std::vector<HashRing::Place> ten_servers() {
  return {{"10.0.0.1:80"}, {"10.0.0.2:80"}, {"10.0.0.3:80"}, {"10.0.0.4:80"}, {"10.0.0.5:80"},
          {"10.0.0.6:80"}, {"10.0.0.7:80"}, {"10.0.0.8:80"}, {"10.0.0.9:80"}, {"10.0.0.10:80"}};
}

TEST(HashRing, GivesEachServerItsShare) {
  auto places = ten_servers();
  places[0].weight = 3;
  const HashRing ring(places);
  EXPECT_EQ(ring.size(), 12U * 160U);
  std::map<std::string, int> keys;
  for (int key = 0; key < kKeys; ++key) ++keys[owner(ring, places, key)];
  EXPECT_NEAR(keys["10.0.0.1:80"], kKeys * 0.25, kKeys * 0.04);
  EXPECT_NEAR(keys["10.0.0.2:80"], kKeys / 12.0, kKeys * 0.025);
}

TEST(HashRing, AServerThatLeavesMovesItsOwnKeysOnly) {
  const auto all = ten_servers();
  auto fewer = all;
  fewer.erase(fewer.begin() + 4);
  const HashRing before(all);
  const HashRing after(fewer);
  int moved = 0;
  for (int key = 0; key < kKeys; ++key) {
    const std::string was = owner(before, all, key);
    const std::string is = owner(after, fewer, key);
    if (was == is) continue;
    ++moved;
    ASSERT_EQ(was, "10.0.0.5:80");
  }
  EXPECT_NEAR(moved, kKeys * 0.1, kKeys * 0.025);
}

TEST(HashRing, IsTheSameInWhateverOrderServersAreNamed) {
  const auto all = ten_servers();
  const std::vector<HashRing::Place> turned(all.rbegin(), all.rend());
  const HashRing one(all);
  const HashRing other(turned);
  for (int key = 0; key < 1000; ++key) EXPECT_EQ(owner(one, all, key), owner(other, turned, key));
}

TEST(HashRing, WalksAllServers) {
  const auto all = ten_servers();
  std::map<std::size_t, int> seen;
  HashRing(all).walk("key", [&](std::size_t place) {
    ++seen[place];
    return false;
  });
  EXPECT_EQ(seen.size(), all.size());
  HashRing().walk("key", [](std::size_t) -> bool {
    ADD_FAILURE();
    return true;
  });
}

}  // namespace
}  // namespace larder::origin

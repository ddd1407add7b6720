// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/prefixes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/limits.h"

namespace larder::serve::memcache {
namespace {

TEST(PrefixesTest, CountsByWhatStandsBeforeTheFirstDelimiter) {
  Prefixes prefixes(Dialect::kMemcached, ':');
  prefixes.got("user:1:2", true);
  prefixes.got("user:9", false);
  prefixes.set("user:1");
  prefixes.deleted("page:1");
  prefixes.set(":");
  prefixes.set("plain");
  EXPECT_EQ(prefixes.text(),
            "PREFIX  get 0 hit 0 set 1 del 0\r\n"
            "PREFIX page get 0 hit 0 set 0 del 1\r\n"
            "PREFIX user get 2 hit 1 set 1 del 0\r\n");
  prefixes.clear();
  EXPECT_EQ(prefixes.text(), "");
}

TEST(PrefixesTest, KeepsWhatItHasWhenThereAreTooMany) {
  Prefixes prefixes(Dialect::kMemcached, '/');
  for (std::size_t i = 0; i < limits::kMaxPrefixes + 100; ++i) {
    prefixes.set("p" + std::to_string(i) + "/k");
  }
  prefixes.set("p0/k");
  const std::string text = prefixes.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), limits::kMaxPrefixes);
  EXPECT_NE(text.find("PREFIX p0 get 0 hit 0 set 2 del 0\r\n"), std::string::npos);
}

// What it has, as `<name> got hit set deleted up down`.
std::string shown(const Prefixes& prefixes) {
  std::string text;
  std::optional<std::string> after;
  while (prefixes.show_next(after, [&](std::string_view name, const Prefixes::Counts& counts) {
    text += fmt::format("<{}> {} {} {} {} {} {}\n", name, counts.got, counts.hit, counts.set,
                        counts.deleted, counts.counted_up, counts.counted_down);
  })) {
  }
  return text;
}

TEST(PrefixesTest, CountsOfArcusKeysWithoutAPrefixToo) {
  Prefixes prefixes(Dialect::kArcus, ':');
  prefixes.got("user:1", true);
  prefixes.got("plain", false);
  prefixes.set(":x");
  prefixes.counted("user:1", false);
  prefixes.counted("user:1", true);
  EXPECT_EQ(shown(prefixes), "<> 1 0 1 0 0 0\n<user> 1 1 0 0 1 1\n");
  EXPECT_EQ(prefixes.size(), 2U);
  prefixes.forget("user");
  prefixes.forget("none");
  EXPECT_EQ(shown(prefixes), "<> 1 0 1 0 0 0\n");
  prefixes.forget("");
  EXPECT_EQ(shown(prefixes), "");
}

TEST(PrefixesTest, CountsOfArcusNoKeysThatHaveNoPlaceInALine) {
  Prefixes prefixes(Dialect::kArcus, ':');
  prefixes.set("arcus:probe");
  prefixes.set("a/b:1");
  prefixes.set("-a:1");
  prefixes.set("::1");
  prefixes.set(std::string(limits::kMaxPrefixBytes + 1, 'p') + ":1");
  EXPECT_EQ(prefixes.size(), 0U);
  prefixes.set(std::string(limits::kMaxPrefixBytes, 'p') + ":1");
  prefixes.set("arcus");
  EXPECT_EQ(prefixes.size(), 2U);
}

TEST(PrefixesTest, CountsOfMemcachedNoArithmetic) {
  Prefixes prefixes(Dialect::kMemcached, ':');
  prefixes.counted("user:1", false);
  EXPECT_EQ(prefixes.size(), 0U);
}

TEST(PrefixesTest, ShowsOne) {
  Prefixes prefixes(Dialect::kArcus, ':');
  prefixes.operated("user:1", arcus::Operation::kLopGet, arcus::Outcome::kNone);
  prefixes.operated("user:1", arcus::Operation::kLopGet, arcus::Outcome::kMiss);
  std::uint64_t asked = 0;
  EXPECT_TRUE(prefixes.show("user", [&](std::string_view, const Prefixes::Counts& counts) {
    asked = counts.operated->asked(arcus::Operation::kLopGet);
  }));
  EXPECT_EQ(asked, 2U);
  EXPECT_FALSE(prefixes.show("page", [](std::string_view, const Prefixes::Counts&) {}));
}

}  // namespace
}  // namespace larder::serve::memcache

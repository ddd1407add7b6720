// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/scan.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {
namespace {

using wire::memcache::Fault;

constexpr cache::UnixMs kNow = 1'800'000'000'000;

Fault fault_of(std::string_view arguments, Scan::Of of = Scan::Of::kKeys) {
  Scan scan;
  return parse_scan(arguments, of, scan);
}

TEST(ScanTest, ReadsItsOptionsInAnyOrder) {
  Scan scan;
  ASSERT_EQ(parse_scan("17 type B match a* count 1 count 2000", Scan::Of::kKeys, scan),
            Fault::kNone);
  EXPECT_EQ(scan.cursor, 17U);
  EXPECT_EQ(scan.count, 2000U);
  EXPECT_EQ(scan.type, cache::ItemType::kBTree);
  ASSERT_TRUE(scan.match);
  EXPECT_TRUE(scan.match->matches("ab"));
  ASSERT_EQ(parse_scan("0 type K type A", Scan::Of::kKeys, scan), Fault::kNone);
  EXPECT_FALSE(scan.type);
}

TEST(ScanTest, SaysWhatIsWrong) {
  EXPECT_EQ(fault_of("abc"), Fault::kInvalidCursor);
  EXPECT_EQ(fault_of("-1"), Fault::kInvalidCursor);
  EXPECT_EQ(fault_of(std::string(31, '9')), Fault::kInvalidCursor);
  EXPECT_EQ(fault_of(std::string(32, '1')), Fault::kBadCursor);
  for (const char* count : {"0", "2001", "x", "-1", "99999999999"}) {
    EXPECT_EQ(fault_of("0 count " + std::string(count)), Fault::kBadCount) << count;
  }
  for (const char* type : {"X", "KV", "k"}) {
    EXPECT_EQ(fault_of("0 type " + std::string(type)), Fault::kBadItemType) << type;
  }
  EXPECT_EQ(fault_of("0 match a\\b"), Fault::kBadPattern);
  EXPECT_EQ(fault_of("0 count"), Fault::kBadFormat);
  EXPECT_EQ(fault_of("0 color 5"), Fault::kBadFormat);
  EXPECT_EQ(fault_of("0 count 5 x"), Fault::kBadFormat);
  EXPECT_EQ(fault_of("0 type K", Scan::Of::kPrefixes), Fault::kBadFormat);
}

class ScanCacheTest : public testing::Test {
 protected:
  void put(std::string_view key, cache::UnixMs expires = cache::kNeverExpires) {
    ASSERT_EQ(cache_.put(cache_.key(key), "value", {.expires = expires}, kNow).answer,
              cache::Answer::kOk)
        << key;
  }

  // How often each line was told, by pages of which `between` follows each.
  template <class Page, class Between>
  std::map<std::string, int> all(Scan scan, Page page_of, Between between) {
    std::map<std::string, int> lines;
    do {
      const ScanPage page = page_of(scan);
      std::istringstream text(page.lines);
      std::size_t count = 0;
      for (std::string line; std::getline(text, line); ++count) ++lines[line];
      EXPECT_EQ(count, page.count);
      most_ = std::max(most_, count);
      scan.cursor = page.next;
      between();
    } while (scan.cursor != 0);
    return lines;
  }
  std::map<std::string, int> keys(const Scan& scan = {.count = 2000}) {
    return all(scan, [this](const Scan& at) { return *scan_keys(cache_, at, ':', kNow); }, [] {});
  }
  std::map<std::string, int> prefixes(const Scan& scan) {
    return all(scan, [this](const Scan& at) { return scan_prefixes(cache_, at); }, [] {});
  }
  static Scan matching(std::string_view pattern) { return {.match = Glob::parse(pattern)}; }
  using Lines = std::map<std::string, int>;

  cache::Cache cache_{{.accounts_prefixes = true}};
  std::size_t most_ = 0;  // lines of a page
};

TEST_F(ScanCacheTest, TellsNothingOfAnEmptyCache) {
  EXPECT_TRUE(keys().empty());
  EXPECT_TRUE(prefixes({}).empty());
}

TEST_F(ScanCacheTest, TellsKeyTypeAndExpiry) {
  put("plain");
  put("red:1", kNow + 99'001);
  put("gone", kNow - 1);
  EXPECT_EQ(keys(), (Lines{{"plain K 0\r", 1}, {"red:1 K 100\r", 1}}));
  EXPECT_TRUE(keys({.type = cache::ItemType::kList}).empty());
}

TEST_F(ScanCacheTest, TellsWhatMatches) {
  for (const char* key : {"red:1", "red:2", "blue:1", "plain"}) put(key);
  EXPECT_EQ(keys(matching("red:*")), (Lines{{"red:1 K 0\r", 1}, {"red:2 K 0\r", 1}}));
  EXPECT_EQ(keys(matching("????:1")), (Lines{{"blue:1 K 0\r", 1}}));
}

TEST_F(ScanCacheTest, LeavesOutWhatIsOfNoClientsData) {
  put("arcus:zk-ping");
  put("arcus");
  put("arcusx:1");
  EXPECT_EQ(keys(), (Lines{{"arcus K 0\r", 1}, {"arcusx:1 K 0\r", 1}}));
}

TEST_F(ScanCacheTest, TellsEachKeyOnceInPagesOfAboutThatCount) {
  constexpr std::size_t kKeys = 10'000;
  for (std::size_t i = 0; i < kKeys; ++i) put("stays:" + std::to_string(i));
  std::size_t come = 0;
  const auto grow = [&] {
    for (int i = 0; i < 20; ++i) put("guest:" + std::to_string(come++));
  };
  const auto lines = all(
      {.count = 20, .match = Glob::parse("stays:*")},
      [this](const Scan& at) { return *scan_keys(cache_, at, ':', kNow); }, grow);
  EXPECT_EQ(lines.size(), kKeys);
  for (const auto& [line, times] : lines) ASSERT_EQ(times, 1) << line;
  EXPECT_LT(most_, 20U + 2 * 12U);
}

TEST_F(ScanCacheTest, EndsAPageOfLongKeysEarly) {
  constexpr std::size_t kKeys = 200;
  for (std::size_t i = 0; i < kKeys; ++i) {
    put(std::string(limits::kMaxArcusKeyBytes - 3, 'k') + std::to_string(100 + i));
  }
  EXPECT_EQ(keys({.count = 2000}).size(), kKeys);
  EXPECT_LT(most_, kKeys / 2);
}

TEST_F(ScanCacheTest, RefusesACursorOfNoScan) {
  EXPECT_FALSE(scan_keys(cache_, {.cursor = std::uint64_t{1} << 63}, ':', kNow));
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

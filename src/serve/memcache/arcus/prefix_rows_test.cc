// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/prefix_rows.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <utility>

#include "cache/collections.h"

namespace larder::serve::memcache::arcus {
namespace {

using cache::ItemType;

class PrefixRowsTest : public ::testing::Test {
 protected:
  void SetUp() override { use_zone("UTC"); }
  void TearDown() override { use_zone(nullptr); }
  static void use_zone(const char* zone) {
    zone == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", zone, 1);
    ::tzset();
  }
  static cache::PrefixUsage usage_of(std::string name) {
    cache::PrefixUsage usage{.name = std::move(name), .created = 1'795'171'270'999};
    const auto of = [&](ItemType type) -> auto& {
      return usage.types[static_cast<std::size_t>(type)];
    };
    of(ItemType::kValue) = {.items = 2, .bytes = 176};
    of(ItemType::kList) = {.items = 1, .bytes = 120};
    of(ItemType::kSet) = {.items = 3, .bytes = 112};
    of(ItemType::kMap) = {.items = 4, .bytes = 113};
    of(ItemType::kBTree) = {.items = 5, .bytes = 152};
    return usage;
  }
};

TEST_F(PrefixRowsTest, TellsItemsAndBytesByType) {
  EXPECT_EQ(item_row(usage_of("red")),
            "PREFIX red itm 15 kitm 2 litm 1 sitm 3 mitm 4 bitm 5 tsz 673 ktsz 176 ltsz 120 "
            "stsz 112 mtsz 113 btsz 152 time 20261120104110\r\n");
}

TEST_F(PrefixRowsTest, NamesTheNullPrefix) {
  EXPECT_TRUE(item_row(usage_of("")).starts_with("PREFIX <null> itm 15 "));
  EXPECT_TRUE(operation_row("", {}).starts_with("PREFIX <null> get 0 "));
}

TEST_F(PrefixRowsTest, TellsTimesOfThisMachine) {
  use_zone("KST-9");
  EXPECT_TRUE(item_row(usage_of("red")).ends_with(" time 20261120194110\r\n"));
}

// As recorded, but for the numbers.
TEST_F(PrefixRowsTest, TellsOperationsInArcusOrder) {
  Prefixes::Counts counts{.got = 1, .hit = 2, .set = 3, .deleted = 4};
  counts.counted_up = 5;
  counts.counted_down = 6;
  EXPECT_EQ(operation_row("red", counts),
            "PREFIX red get 1 hit 2 set 3 del 4 inc 5 dec 6 lcs 0 lis 0 lih 0 lds 0 ldh 0 lgs 0 "
            "lgh 0 scs 0 sis 0 sih 0 sds 0 sdh 0 sgs 0 sgh 0 ses 0 seh 0 mcs 0 mis 0 mih 0 mus 0 "
            "muh 0 mds 0 mdh 0 mgs 0 mgh 0 bcs 0 bis 0 bih 0 bus 0 buh 0 bds 0 bdh 0 bps 0 bph 0 "
            "bms 0 bmh 0 bgs 0 bgh 0 bns 0 bnh 0 pfs 0 pfh 0 pgs 0 pgh 0 gps 0 gph 0 gas 0 sas 0"
            "\r\n");
}

// Every operation has a code of its own, but for those of many keys.
TEST_F(PrefixRowsTest, TellsEachOperationUnderItsOwnCode) {
  std::string untold;
  for (const OperationRow& row : operations()) {
    Prefixes::Counts counts;
    counts.operated = std::make_unique<OperationCounts>();
    counts.operated->add(row.operation, Outcome::kHit, 700);
    counts.operated->add(row.operation, Outcome::kNone, 70);
    counts.operated->add(row.operation, Outcome::kMiss, 6);
    counts.operated->add(row.operation, Outcome::kOther, 1);
    const std::string told = operation_row("p", counts);
    if (told.find("s 777") == std::string::npos) {
      untold += std::string(row.name) + " ";
      continue;
    }
    const bool has_hits = row.counts != Counts::kOks && !row.name.ends_with("attr");
    EXPECT_EQ(told.find("h 770") != std::string::npos, has_hits) << row.name;
    EXPECT_EQ(told.find("s 777"), told.rfind("s 777")) << row.name;
  }
  EXPECT_EQ(untold, "bop_mget bop_smget ");
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

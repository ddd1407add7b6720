// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "serve/memcache/stat_table.h"

namespace larder::serve::memcache::arcus {
namespace {

std::string told(const Statistics& statistics, const Snapshot& snapshot, std::string_view begin) {
  std::string text;
  statistics.tell(StatRow::Group::kGeneral, snapshot,
                  [&](std::string_view name, std::string_view value) {
                    if (name.starts_with(begin)) text += fmt::format("{} {}\n", name, value);
                  });
  return text;
}

TEST(ArcusStatRowsTest, TellOutcomesAsArcusOrdersThem) {
  Snapshot snapshot;
  const auto count = [&](Operation operation, std::uint64_t hits) {
    snapshot.operated.add(operation, Outcome::kHit, hits);
    snapshot.operated.add(operation, Outcome::kNone, 30);
    snapshot.operated.add(operation, Outcome::kMiss, 200);
    snapshot.operated.add(operation, Outcome::kOther, 1000);
  };
  count(Operation::kLopCreate, 1);
  count(Operation::kSopExist, 2);
  count(Operation::kMopUpdate, 3);
  count(Operation::kBopDecr, 4);
  const Statistics statistics(Dialect::kArcus);
  EXPECT_EQ(told(statistics, snapshot, "lop_create"), "lop_create_oks 1\n");
  EXPECT_EQ(told(statistics, snapshot, "sop_exist"), "sop_exist_misses 200\nsop_exist_hits 2\n");
  EXPECT_EQ(told(statistics, snapshot, "mop_update"),
            "mop_update_misses 200\nmop_update_elem_hits 3\nmop_update_none_hits 30\n");
  EXPECT_EQ(told(statistics, snapshot, "bop_decr"),
            "bop_decr_elem_hits 4\nbop_decr_none_hits 30\nbop_decr_misses 200\n");
  EXPECT_EQ(told(statistics, snapshot, "cmd_mop_update"), "cmd_mop_update 1233\n");
}

TEST(ArcusStatRowsTest, BeginAnewWhatCounts) {
  Snapshot snapshot;
  snapshot.operated.add(Operation::kLopGet, Outcome::kHit, 5);
  snapshot.deeds.add(Deed::kQuit, 3);
  snapshot.cache.sticky_items = 7;
  Statistics statistics(Dialect::kArcus);
  statistics.reset(snapshot);
  snapshot.operated.add(Operation::kLopGet, Outcome::kHit, 1);
  snapshot.deeds.add(Deed::kQuit, 1);
  EXPECT_EQ(told(statistics, snapshot, "lop_get_elem"), "lop_get_elem_hits 1\n");
  EXPECT_EQ(told(statistics, snapshot, "cmd_lop_get"), "cmd_lop_get 1\n");
  EXPECT_EQ(told(statistics, snapshot, "quit_"), "quit_connections 1\n");
  EXPECT_EQ(told(statistics, snapshot, "sticky_items"), "sticky_items 7\n");
}

TEST(ArcusStatRowsTest, NamesAreToldOnce) {
  for (const Dialect dialect : {Dialect::kMemcached, Dialect::kArcus}) {
    std::set<std::string> names;
    for (const StatRow& row : stat_rows(dialect)) {
      EXPECT_TRUE(names.insert(row.name).second) << name_of(dialect) << ": " << row.name;
    }
  }
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/dialect.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace larder::serve::memcache {
namespace {

TEST(DialectTest, HasAName) {
  EXPECT_EQ(dialect_of("memcached"), Dialect::kMemcached);
  EXPECT_EQ(dialect_of("arcus"), Dialect::kArcus);
  EXPECT_EQ(dialect_of("Arcus"), std::nullopt);
  EXPECT_EQ(dialect_of(""), std::nullopt);
}

// Clients read three numbers, and an E as the Enterprise edition.
TEST(DialectTest, TellsTheVersionThatClientsExpect) {
  EXPECT_EQ(version_of(Dialect::kArcus), "1.15.0");
  EXPECT_TRUE(version_of(Dialect::kMemcached).starts_with("1.6.45-larder-"));
}

TEST(DialectTest, SaysEachDifferenceOnce) {
  std::set<std::string_view> said;
  for (const Difference& one : differences()) {
    EXPECT_TRUE(said.insert(one.what).second) << one.what;
    EXPECT_FALSE(one.memcached.empty() || one.arcus.empty()) << one.what;
    EXPECT_NE(one.memcached, one.arcus) << one.what;
  }
}

TEST(DialectTest, DiffersAsTheDocumentSays) {
  std::ifstream file("docs/dialects.md");
  const std::string document{std::istreambuf_iterator<char>(file), {}};
  const std::string table = differences_in_markdown();
  EXPECT_NE(document.find(table), std::string::npos) << "docs/dialects.md must have this table:\n"
                                                     << table;
}

}  // namespace
}  // namespace larder::serve::memcache

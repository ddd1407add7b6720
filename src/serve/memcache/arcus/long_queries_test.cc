// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/long_queries.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace larder::serve::memcache::arcus {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

void add(LongQueries& queries, Operation operation, std::uint64_t elements,
         std::string_view arguments = " 0..-1", std::string_view key = "a") {
  if (!queries.is_long(elements)) return;
  queries.add("127.0.0.1", {operation, elements, key, arguments});
}

std::ptrdiff_t samples_of(const LongQueries& queries) {
  return std::ranges::count(queries.samples(), '<');
}

TEST(LongQueriesTest, KnowsNoneWhileItIsOff) {
  LongQueries queries;
  EXPECT_FALSE(queries.is_long(1'000'000));
  EXPECT_FALSE(queries.stop());
  EXPECT_EQ(queries.report(), "\tLong query detection stats : not started\n");
  ASSERT_TRUE(queries.start(10));
  EXPECT_FALSE(queries.start(20));
  EXPECT_TRUE(queries.is_long(10));
  EXPECT_TRUE(queries.stop());
  EXPECT_FALSE(queries.is_long(10));
}

TEST(LongQueriesTest, KeepsTheFirstOnesOfACommand) {
  LongQueries queries;
  ASSERT_TRUE(queries.start(10));
  for (int i = 0; i < 30; ++i) add(queries, Operation::kLopGet, 10, fmt::format(" 0..{}", i));
  add(queries, Operation::kLopGet, 9);
  add(queries, Operation::kBopCount, 11);
  add(queries, Operation::kBopPwg, 11);
  const std::string text = queries.samples();
  EXPECT_THAT(text, HasSubstr("\tlop get command entered count : 30\n"));
  EXPECT_THAT(text, HasSubstr("\tbop count command entered count : 1\n"));
  EXPECT_THAT(text, HasSubstr("\tsop get command entered count : 0\n"));
  EXPECT_THAT(text, ContainsRegex("\t[0-9:.]+ 127.0.0.1 <10> lop get a 0..0\n"));
  const auto lines = std::ranges::count(text, '\n');
  EXPECT_EQ(lines, 10 + static_cast<std::ptrdiff_t>(limits::kLongQuerySamples) + 1);
  EXPECT_THAT(queries.report(), HasSubstr("long query commands : 31\n"));
  EXPECT_THAT(queries.report(), HasSubstr("detection standard : 10\n"));
}

TEST(LongQueriesTest, CountsWhatItKnowsAndKeepsItOnce) {
  LongQueries queries;
  ASSERT_TRUE(queries.start(10));
  for (const char* key : {"a", "b"}) {
    for (const char* arguments : {" 0..-1", " 0..-1 noreply", " 0..-1 drop"}) {
      add(queries, Operation::kLopDelete, 10, arguments, key);
    }
  }
  EXPECT_THAT(queries.samples(), HasSubstr("\tlop delete command entered count : 6\n"));
  EXPECT_EQ(samples_of(queries), 2);
}

TEST(LongQueriesTest, KnowsQueriesOfAllElementsByTheirKey) {
  LongQueries queries;
  ASSERT_TRUE(queries.start(10));
  for (const char* key : {"a", "b"}) {
    add(queries, Operation::kSopGet, 10, " 0", key);
    add(queries, Operation::kSopGet, 10, " 0 delete", key);
    add(queries, Operation::kMopGet, 10, " 0 0", key);
    add(queries, Operation::kMopGet, 10, " 4 20", key);
    add(queries, Operation::kMopGet, 10, " 5 20", key);
  }
  EXPECT_EQ(samples_of(queries), 5) << queries.samples();
}

TEST(LongQueriesTest, LeavesOutTheMiddleOfALongKey) {
  LongQueries queries;
  ASSERT_TRUE(queries.start(10));
  add(queries, Operation::kLopGet, 10, " 0..1", std::string(250, 'k'));
  add(queries, Operation::kLopGet, 10, " 0..2", std::string(200, 'x') + std::string(51, 'y'));
  const std::string text = queries.samples();
  EXPECT_THAT(text, HasSubstr(" lop get " + std::string(250, 'k') + " 0..1\n"));
  EXPECT_THAT(text, HasSubstr(" lop get " + std::string(124, 'x') + "..." + std::string(72, 'x') +
                              std::string(51, 'y') + " 0..2\n"));
}

TEST(LongQueriesTest, BeginsAnew) {
  LongQueries queries;
  ASSERT_TRUE(queries.start(10));
  add(queries, Operation::kLopGet, 10);
  ASSERT_TRUE(queries.stop());
  EXPECT_THAT(queries.report(), HasSubstr("stopped by explicit request"));
  EXPECT_THAT(queries.samples(), HasSubstr("<10>")) << "still to be read";
  ASSERT_TRUE(queries.start(5));
  EXPECT_THAT(queries.samples(), Not(HasSubstr("<10>")));
  EXPECT_THAT(queries.report(), HasSubstr("detection standard : 5\n"));
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

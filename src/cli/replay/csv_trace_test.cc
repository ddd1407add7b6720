// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/csv_trace.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/replay/memory_source.h"
#include "cli/replay/test_row.h"

namespace larder::cli::replay {
namespace {

struct Read {
  std::vector<Row> rows;
  std::string failure;
};

Read read(const std::string& columns, const std::string& text) {
  auto parsed = CsvColumns::parse(columns);
  EXPECT_TRUE(parsed) << columns;
  CsvTrace trace(in_pieces(text, 5), *parsed);
  Read read;
  for (;;) {
    Request request;
    auto more = trace.next(request);
    if (!more) read.failure = more.failure().what;
    if (!more || !*more) return read;
    read.rows.push_back({request.operation, request.time_ms, std::string(request.key),
                         request.value_bytes, request.ttl_s});
  }
}

constexpr Operation kGet = Operation::kGet;
constexpr Operation kSet = Operation::kSet;
constexpr Operation kDelete = Operation::kDelete;

TEST(CsvTrace, ReadsTheUsualColumns) {
  const auto [rows, failure] = read("time,key,size", "0,a,10\r\n1.5,bb,2\n\n# a comment\n2,c,1\n");
  EXPECT_EQ(failure, "");
  EXPECT_EQ(rows, (std::vector<Row>{
                      {kGet, 0, "a", 9, 0}, {kGet, 1500, "bb", 0, 0}, {kGet, 2000, "c", 0, 0}}));
}

TEST(CsvTrace, ReadsColumnsInAnyOrder) {
  const auto [rows, failure] = read("ttl,-,op,key,size", "60,x y,set,k,100\n0,,delete,k,0\n");
  EXPECT_EQ(failure, "");
  EXPECT_EQ(rows, (std::vector<Row>{{kSet, 0, "k", 99, 60}, {kDelete, 0, "k", 0, 0}}));
}

// As https://github.com/twitter/cache-trace describes them. The anonymized key need not be as long
// as the real one was: the object's size stays the same.
TEST(CsvTrace, ReadsTwittersTraces) {
  const auto [rows, failure] =
      read("twitter",
           "0,nz:u:eeW511W3dcH3de3d15ec,22,304,1,get,0\n1,q:q:1:8WTfjZU14ee,17,213,4,set,300\n");
  EXPECT_EQ(failure, "");
  EXPECT_EQ(rows, (std::vector<Row>{{kGet, 0, "nz:u:eeW511W3dcH3de3d15ec", 301, 0},
                                    {kSet, 1000, "q:q:1:8WTfjZU14ee", 213, 300}}));
}

TEST(CsvTrace, TellsEveryOperation) {
  const std::vector<std::pair<std::string, Operation>> operations = {
      {"get", kGet},    {"gets", kGet},    {"incr", kGet},     {"decr", kGet},
      {"set", kSet},    {"add", kSet},     {"replace", kSet},  {"cas", kSet},
      {"append", kSet}, {"prepend", kSet}, {"delete", kDelete}};
  for (const auto& [name, operation] : operations) {
    const auto [rows, failure] = read("key,value_size,op", "k,1," + name);
    ASSERT_EQ(rows.size(), 1U) << name;
    EXPECT_EQ(rows[0].operation, operation) << name;
  }
}

TEST(CsvTrace, HashesWhatIsNoKey) {
  const std::string long_key(251, 'k');
  const auto [rows, failure] =
      read("key,size", "http://x/a b,100\nhttp://x/a c,100\n" + long_key + ",300\na\tb,100\n");
  EXPECT_EQ(failure, "");
  ASSERT_EQ(rows.size(), 4U);
  for (const Row& row : rows) {
    EXPECT_EQ(row.key.size(), 16U);
    EXPECT_EQ(row.key.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
  EXPECT_NE(rows[0].key, rows[1].key);
  EXPECT_EQ(rows[0].value_bytes, 84U);
  const auto again = read("key,size", "http://x/a b,100\n");
  EXPECT_EQ(again.rows.at(0).key, rows[0].key);
}

TEST(CsvTrace, StepsOverTheNamesOfColumns) {
  const auto [rows, failure] = read("time,key,size", "time,object,bytes\n0,a,1\n");
  EXPECT_EQ(failure, "");
  EXPECT_EQ(rows.size(), 1U);
}

TEST(CsvTrace, RefusesWhatItCannotRead) {
  for (const char* line : {"0,a", "0,a,1,2", "x,a,1", "0,,1", "0,a,-1", "0,a,", "0,a,1 ", "-1,a,1",
                           "nan,a,1", "1e300,a,1", "0,a,99999999999999999999"}) {
    const auto [rows, failure] = read("time,key,size", "0,k,1\n" + std::string(line) + "\n");
    EXPECT_EQ(rows.size(), 1U) << line;
    EXPECT_TRUE(failure.starts_with("line 2 ")) << line << ": " << failure;
  }
  EXPECT_TRUE(read("key,size,op", "k,1,get\nk,1,flush\n").failure.starts_with("line 2 "));
}

TEST(CsvTrace, TakesSizesBeyondAValuesForTheLargest) {
  const auto [rows, failure] = read("key,size", "k,18446744073709551615\n");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].value_bytes, 0xFFFFFFFF);
}

TEST(CsvColumns, RefuseWhatMakesNoRequest) {
  for (const char* text :
       {"", "key", "size", "time,ttl", "key,size,size", "key,size,value_size", "key,size,",
        "key,,size", "key,size,colour", "Twitter", "key,key_size"}) {
    EXPECT_FALSE(CsvColumns::parse(text)) << text;
  }
  for (const char* text : {"key,size", "-,key,-,value_size,-", "twitter"}) {
    EXPECT_TRUE(CsvColumns::parse(text)) << text;
  }
}

}  // namespace
}  // namespace larder::cli::replay

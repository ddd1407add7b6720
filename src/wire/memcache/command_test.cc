// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/command.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace larder::wire::memcache {
namespace {

const std::string kLongest(limits::kMaxKeyBytes, 'k');
const std::string kTooLong(limits::kMaxKeyBytes + 1, 'k');
constexpr int kNoBlock = -1;

// A line, and how it is judged.
struct Verdict {
  std::string line;
  Verb verb;
  Fault fault = Fault::kNone;
  int block = kNoBlock;
  bool noreply = false;
};

void expect(const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    SCOPED_TRACE(verdict.line);
    const Command command = parse_command(verdict.line);
    EXPECT_EQ(command.verb, verdict.verb);
    EXPECT_EQ(reply_of(command.fault), reply_of(verdict.fault));
    EXPECT_EQ(command.noreply, verdict.noreply);
    ASSERT_EQ(command.has_block, verdict.block != kNoBlock);
    if (command.has_block) {
      EXPECT_EQ(command.block_bytes, static_cast<std::uint32_t>(verdict.block));
    }
  }
}

// ---- lines as real clients and confused ones sent them to memcached, and what it made of them

TEST(parse_command, names) {
  expect({
      {"bogus", Verb::kUnknown, Fault::kUnknownCommand},
      {"GET k", Verb::kUnknown, Fault::kUnknownCommand},
      {"MG k v", Verb::kUnknown, Fault::kUnknownCommand},
      {"Set k 0 0 1", Verb::kUnknown, Fault::kUnknownCommand},
      {"", Verb::kUnknown, Fault::kBadFormat},
      {"x", Verb::kUnknown, Fault::kBadFormat},
      {" ", Verb::kUnknown, Fault::kBadFormat},
      {"zz", Verb::kUnknown, Fault::kUnknownCommand},
      {"     ", Verb::kUnknown, Fault::kUnknownCommand},
      {" get k", Verb::kUnknown, Fault::kUnknownCommand},
      {"getk", Verb::kUnknown, Fault::kUnknownCommand},
      {"get\tk", Verb::kUnknown, Fault::kUnknownCommand},
      {std::string("ge\0t k", 6), Verb::kUnknown, Fault::kUnknownCommand},
      {std::string("mn\0", 3), Verb::kUnknown, Fault::kUnknownCommand},
      {std::string("\0\0", 2), Verb::kUnknown, Fault::kUnknownCommand},
      {"\xc3\xa9\xc3\xa9 k", Verb::kUnknown, Fault::kUnknownCommand},
      {"mz k", Verb::kUnknown, Fault::kUnknownCommand},
      {"m", Verb::kUnknown, Fault::kBadFormat},
      {"cache_memlimits 64", Verb::kUnknown, Fault::kUnknownCommand},
      {"flush_alx", Verb::kUnknown, Fault::kUnknownCommand},
      {"verb", Verb::kUnknown, Fault::kUnknownCommand},
      {"bogus " + std::string(1500, 'y'), Verb::kUnknown, Fault::kUnknownCommand},
  });
}

TEST(parse_command, too_few_words) {
  expect({
      {"get", Verb::kGet, Fault::kBadFormat},
      {"get ", Verb::kGet, Fault::kBadFormat},
      {"gets", Verb::kGets, Fault::kBadFormat},
      {"gat", Verb::kGat, Fault::kBadFormat},
      {"gat 10", Verb::kGat, Fault::kBadFormat},
      {"gat soon", Verb::kGat, Fault::kBadFormat},
      {"gats 10", Verb::kGats, Fault::kBadFormat},
      {"set", Verb::kSet, Fault::kBadFormat},
      {"set k", Verb::kSet, Fault::kBadFormat},
      {"set k 0", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0", Verb::kSet, Fault::kBadFormat},
      {"add k 0 0", Verb::kAdd, Fault::kBadFormat},
      {"replace k 0 0", Verb::kReplace, Fault::kBadFormat},
      {"append k 0 0", Verb::kAppend, Fault::kBadFormat},
      {"prepend k 0 0", Verb::kPrepend, Fault::kBadFormat},
      {"cas k 0 0", Verb::kCas, Fault::kBadFormat},
      {"cas k 0 0 1", Verb::kCas, Fault::kBadFormat, 1},
      {"incr", Verb::kIncr, Fault::kBadFormat},
      {"incr k", Verb::kIncr, Fault::kBadFormat},
      {"decr k", Verb::kDecr, Fault::kBadFormat},
      {"touch", Verb::kTouch, Fault::kBadFormat},
      {"touch k", Verb::kTouch, Fault::kBadFormat},
      {"delete", Verb::kDelete, Fault::kBadFormat},
      {"verbosity", Verb::kVerbosity, Fault::kBadFormat},
      {"cache_memlimit", Verb::kCacheMemlimit, Fault::kUnknownCommand},
      {"mg", Verb::kMetaGet, Fault::kBadFormat},
      {"ms", Verb::kMetaSet, Fault::kBadFormat},
      {"ms k", Verb::kMetaSet, Fault::kBadFormat},
      {"md", Verb::kMetaDelete, Fault::kBadFormat},
      {"ma", Verb::kMetaArithmetic, Fault::kBadFormat},
      {"me", Verb::kMetaDebug, Fault::kBadFormat},
  });
}

TEST(parse_command, bad_words_of_store_lines) {
  expect({
      {"set k x 0 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k -1 0 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k 4294967296 0 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k 1x 0 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k 0 soon 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k 0 4294967296 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k 0 2147483648 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k 0 -2147483649 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set k 0 0 x", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 -1", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 +1", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 0x1", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 4294967296", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 18446744073709551617", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 2147483647", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 2147483646", Verb::kSet, Fault::kBadFormat},
      {"set k 0 0 2147483645", Verb::kSet, Fault::kNone, 2147483645},
      {"set k 0 0 1 2 3", Verb::kSet, Fault::kNone, 1},
      {"set k +1 0 1", Verb::kSet, Fault::kNone, 1},
      {"cas k 0 0 1 abc", Verb::kCas, Fault::kBadFormat, 1},
      {"cas k 0 0 1 -5", Verb::kCas, Fault::kBadFormat, 1},
      {"cas k 0 0 1 18446744073709551616", Verb::kCas, Fault::kBadFormat, 1},
      {"cas k 0 0 1 18446744073709551615", Verb::kCas, Fault::kNone, 1},
      {"ms k S1", Verb::kMetaSet, Fault::kBadFormat},
      {"ms k -1", Verb::kMetaSet, Fault::kBadFormat},
      {"ms k abc", Verb::kMetaSet, Fault::kBadFormat},
      {"ms k 4294967297", Verb::kMetaSet, Fault::kBadFormat},
      {"ms k 2147483646", Verb::kMetaSet, Fault::kBadFormat},
      {"ms k 1 q", Verb::kMetaSet, Fault::kNone, 1},
  });
}

TEST(parse_command, bad_words_of_other_lines) {
  expect({
      {"incr n -1", Verb::kIncr, Fault::kInvalidDelta},
      {"incr n one", Verb::kIncr, Fault::kInvalidDelta},
      {"incr n 18446744073709551616", Verb::kIncr, Fault::kInvalidDelta},
      {"incr n 1.5", Verb::kIncr, Fault::kInvalidDelta},
      {"incr nope x", Verb::kIncr, Fault::kInvalidDelta},
      {"decr n -1", Verb::kDecr, Fault::kInvalidDelta},
      {"incr n 1 2", Verb::kIncr},
      {"touch n soon", Verb::kTouch, Fault::kInvalidExptime},
      {"touch n 99999999999", Verb::kTouch, Fault::kInvalidExptime},
      {"gat soon n", Verb::kGat, Fault::kInvalidExptime},
      {"gats n n", Verb::kGats, Fault::kInvalidExptime},
      {"flush_all soon", Verb::kFlushAll, Fault::kInvalidExptime},
      {"flush_prefix", Verb::kFlushPrefix, Fault::kBadFormat},
      {"flush_prefix  ", Verb::kFlushPrefix, Fault::kBadFormat},
      {"flush_prefix p soon", Verb::kFlushPrefix, Fault::kBadFormat},
      {"flush_prefix p -1", Verb::kFlushPrefix, Fault::kBadFormat},
      {"flush_prefix p 99999999999", Verb::kFlushPrefix, Fault::kBadFormat},
      {"flush_prefix " + std::string(251, 'p'), Verb::kFlushPrefix, Fault::kPrefixTooLong},
      {"flush_prefix " + std::string(251, 'p') + " x", Verb::kFlushPrefix, Fault::kPrefixTooLong},
      {"flush_all 99999999999", Verb::kFlushAll, Fault::kInvalidExptime},
      {"verbosity loud", Verb::kVerbosity, Fault::kBadFormat},
      {"verbosity -1", Verb::kVerbosity, Fault::kBadFormat},
      {"cache_memlimit lots", Verb::kCacheMemlimit, Fault::kUnknownCommand},
      {"cache_memlimit 7", Verb::kCacheMemlimit, Fault::kMemlimitTooSmall},
      {"cache_memlimit 8", Verb::kCacheMemlimit},
      {"cache_memlimit 1000000000", Verb::kCacheMemlimit},
      {"cache_memlimit 1073741824", Verb::kCacheMemlimit, Fault::kMemlimitNotBytes},
      {"delete k 5", Verb::kDelete, Fault::kDeleteUsage},
      {"delete k 0 0", Verb::kDelete, Fault::kDeleteUsage},
      {"delete k noreply 0", Verb::kDelete, Fault::kDeleteUsage},
      {"delete k 0", Verb::kDelete},
  });
}

TEST(parse_command, noreply) {
  expect({
      {"set k 0 0 1 noreply", Verb::kSet, Fault::kNone, 1, true},
      {"set k 0 0 1 noreply ", Verb::kSet, Fault::kNone, 1, true},
      {"set k 0 0 1 2 noreply", Verb::kSet, Fault::kNone, 1, true},
      {"set k 0 0 1 noreplyx", Verb::kSet, Fault::kNone, 1, false},
      {"set k 0 0 1 xnoreply", Verb::kSet, Fault::kNone, 1, false},
      {"set k 0 0 1 noreply x", Verb::kSet, Fault::kNone, 1, false},
      {"set k x 0 1 noreply", Verb::kSet, Fault::kBadFormat, 1, true},
      {"set k 0 noreply", Verb::kSet, Fault::kBadFormat, kNoBlock, false},
      {"set k 0 0 noreply", Verb::kSet, Fault::kBadFormat, kNoBlock, false},
      {"set k 0 0 x noreply", Verb::kSet, Fault::kBadFormat, kNoBlock, false},
      {"add k 0 0 1 noreply", Verb::kAdd, Fault::kNone, 1, true},
      {"append k 0 0 1 noreply", Verb::kAppend, Fault::kNone, 1, true},
      {"cas u 6 0 3 4 noreply", Verb::kCas, Fault::kNone, 3, true},
      {"cas u 6 0 3 noreply", Verb::kCas, Fault::kBadFormat, 3, true},
      {"incr n 5 noreply", Verb::kIncr, Fault::kNone, kNoBlock, true},
      {"incr n x noreply", Verb::kIncr, Fault::kInvalidDelta, kNoBlock, true},
      {"incr noreply", Verb::kIncr, Fault::kBadFormat, kNoBlock, false},
      {"touch t 100 noreply", Verb::kTouch, Fault::kNone, kNoBlock, true},
      {"delete d noreply", Verb::kDelete, Fault::kNone, kNoBlock, true},
      {"delete d 0 noreply", Verb::kDelete, Fault::kNone, kNoBlock, true},
      {"delete d 5 noreply", Verb::kDelete, Fault::kDeleteUsage, kNoBlock, true},
      {"delete noreply", Verb::kDelete},
      {"get k noreply", Verb::kGet},  // a key
      {"gat 1 k noreply", Verb::kGat},
      {"mg k noreply", Verb::kMetaGet},
      {"version noreply", Verb::kVersion},
      {"refresh_certs noreply", Verb::kRefreshCerts, Fault::kNone, kNoBlock, true},
      {"verbosity 0 noreply", Verb::kVerbosity, Fault::kNone, kNoBlock, true},
      {"verbosity noreply", Verb::kVerbosity, Fault::kBadFormat, kNoBlock, true},
      {"flush_all noreply", Verb::kFlushAll, Fault::kNone, kNoBlock, true},
      {"flush_all 0 noreply", Verb::kFlushAll, Fault::kNone, kNoBlock, true},
      {"flush_all x noreply", Verb::kFlushAll, Fault::kInvalidExptime, kNoBlock, true},
      {"flush_prefix p noreply", Verb::kFlushPrefix, Fault::kNone, kNoBlock, true},
      {"flush_prefix p 5 noreply", Verb::kFlushPrefix, Fault::kNone, kNoBlock, true},
      {"flush_prefix p x noreply", Verb::kFlushPrefix, Fault::kBadFormat, kNoBlock, true},
      {"flush_prefix noreply", Verb::kFlushPrefix, Fault::kNone, kNoBlock, false},
      {"cache_memlimit 64 noreply", Verb::kCacheMemlimit, Fault::kNone, kNoBlock, true},
      {"cache_memlimit 7 noreply", Verb::kCacheMemlimit, Fault::kMemlimitTooSmall, kNoBlock, true},
      {"bogus noreply", Verb::kUnknown, Fault::kUnknownCommand, kNoBlock, true},
      {"bogus a b noreply  ", Verb::kUnknown, Fault::kUnknownCommand, kNoBlock, true},
      {"noreply", Verb::kUnknown, Fault::kUnknownCommand, kNoBlock, false},
  });
}

TEST(parse_command, keys_of_250_and_251_bytes) {
  expect({
      {"get " + kLongest, Verb::kGet},
      {"get " + kTooLong, Verb::kGet, Fault::kBadFormat},
      {"gets " + kTooLong, Verb::kGets, Fault::kBadFormat},
      {"get a " + kTooLong + " a", Verb::kGet, Fault::kBadFormat},
      {"get a " + kLongest + " " + kLongest + "  " + kLongest + " ", Verb::kGet},
      {"get a " + kLongest + " " + kTooLong, Verb::kGet, Fault::kBadFormat},
      {"get a" + std::string(600, ' ') + kLongest + std::string(300, ' '), Verb::kGet},
      {"get " + std::string(60000, 'k'), Verb::kGet, Fault::kBadFormat},
      {"gat 1 " + kLongest, Verb::kGat},
      {"gat 1 " + kTooLong, Verb::kGat, Fault::kBadFormat},
      {"set " + kLongest + " 0 0 1", Verb::kSet, Fault::kNone, 1},
      {"set " + kTooLong + " 0 0 1", Verb::kSet, Fault::kBadFormat, 1},
      {"set " + kTooLong + " 0 0 1 noreply", Verb::kSet, Fault::kBadFormat, 1, true},
      {"add " + kTooLong + " 0 0 1", Verb::kAdd, Fault::kBadFormat, 1},
      {"append " + kTooLong + " 0 0 1", Verb::kAppend, Fault::kBadFormat, 1},
      {"cas " + kTooLong + " 0 0 1 1", Verb::kCas, Fault::kBadFormat, 1},
      {"incr " + kTooLong + " 1", Verb::kIncr, Fault::kBadFormat},
      {"incr " + kTooLong + " x", Verb::kIncr, Fault::kBadFormat},
      {"delete " + kTooLong, Verb::kDelete, Fault::kBadFormat},
      {"touch " + kTooLong + " 1", Verb::kTouch, Fault::kBadFormat},
      {"mg " + kLongest + " v", Verb::kMetaGet},
      {"mg " + kTooLong + " v", Verb::kMetaGet, Fault::kBadFormat},
      {"ms " + kTooLong + " 1", Verb::kMetaSet, Fault::kBadFormat, 1},
      {"md " + kTooLong, Verb::kMetaDelete, Fault::kBadFormat},
      {"ma " + kTooLong, Verb::kMetaArithmetic, Fault::kInvalidOrDuplicateFlag},
      {"me " + kTooLong, Verb::kMetaDebug, Fault::kBadFormat},
  });
}

TEST(parse_command, http_is_closed_in_silence) {
  expect({
      {"GET / HTTP/1.1", Verb::kHttp},
      {"POST /x HTTP/1.0", Verb::kHttp},
      {"zz HTTP/", Verb::kHttp},
      {"HTTP/1.1", Verb::kUnknown, Fault::kUnknownCommand},
      {"GET HTTP/1.1 x", Verb::kUnknown, Fault::kUnknownCommand},
      {"get HTTP/1.1", Verb::kGet},
      {"get / HTTP/1.1", Verb::kGet},
  });
}

TEST(parse_command, words_that_are_ignored) {
  expect({
      {"version", Verb::kVersion},
      {"stats", Verb::kStats},
      {"stats items noreply", Verb::kStats},
      {"slabs", Verb::kSlabs},
      {"slabs reassign 1 2", Verb::kSlabs},
      {"lru mode flat", Verb::kLru},
      {"lru_crawler metadump all", Verb::kLruCrawler},
      {"watch fetchers", Verb::kWatch},
      {"version ", Verb::kVersion},
      {"version 1 2", Verb::kVersion},
      {"quit now", Verb::kQuit},
      {"mn", Verb::kMetaNoop},
      {"mn k v", Verb::kMetaNoop},
      {"me k z", Verb::kMetaDebug},
      {"flush_all", Verb::kFlushAll},
      {"flush_all 0 1", Verb::kFlushAll},
      {"flush_prefix p 0 1", Verb::kFlushPrefix},
      {"flush_prefix " + std::string(250, 'p'), Verb::kFlushPrefix},
  });
}

// ---- what a good line says

TEST(parse_command, reads_store_lines) {
  const Command set = parse_command("set  k  5  -7  2 ");
  EXPECT_EQ(set.key, "k");
  EXPECT_EQ(set.flags, 5U);
  EXPECT_TRUE(set.has_exptime);
  EXPECT_EQ(set.exptime, -7);
  EXPECT_EQ(set.block_bytes, 2U);

  const Command most =
      parse_command("cas :1:a\t\x01\x7f\xc3 4294967295 -2147483648 007 18446744073709551615");
  EXPECT_EQ(most.key, ":1:a\t\x01\x7f\xc3");
  EXPECT_EQ(most.flags, std::numeric_limits<std::uint32_t>::max());
  EXPECT_EQ(most.exptime, std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(most.block_bytes, 7U);
  EXPECT_EQ(most.number, std::numeric_limits<std::uint64_t>::max());

  EXPECT_EQ(parse_command("set k +1 0 1").flags, 1U);
  EXPECT_EQ(parse_command("set k 0 2147483647 1").exptime,
            std::numeric_limits<std::int32_t>::max());
}

TEST(parse_command, reads_keys_and_numbers) {
  EXPECT_EQ(parse_command("incr n 007").number, 7U);
  EXPECT_EQ(parse_command("decr n 18446744073709551615").number,
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_command("touch t -1").exptime, -1);
  EXPECT_EQ(parse_command("verbosity 99").number, 99U);
  EXPECT_EQ(parse_command("cache_memlimit 128").number, 128U);
  EXPECT_EQ(parse_command("delete d 0 noreply").key, "d");
  EXPECT_EQ(parse_command("me foo bar").key, "foo");
  EXPECT_EQ(parse_command("shutdown").key, "");
  EXPECT_EQ(parse_command("shutdown graceful ").key, "graceful");
  EXPECT_EQ(parse_command("shutdown graceful  later").key, "graceful  later");

  EXPECT_FALSE(parse_command("flush_all").has_exptime);
  EXPECT_FALSE(parse_command("flush_all noreply").has_exptime);
  EXPECT_EQ(parse_command("flush_all -1").exptime, -1);
  EXPECT_EQ(parse_command("flush_all 1000 noreply").exptime, 1000);
  EXPECT_EQ(parse_command("flush_prefix p 1000 noreply").exptime, 1000);
  EXPECT_EQ(parse_command("flush_prefix p 1000 noreply").key, "p");
  EXPECT_FALSE(parse_command("flush_prefix p noreply").has_exptime);

  const Command mg = parse_command("mg  k  v  f ");
  EXPECT_EQ(mg.key, "k");
  EXPECT_EQ(mg.rest, "v  f ");
  EXPECT_EQ(parse_command("ms k 10 T0 q").rest, "T0 q");
  EXPECT_EQ(parse_command("ms k 10 T0 q").block_bytes, 10U);
}

std::vector<std::string_view> keys_of(std::string_view line) {
  const Command command = parse_command(line);
  std::vector<std::string_view> keys;
  std::string_view rest = command.rest;
  for (std::string_view key = command.key; !key.empty(); key = next_key(rest)) {
    keys.push_back(key);
  }
  return keys;
}

TEST(next_key, walks_the_keys) {
  using Keys = std::vector<std::string_view>;
  EXPECT_EQ(keys_of("get k"), Keys({"k"}));
  EXPECT_EQ(keys_of("get  k   k "), Keys({"k", "k"}));
  EXPECT_EQ(
      keys_of("gets a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiiiiiiii"),
      Keys({"a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg", "hhhhhhhh", "iiiiiiiii"}));
  EXPECT_EQ(keys_of("gat -1 t nope t2"), Keys({"t", "nope", "t2"}));
  EXPECT_EQ(keys_of("get a\rb noreply"), Keys({"a\rb", "noreply"}));

  std::string_view nothing;
  EXPECT_EQ(next_key(nothing), "");
}

TEST(expiry_of, follows_the_rules_of_memcached) {
  constexpr std::int64_t kNow = 1'800'000'000'123;
  EXPECT_EQ(expiry_of(0, kNow), 0);
  EXPECT_EQ(expiry_of(-1, kNow), -1);
  EXPECT_EQ(expiry_of(std::numeric_limits<std::int64_t>::min(), kNow), -1);
  EXPECT_EQ(expiry_of(1, kNow), kNow + 1000);
  EXPECT_EQ(expiry_of(2592000, kNow), kNow + 2'592'000'000);
  EXPECT_EQ(expiry_of(2592001, kNow), 2'592'001'000);
  EXPECT_EQ(expiry_of(2147483647, kNow), 2'147'483'647'000);
  EXPECT_GT(expiry_of(std::numeric_limits<std::int64_t>::max(), kNow), kNow);
}

}  // namespace
}  // namespace larder::wire::memcache

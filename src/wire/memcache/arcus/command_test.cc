// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/command.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace larder::wire::memcache::arcus {
namespace {

constexpr std::int64_t kNoBlock = -1;
constexpr std::string_view kLoud;
constexpr std::string_view kNoreply = "noreply";
constexpr std::string_view kPipe = "pipe";

const std::string kLongest(limits::kMaxArcusKeyBytes, 'k');
const std::string kTooLong(limits::kMaxArcusKeyBytes + 1, 'k');
const std::string kLongestField(limits::kMaxFieldBytes, 'f');
const std::string kTooLongField(limits::kMaxFieldBytes + 1, 'f');

Command parse(std::string_view line) {
  Command command;
  parse_command(line, {}, command);
  return command;
}

// A line, and how it is judged.
struct Verdict {
  std::string line;
  Verb verb;
  Fault fault = Fault::kNone;
  std::int64_t block = kNoBlock;
  std::string_view reply = kLoud;
};

void expect(const std::vector<Verdict>& verdicts) {
  for (const Verdict& verdict : verdicts) {
    SCOPED_TRACE(verdict.line.substr(0, 200));
    const Command command = parse(verdict.line);
    EXPECT_EQ(command.verb, verdict.verb);
    EXPECT_EQ(reply_of(command.fault), reply_of(verdict.fault));
    EXPECT_EQ(command.noreply, verdict.reply == kNoreply);
    EXPECT_EQ(command.pipe, verdict.reply == kPipe);
    ASSERT_EQ(command.has_block, verdict.block != kNoBlock);
    if (command.has_block) {
      EXPECT_EQ(std::int64_t{command.block_bytes}, verdict.block);
    }
  }
}

std::string words(std::string_view first, int count) {
  std::string line(first);
  for (int i = 1; i < count; ++i) line += " w";
  return line;
}

// ---- what the original made of these lines (its recorded conversations), unless a test says that
// they are silent

TEST(arcus_command, lines_that_are_no_command) {
  constexpr Verb kNone = Verb::kUnknown;
  expect({
      {"foo", kNone, Fault::kNoMatchingCommand},
      {"foo bar baz", kNone, Fault::kNoMatchingCommand},
      {"foo noreply", kNone, Fault::kNoMatchingCommand},
      {"", kNone, Fault::kNoArguments},
      {"   ", kNone, Fault::kNoArguments},
      {"\r", kNone, Fault::kNoMatchingCommand},
      {std::string(1, '\0'), kNone, Fault::kNoMatchingCommand},
      {"version\r", kNone, Fault::kNoMatchingCommand},
      {"GET a", kNone, Fault::kNoMatchingCommand},
      {"get\ta", kNone, Fault::kNoMatchingCommand},
      {std::string("\x80\x0b\0\0", 4), kNone, Fault::kNoMatchingCommand},
      {"bget a", kNone, Fault::kNoMatchingCommand},
      {"verbosity 1", kNone, Fault::kNoMatchingCommand},
      {"keydump", kNone, Fault::kNoMatchingCommand},
      {"stickys", kNone, Fault::kNoMatchingCommand},
      {"me a", kNone, Fault::kNoMatchingCommand},
      {"mg a v", kNone, Fault::kNoMatchingCommand},
      {"sasl mech", kNone, Fault::kNoMatchingCommand},
      {words("foo", 28), kNone, Fault::kNoMatchingCommand},
      {words("foo", 29), kNone, Fault::kTooManyArguments},
      {words("lop", 28), kNone, Fault::kNoMatchingCommand},
      {words("lop", 40), kNone, Fault::kTooManyArguments},
  });
}

TEST(arcus_command, another_number_of_words_is_no_command) {
  for (const std::string_view line : {"get",
                                      "gets",
                                      "mget",
                                      "mget 5",
                                      "mgets 5",
                                      "mget 5 1 1",
                                      "set",
                                      "set a",
                                      "set a 0",
                                      "set a 0 0",
                                      "set a 0 0 1 2 3",
                                      "cas a 0 0 1",
                                      "cas a 0 0 1 2 3 4",
                                      "incr",
                                      "incr a",
                                      "incr a 1 2 3",
                                      "decr a 1 2 noreply",
                                      "incr a 1 0 0 5 6 7",
                                      "delete",
                                      "delete a 0 0 0",
                                      "touch",
                                      "touch a",
                                      "touch a 1 2 3",
                                      "gat 10",
                                      "getattr",
                                      "setattr",
                                      "setattr a",
                                      "lop",
                                      "sop",
                                      "mop",
                                      "bop",
                                      "lop x",
                                      "lop x y",
                                      "mop x y",
                                      "lop get",
                                      "lop get l:a",
                                      "lop create l:s",
                                      "sop insert s:a",
                                      "sop create s:q",
                                      "mop insert m:neg f",
                                      "mop get m:c",
                                      "mop update m:neg f",
                                      "bop insert b:a",
                                      "bop create b:q",
                                      "bop get b:o",
                                      "flush_all 0 0 0",
                                      "flush_prefix",
                                      "flush_prefix p 0 0 0",
                                      "version 1",
                                      "quit now",
                                      "ready now",
                                      "shutdown 1 2",
                                      "scan",
                                      "scan key",
                                      "scan prefix",
                                      "dump",
                                      "config",
                                      "zkensemble",
                                      "scrub foo",
                                      "scrub a b c",
                                      "scrub stale x"}) {
    expect({{std::string(line), Verb::kUnknown, Fault::kNoMatchingCommand}});
  }
}

TEST(arcus_command, member_of_a_family) {
  expect({
      {"lop push l:a 0", Verb::kUnknown, Fault::kBadFormat},
      {"sop foo s:a 1", Verb::kUnknown, Fault::kBadFormat},
      {"mop put m:neg f 1", Verb::kUnknown, Fault::kBadFormat},
      {"bop zap b:a 1", Verb::kUnknown, Fault::kBadFormat},
      {"lop inserts l:a 0 1", Verb::kUnknown, Fault::kBadFormat},
      {"lop inse l:a 0 1", Verb::kUnknown, Fault::kBadFormat},
      {"lop lop l:a 0 1", Verb::kUnknown, Fault::kBadFormat},
      {"scan stuff 0", Verb::kUnknown, Fault::kBadFormat},
      {"dump now", Verb::kUnknown, Fault::kBadFormat},
      {"lop create l:s 1", Verb::kUnknown, Fault::kBadFormat},
      {"lop create l:s 1 0", Verb::kUnknown, Fault::kBadFormat},
      {"lop get l:a 0 delete noreply", Verb::kUnknown, Fault::kBadFormat},
      {"bop insert b:a 1", Verb::kUnknown, Fault::kBadFormat},
      {"bop position b:p 100", Verb::kUnknown, Fault::kBadFormat},
      {"bop gbp b:p asc", Verb::kUnknown, Fault::kBadFormat},
      {"bop smget 3 1", Verb::kUnknown, Fault::kBadFormat},
      {"bop mget 4 1 0..10", Verb::kUnknown, Fault::kBadFormat},
  });
}

TEST(arcus_command, blanks) {
  expect({
      {"set   dbl   0  0  1", Verb::kSet, Fault::kNone, 1},
      {"get dbl ", Verb::kGet},
      {"version ", Verb::kVersion},
      {" version", Verb::kVersion},
      {"  lop   get  l:a   0 ", Verb::kLopGet},
      {"   \r", Verb::kUnknown, Fault::kNoMatchingCommand},
  });
}

TEST(arcus_command, get) {
  std::string line = "get";
  for (int i = 0; i < 3000; ++i) line += " q" + std::to_string(i);
  expect({
      {line, Verb::kGet},
      {"get dbl noreply", Verb::kGet},
      {"get " + kLongest, Verb::kGet},
      {"get " + kTooLong, Verb::kGet, Fault::kBadFormat},
      {"get a " + kTooLong, Verb::kGet, Fault::kBadFormat},
      {"gets a " + kTooLong + " b", Verb::kGets, Fault::kBadFormat},
      {"gat 10 a", Verb::kGat},
      {"gats 10 a b", Verb::kGats},
      {"gat soon a", Verb::kGat, Fault::kInvalidExptime},
  });
  const Command command = parse(" gets  a b  c");
  EXPECT_EQ(command.key, "a");
  EXPECT_EQ(command.rest, "b  c");
  const Command touching = parse("gat -1 a b");
  EXPECT_EQ(touching.exptime, -1);
  EXPECT_EQ(touching.key, "a");
  EXPECT_EQ(touching.rest, "b");
}

TEST(arcus_command, mget) {
  expect({
      {"mget 14 3", Verb::kMget, Fault::kNone, 14},
      {"mgets 9 2", Verb::kMgets, Fault::kNone, 9},
      {"mget 3 2", Verb::kMget, Fault::kNone, 3},
      {"mget 3 3", Verb::kMget, Fault::kBadValue, 3},
      {"mget 3 5", Verb::kMget, Fault::kBadValue, 3},
      {"mget 16000 1", Verb::kMget, Fault::kNone, 16000},
      {"mget 16001 1", Verb::kMget, Fault::kBadValue, 16001},
      {"mget 32001 2", Verb::kMget, Fault::kNone, 32001},
      {"mget 32002 2", Verb::kMget, Fault::kBadValue, 32002},
      {"mget 19999 10000", Verb::kMget, Fault::kNone, 19999},
      {"mget 20001 10001", Verb::kMget, Fault::kBadValue, 20001},
      {"mget 0 0", Verb::kMget, Fault::kBadFormat},
      {"mget 0 1", Verb::kMget, Fault::kBadFormat},
      {"mget 1 0", Verb::kMget, Fault::kBadFormat},
      {"mget x 1", Verb::kMget, Fault::kBadFormat},
      {"mget 5 x", Verb::kMget, Fault::kBadFormat},
      {"mget -1 1", Verb::kMget, Fault::kBadFormat},
      {"mget 4294967293 1", Verb::kMget, Fault::kBadValue, 4294967293},
      {"mget 4294967294 1", Verb::kMget, Fault::kBadFormat},
  });
  EXPECT_EQ(parse("mget 14 3").list_count, 3U);
}

TEST(arcus_command, set) {
  expect({
      {"set kv:fl 4294967295 0 1", Verb::kSet, Fault::kNone, 1},
      {"add k 0 0 0", Verb::kAdd, Fault::kNone, 0},
      {"replace k 0 -1 7", Verb::kReplace, Fault::kNone, 7},
      {"append k 0 4000000000 5 noreply", Verb::kAppend, Fault::kNone, 5, kNoreply},
      {"prepend k 0 0 5", Verb::kPrepend, Fault::kNone, 5},
      {"set a 0 0 1 x", Verb::kSet, Fault::kNone, 1},
      {"set a x 0 1", Verb::kSet, Fault::kBadFormat},
      {"set a -1 0 1", Verb::kSet, Fault::kBadFormat},
      {"set a 4294967296 0 1", Verb::kSet, Fault::kBadFormat},
      {"set a 0 x 1", Verb::kSet, Fault::kBadFormat},
      {"set a 0 9223372036854775808 1", Verb::kSet, Fault::kBadFormat},
      {"set a 0 0 x", Verb::kSet, Fault::kBadFormat},
      {"set a 0 0 -1", Verb::kSet, Fault::kBadFormat},
      {"set a 0 0 2147483645", Verb::kSet, Fault::kNone, 2147483645},
      {"set a 0 0 2147483646", Verb::kSet, Fault::kBadFormat},
      {"set a 0 0 2147483647", Verb::kSet, Fault::kBadFormat},
      {"set a x 0 1 noreply", Verb::kSet, Fault::kBadFormat, kNoBlock, kNoreply},
      {"set " + kLongest + " 0 0 1", Verb::kSet, Fault::kNone, 1},
      {"set " + kTooLong + " 0 0 1", Verb::kSet, Fault::kBadFormat},
      {"set " + kTooLong + " 0 0 1 noreply", Verb::kSet, Fault::kBadFormat, kNoBlock, kNoreply},
      {"set a b:1 0 0 1", Verb::kSet, Fault::kBadFormat},
      {"cas kv:tok 6 0 1 1 noreply", Verb::kCas, Fault::kNone, 1, kNoreply},
      {"cas a 0 0 1 x", Verb::kCas, Fault::kBadFormat},
      {"cas a 0 0 1 18446744073709551616", Verb::kCas, Fault::kBadFormat},
  });
  const Command command = parse("cas kv:tok 6 -2 3 18446744073709551615");
  EXPECT_EQ(command.key, "kv:tok");
  EXPECT_EQ(command.flags, 6U);
  EXPECT_EQ(command.exptime, -2);
  EXPECT_EQ(command.number, 18446744073709551615U);
}

TEST(arcus_command, incr_and_decr) {
  expect({
      {"incr kv:n 5", Verb::kIncr},
      {"decr kv:n 4 noreply", Verb::kDecr, Fault::kNone, kNoBlock, kNoreply},
      {"incr k 1 x", Verb::kIncr},
      {"incr a x", Verb::kIncr, Fault::kInvalidDelta},
      {"incr a -1", Verb::kIncr, Fault::kInvalidDelta},
      {"incr a 1 0 0 x", Verb::kIncr, Fault::kBadFormat},
      {"incr a 1 0 x 1", Verb::kIncr, Fault::kBadFormat},
      {"incr a 1 -1 0 1", Verb::kIncr, Fault::kBadFormat},
      {"incr a 1 0 0 5 6", Verb::kIncr},
      {"incr a 1 0 0 5 noreply", Verb::kIncr, Fault::kNone, kNoBlock, kNoreply},
      {"incr " + kTooLong + " 1", Verb::kIncr, Fault::kBadFormat},
  });
  EXPECT_EQ(parse("incr kv:n 0").number, 0U);
  EXPECT_FALSE(parse("incr kv:n 0").initial);
  const Command command = parse("decr kv:ctr 5 11 100 7");
  EXPECT_EQ(command.number, 5U);
  EXPECT_EQ(command.flags, 11U);
  EXPECT_EQ(command.exptime, 100);
  EXPECT_EQ(command.initial, 7U);
}

TEST(arcus_command, delete_and_touch) {
  expect({
      {"delete kv:d", Verb::kDelete},
      {"delete kv:d 0", Verb::kDelete},
      {"delete kv:d noreply", Verb::kDelete, Fault::kNone, kNoBlock, kNoreply},
      {"delete kv:d 0 noreply", Verb::kDelete, Fault::kNone, kNoBlock, kNoreply},
      {"delete a 0 0", Verb::kDelete, Fault::kDeleteUsage},
      {"delete a x noreply", Verb::kDelete, Fault::kDeleteUsage, kNoBlock, kNoreply},
      {"delete a 5", Verb::kDelete, Fault::kDeleteUsage},
      {"delete " + kTooLong, Verb::kDelete, Fault::kBadFormat},
      {"touch kv:a 100", Verb::kTouch},
      {"touch kv:a 77 noreply", Verb::kTouch, Fault::kNone, kNoBlock, kNoreply},
      {"touch a 1 2", Verb::kTouch},
      {"touch kv:a soon", Verb::kTouch, Fault::kBadValue},
      {"touch " + kTooLong + " 1", Verb::kTouch, Fault::kBadFormat},
  });
  EXPECT_EQ(parse("touch kv:a -1").exptime, -1);
}

TEST(arcus_command, attributes) {
  expect({
      {"getattr a:kv", Verb::kGetattr},
      {words("getattr k", 12), Verb::kGetattr},
      {words("getattr k", 13), Verb::kUnknown, Fault::kNoMatchingCommand},
      {"setattr a:kv expiretime=1=2", Verb::kSetattr},
      {"setattr a:kv expiretime=0 noreply", Verb::kSetattr},
      {"getattr " + kTooLong, Verb::kGetattr, Fault::kBadFormat},
      {"setattr " + kTooLong + " expiretime=1", Verb::kSetattr, Fault::kBadFormat},
  });
  EXPECT_EQ(parse("getattr a:l  maxcount type").key, "a:l");
  EXPECT_EQ(parse("getattr a:l  maxcount type").rest, "maxcount type");
}

TEST(arcus_command, creation) {
  expect({
      {"lop create l:e 0 0 3 error", Verb::kLopCreate},
      {"lop create l:x 0 0 3 smallest_trim", Verb::kLopCreate, Fault::kBadFormat},
      {"sop create s:x 0 0 2 tail_trim", Verb::kSopCreate, Fault::kBadFormat},
      {"sop create s:x 0 0 2 error", Verb::kSopCreate},
      {"mop create m:x 0 0 4 smallest_trim", Verb::kMopCreate, Fault::kBadFormat},
      {"bop create b:x 0 0 3 tail_trim", Verb::kBopCreate, Fault::kBadFormat},
      {"bop create b:x 0 0 3 largest_silent_trim", Verb::kBopCreate},
      {"lop create e:l x 0 0", Verb::kLopCreate, Fault::kBadFormat},
      {"lop create e:l 0 x 0", Verb::kLopCreate, Fault::kBadFormat},
      {"lop create e:l 0 0 x", Verb::kLopCreate, Fault::kBadFormat},
      {"lop create a:st -1 -1 0", Verb::kLopCreate, Fault::kBadFormat},
      {"lop create e:l 0 0 0 odd", Verb::kLopCreate, Fault::kBadFormat},
      {"lop create e:l 0 0 0 error odd", Verb::kLopCreate, Fault::kBadFormat},
      {"lop create e:l 0 0 0 unreadable error", Verb::kLopCreate, Fault::kBadFormat},
      {"lop create e:l 0 0 0 error unreadable noreply", Verb::kLopCreate, Fault::kNone, kNoBlock,
       kNoreply},
      {"lop create p:cp 0 0 0 pipe", Verb::kLopCreate, Fault::kBadFormat},
      {"sop insert e:s 1 create", Verb::kSopInsert, Fault::kBadFormat},
      {"sop insert e:s 1 make 0 0 0", Verb::kSopInsert, Fault::kBadFormat},
      {"sop insert e:s 1 create 0 0 0 tail_trim", Verb::kSopInsert, Fault::kBadFormat},
      {"lop insert l:new2 0 1 create 9", Verb::kLopInsert, Fault::kNone, 1},
  });
  const Command command = parse("bop insert b 1 1 create 9 -1 -2 smallest_silent_trim unreadable");
  ASSERT_TRUE(command.create);
  EXPECT_EQ(command.create->flags, 9U);
  EXPECT_EQ(command.create->exptime, -1);
  EXPECT_EQ(command.create->maxcount, -2);
  EXPECT_EQ(command.create->overflow, Overflow::kSmallestSilentTrim);
  EXPECT_TRUE(command.create->unreadable);
  EXPECT_EQ(parse("lop create l:m0 0 0 0").create->overflow, Overflow::kDefault);
  EXPECT_TRUE(parse("lop create l:u2 0 0 3 unreadable").create->unreadable);
  EXPECT_FALSE(parse("lop insert l 0 1").create);
}

TEST(arcus_command, overflow_actions) {
  for (const std::string_view name :
       {"error", "head_trim", "tail_trim", "smallest_trim", "largest_trim", "smallest_silent_trim",
        "largest_silent_trim"}) {
    ASSERT_TRUE(overflow_of(name)) << name;
    EXPECT_EQ(name_of(*overflow_of(name)), name);
  }
  for (const std::string_view name : {"", "nothing", "Error", "head_tri", "head_trimm"}) {
    EXPECT_FALSE(overflow_of(name)) << name;
  }
}

TEST(arcus_command, lop) {
  expect({
      {"lop insert l:a -1 3", Verb::kLopInsert, Fault::kNone, 3},
      {"lop insert l:m0 0 1 noreply", Verb::kLopInsert, Fault::kNone, 1, kNoreply},
      {"lop insert p:l 0 1 create 1 0 0 pipe", Verb::kLopInsert, Fault::kNone, 1, kPipe},
      {"lop insert l:m0 0 16382", Verb::kLopInsert, Fault::kNone, 16382},
      {"lop insert l:m0 0 16383", Verb::kLopInsert, Fault::kTooLargeValue, 16383},
      {"lop insert p:l 0 16383 pipe", Verb::kLopInsert, Fault::kTooLargeValue, 16383, kPipe},
      {"lop insert l:m0 x 1", Verb::kLopInsert, Fault::kBadFormat},
      {"lop insert p:l zz 1 pipe", Verb::kLopInsert, Fault::kBadFormat, kNoBlock, kPipe},
      {"lop insert l:m0 2147483648 1", Verb::kLopInsert, Fault::kBadFormat},
      {"lop insert l:m0 0 -1", Verb::kLopInsert, Fault::kBadFormat},
      {"lop insert l:m0 0 noreply", Verb::kLopInsert, Fault::kBadFormat, kNoBlock, kNoreply},
      {"lop get l:a 0..", Verb::kLopGet, Fault::kBadFormat},
      {"lop get l:a x", Verb::kLopGet, Fault::kBadFormat},
      {"lop get l:a 0 purge", Verb::kLopGet, Fault::kBadFormat},
      {"lop get l:a 0 noreply", Verb::kLopGet, Fault::kBadFormat},
      {"lop get " + kTooLong + " 0", Verb::kLopGet, Fault::kBadFormat},
      {"lop delete " + kTooLong + " 0 noreply", Verb::kLopDelete, Fault::kBadFormat},
      {"lop delete l:m0 0 noreply", Verb::kLopDelete, Fault::kNone, kNoBlock, kNoreply},
      {"lop delete l:m0 0 drop pipe", Verb::kLopDelete, Fault::kNone, kNoBlock, kPipe},
      {"lop delete l:m0 0 noreply drop", Verb::kLopDelete, Fault::kBadFormat},
      {"lop delete l:m0 0 delete", Verb::kLopDelete, Fault::kBadFormat},
  });
  const Command command = parse("lop get l:a -1..0 drop");
  EXPECT_EQ(command.key, "l:a");
  EXPECT_EQ(command.from, -1);
  EXPECT_EQ(command.to, 0);
  EXPECT_EQ(command.removal, Removal::kDrop);
  EXPECT_EQ(parse("lop get l:a 2").to, 2);
  EXPECT_EQ(parse("lop get l:a 0..1 delete").removal, Removal::kDelete);
  EXPECT_EQ(parse("lop delete l:a 0").removal, Removal::kNone);
  EXPECT_EQ(parse("lop insert l:a -7 1").from, -7);
}

TEST(arcus_command, sop) {
  expect({
      {"sop insert s:a 5", Verb::kSopInsert, Fault::kNone, 5},
      {"sop insert s:b 0", Verb::kSopInsert, Fault::kNone, 0},
      {"sop insert p:s 1 create 1 0 0 pipe", Verb::kSopInsert, Fault::kNone, 1, kPipe},
      {"sop insert s:n 16383", Verb::kSopInsert, Fault::kTooLargeValue, 16383},
      {"sop insert e:s -1", Verb::kSopInsert, Fault::kBadFormat},
      {"sop insert s:a x", Verb::kSopInsert, Fault::kBadFormat},
      {"sop exist s:a 3", Verb::kSopExist, Fault::kNone, 3},
      {"sop exist p:s 1 pipe", Verb::kSopExist, Fault::kNone, 1, kPipe},
      {"sop exist p:s 1 noreply", Verb::kSopExist, Fault::kNone, 1},
      {"sop exist s:a 16383", Verb::kSopExist, Fault::kTooLargeValue, 16383},
      {"sop delete s:a 16383", Verb::kSopDelete, Fault::kTooLargeValue, 16383},
      {"sop delete s:b 0 noreply", Verb::kSopDelete, Fault::kNone, 0, kNoreply},
      {"sop delete s:e 3 drop", Verb::kSopDelete, Fault::kNone, 3},
      {"sop delete s:b 1 purge", Verb::kSopDelete, Fault::kBadFormat},
      {"sop get s:a 1000", Verb::kSopGet},
      {"sop get s:a 1001", Verb::kSopGet, Fault::kTooManyCount},
      {"sop get s:a -1", Verb::kSopGet, Fault::kBadFormat},
      {"sop get s:a 0 gone", Verb::kSopGet, Fault::kBadFormat},
      {"sop get " + kTooLong + " 0", Verb::kSopGet, Fault::kBadFormat},
  });
  EXPECT_EQ(parse("sop get s:a 9 drop").count, 9U);
  EXPECT_EQ(parse("sop get s:a 9 drop").removal, Removal::kDrop);
  EXPECT_EQ(parse("sop delete s:e 3 drop").removal, Removal::kDrop);
}

TEST(arcus_command, mop) {
  expect({
      {"mop insert m:a f1 2", Verb::kMopInsert, Fault::kNone, 2},
      {"mop upsert m:uc k 1 create 1 0 0", Verb::kMopUpsert, Fault::kNone, 1},
      {"mop upsert m:c city 4 noreply", Verb::kMopUpsert, Fault::kNone, 4, kNoreply},
      {"mop update p:m f 1 pipe", Verb::kMopUpdate, Fault::kNone, 1, kPipe},
      {"mop update m:c age 16383", Verb::kMopUpdate, Fault::kTooLargeValue, 16383},
      {"mop insert m:neg " + kLongestField + " 1", Verb::kMopInsert, Fault::kNone, 1},
      {"mop insert m:neg " + kTooLongField + " 1", Verb::kMopInsert, Fault::kTooLongField},
      {"mop update m:neg " + kTooLongField + " 1", Verb::kMopUpdate, Fault::kTooLongField},
      {"mop insert e:m f -5", Verb::kMopInsert, Fault::kBadFormat},
      {"mop insert m:neg f x", Verb::kMopInsert, Fault::kBadFormat},
      {"mop get m:c 4 1", Verb::kMopGet, Fault::kNone, 4},
      {"mop get m:c 0 0", Verb::kMopGet},
      {"mop get m:c 0 0 drop", Verb::kMopGet},
      {"mop get m:c 0 0 keep", Verb::kMopGet, Fault::kBadFormat},
      {"mop get m:c 0 1", Verb::kMopGet, Fault::kBadFormat},
      {"mop get m:c 1 0", Verb::kMopGet, Fault::kBadFormat},
      {"mop get m:c x 1", Verb::kMopGet, Fault::kBadFormat},
      {"mop get m:c 4 5", Verb::kMopGet, Fault::kBadValue, 4},
      {"mop get m:c 250 1", Verb::kMopGet, Fault::kNone, 250},
      {"mop get m:c 251 1", Verb::kMopGet, Fault::kBadValue, 251},
      {"mop get m:c 300 1", Verb::kMopGet, Fault::kBadValue, 300},
      {"mop get m:c 253 2", Verb::kMopGet, Fault::kNone, 253},
      {"mop get m:c 99999 50000", Verb::kMopGet, Fault::kNone, 99999},
      {"mop get m:c 100001 50001", Verb::kMopGet, Fault::kBadValue, 100001},
      {"mop delete m:neg 4 5", Verb::kMopDelete, Fault::kBadValue, 4},
      {"mop delete m:uc 1 1 drop noreply", Verb::kMopDelete, Fault::kNone, 1, kNoreply},
      {"mop delete p:m 1 1 pipe", Verb::kMopDelete, Fault::kNone, 1, kPipe},
      {"mop delete m:dd 0 0 drop", Verb::kMopDelete},
      {"mop get " + kTooLong + " 0 0", Verb::kMopGet, Fault::kBadFormat},
  });
  EXPECT_EQ(parse("mop insert m:a f1 2").field, "f1");
  EXPECT_EQ(parse("mop get m:c 9 2 delete").list_count, 2U);
  EXPECT_EQ(parse("mop get m:c 9 2 delete").removal, Removal::kDelete);
  EXPECT_EQ(parse("mop delete m:c 9 2 drop").removal, Removal::kDrop);
}

TEST(arcus_command, limits_that_operators_change) {
  Command command;
  parse_command("lop insert l 0 16382", {.element_bytes = 1024, .map_elements = 1}, command);
  EXPECT_EQ(command.fault, Fault::kTooLargeValue);
  parse_command("lop insert l 0 1022", {.element_bytes = 1024, .map_elements = 1}, command);
  EXPECT_EQ(command.fault, Fault::kNone);
  parse_command("mop get m 3 2", {.element_bytes = 1024, .map_elements = 1}, command);
  EXPECT_EQ(command.fault, Fault::kBadValue);
}

// ---- b+trees

std::string hex(std::size_t bytes) { return "0x" + std::string(2 * bytes, 'A'); }

TEST(arcus_command, bop_insert) {
  expect({
      {"bop insert b:a 30 6", Verb::kBopInsert, Fault::kNone, 6},
      {"bop insert b:a 20 0x00ff 6", Verb::kBopInsert, Fault::kNone, 6},
      {"bop upsert b:a 40 5 noreply", Verb::kBopUpsert, Fault::kNone, 5, kNoreply},
      {"bop upsert p:b 2 0x01 1 pipe", Verb::kBopUpsert, Fault::kNone, 1, kPipe},
      {"bop insert b:s 50 5 getrim", Verb::kBopInsert, Fault::kNone, 5},
      {"bop insert b:stc 1 1 create 0 0 1 smallest_trim getrim", Verb::kBopInsert, Fault::kNone, 1},
      {"bop insert b:stc 1 0x01 1 create 0 0 1 smallest_trim unreadable pipe", Verb::kBopInsert,
       Fault::kNone, 1, kPipe},
      {"bop insert b:c 51 16383", Verb::kBopInsert, Fault::kTooLargeValue, 16383},
      {"bop insert b:c 18446744073709551616 3", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:c -1 1", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:c 1..2 1", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:c 53 " + hex(31) + " 1", Verb::kBopInsert, Fault::kNone, 1},
      {"bop insert b:c 54 " + hex(32) + " 1", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:c 54 0xABC 1", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:c 54 255 1", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:h " + hex(31) + " 4", Verb::kBopInsert, Fault::kNone, 4},
      {"bop insert b:h " + hex(32) + " 4", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:a 1 x", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:a 1 0x01", Verb::kBopInsert, Fault::kBadFormat},
      {"bop insert b:a 1 0x01 pipe", Verb::kBopInsert, Fault::kBadFormat, kNoBlock, kPipe},
      {"bop insert e:b 1 -1", Verb::kBopInsert, Fault::kBadFormat},
  });
  const Command command = parse("bop insert b:c 18446744073709551615 0x0aB0 3 getrim");
  EXPECT_EQ(command.range.from, base::Bkey::of(18446744073709551615U));
  EXPECT_EQ(command.eflag.view(), "\x0a\xb0");
  EXPECT_TRUE(command.returns_trimmed);
  EXPECT_TRUE(parse("bop insert b:c 1 3").eflag.empty());
}

TEST(arcus_command, bop_update) {
  expect({
      {"bop update b:a 30 8", Verb::kBopUpdate, Fault::kNone, 8},
      {"bop update b:a 30 0x0102 2", Verb::kBopUpdate, Fault::kNone, 2},
      {"bop update b:a 30 0x0F -1", Verb::kBopUpdate},
      {"bop update b:a 30 -1", Verb::kBopUpdate},
      {"bop update p:b 5 -1 pipe", Verb::kBopUpdate, Fault::kNone, kNoBlock, kPipe},
      {"bop update b:a 20 0 | 0x01 4", Verb::kBopUpdate, Fault::kNone, 4},
      {"bop update b:a 10 3 noreply", Verb::kBopUpdate, Fault::kNone, 3, kNoreply},
      {"bop update b:a 20 30 | 0x01 -1", Verb::kBopUpdate},
      {"bop update b:a 20 31 | 0x01 -1", Verb::kBopUpdate, Fault::kBadFormat},
      {"bop update b:a 20 0 + 0x01 -1", Verb::kBopUpdate, Fault::kBadFormat},
      {"bop update b:a 20 0 | -1", Verb::kBopUpdate, Fault::kBadFormat},
      {"bop update b:a 20 1 -1", Verb::kBopUpdate, Fault::kBadFormat},
      {"bop update b:a 20 -2", Verb::kBopUpdate, Fault::kBadFormat},
      {"bop update b:a 10 16383", Verb::kBopUpdate, Fault::kTooLargeValue, 16383},
      {"bop update b:a 10..20 1", Verb::kBopUpdate, Fault::kBadFormat},
      {"bop update b:a 1", Verb::kUnknown, Fault::kBadFormat},
  });
  EXPECT_FALSE(parse("bop update b:a 30 2").eflag_update);
  EXPECT_FALSE(parse("bop update b:a 30 2").keeps_value);
  EXPECT_TRUE(parse("bop update b:a 30 -1").keeps_value);
  const Command removal = parse("bop update b:a 30 0 -1");
  ASSERT_TRUE(removal.eflag_update);
  EXPECT_EQ(removal.eflag_update->apply("\x01"), base::Eflag());
  const Command masked = parse("bop update b:a 20 1 & 0x0F -1");
  ASSERT_TRUE(masked.eflag_update);
  EXPECT_EQ(masked.eflag_update->offset, 1U);
  EXPECT_EQ(masked.eflag_update->how, base::Bitwise::kAnd);
  EXPECT_EQ(masked.eflag_update->eflag.view(), "\x0f");
  const Command idle = parse("bop update b:a 20 0 | 0 -1");
  ASSERT_TRUE(idle.eflag_update);
  EXPECT_EQ(idle.eflag_update->apply("\x0f")->view(), "\x0f");
}

TEST(arcus_command, bop_delete) {
  expect({
      {"bop delete b:o 3..10 2", Verb::kBopDelete},
      {"bop delete b:o 0..100 drop", Verb::kBopDelete},
      {"bop delete b:f 0..100 0 EQ 0x01 1", Verb::kBopDelete},
      {"bop delete b:f 0..100 0 & 0x01 EQ 0x01 1 drop pipe", Verb::kBopDelete, Fault::kNone,
       kNoBlock, kPipe},
      {"bop delete b:o 6 noreply", Verb::kBopDelete, Fault::kNone, kNoBlock, kNoreply},
      {"bop delete b:o 6 1 2", Verb::kBopDelete, Fault::kBadFormat},
      {"bop delete b:o 6 drop 1", Verb::kBopDelete, Fault::kBadFormat},
      {"bop delete b:o 6 delete", Verb::kBopDelete, Fault::kBadFormat},
  });
  const Command command = parse("bop delete b:o 10..3 0 NE 0x01 2 drop");
  EXPECT_TRUE(command.range.is_downwards());
  EXPECT_EQ(command.filter.text, "0 NE 0x01");
  EXPECT_EQ(command.count, 2U);
  EXPECT_EQ(command.removal, Removal::kDrop);
}

TEST(arcus_command, bop_incr_and_decr) {
  expect({
      {"bop incr b:i 1 5", Verb::kBopIncr},
      {"bop decr b:i 4 5 7 0xAABB", Verb::kBopDecr},
      {"bop incr b:i 3 1 noreply", Verb::kBopIncr, Fault::kNone, kNoBlock, kNoreply},
      {"bop decr p:b 1 3 pipe", Verb::kBopDecr, Fault::kNone, kNoBlock, kPipe},
      {"bop incr b:i 1 0", Verb::kBopIncr, Fault::kBadFormat},
      {"bop incr b:i 1 -1", Verb::kBopIncr, Fault::kBadFormat},
      {"bop incr b:i 1 x", Verb::kBopIncr, Fault::kBadFormat},
      {"bop incr b:i 1..2 1", Verb::kBopIncr, Fault::kBadFormat},
      {"bop incr b:i 3 1 z", Verb::kBopIncr, Fault::kBadFormat},
      {"bop incr b:i 3 1 1 99", Verb::kBopIncr, Fault::kBadFormat},
  });
  const Command command = parse("bop incr b:h 0x77 1 5 0x01");
  EXPECT_EQ(command.range.from.bytes(), "\x77");
  EXPECT_EQ(command.number, 1U);
  EXPECT_EQ(command.initial, 5U);
  EXPECT_EQ(command.eflag.view(), "\x01");
  EXPECT_FALSE(parse("bop incr b:i 1 5").initial);
}

TEST(arcus_command, bop_get) {
  expect({
      {"bop get b:a 0..100", Verb::kBopGet},
      {"bop get b:h 0x00..0xFFFF", Verb::kBopGet},
      {"bop get b:o 1..10 2 3", Verb::kBopGet},
      {"bop get b:f 0..100 0 GE 0x02 1 2 delete", Verb::kBopGet},
      {"bop get b:o 1..0x05", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:h 0x00..9", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:h 0x123", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:h 0x", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:h 0xZZ", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:h 0XAB", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:o x", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:o 1..", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:o 1...5", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:o 1..10 1 2 3", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:o 1..10 -1", Verb::kBopGet, Fault::kBadFormat},
      {"bop get b:o 1..10 noreply", Verb::kBopGet, Fault::kBadFormat},
      {"bop count b:o 3..7", Verb::kBopCount},
      {"bop count b:f 2 0 EQ 0x03", Verb::kBopCount},
      {"bop count b:f 2 1", Verb::kBopCount, Fault::kBadFormat},
      {"bop count b:f 2 0 EQ 0x03 1", Verb::kBopCount, Fault::kBadFormat},
  });
  const Command command = parse("bop get b:o 10..1 2 3 drop");
  EXPECT_EQ(command.range.from, base::Bkey::of(10));
  EXPECT_EQ(command.range.to, base::Bkey::of(1));
  EXPECT_EQ(command.offset, 2U);
  EXPECT_EQ(command.count, 3U);
  EXPECT_EQ(command.removal, Removal::kDrop);
  EXPECT_FALSE(command.filter);
  EXPECT_EQ(parse("bop get b:o 20").range.to, base::Bkey::of(20));
  EXPECT_EQ(parse("bop get b:o 20 7").count, 7U);
}

TEST(arcus_command, bop_positions) {
  expect({
      {"bop position b:p 100 asc", Verb::kBopPosition},
      {"bop position b:p 100 up", Verb::kBopPosition, Fault::kBadFormat},
      {"bop position b:p 1..2 asc", Verb::kBopPosition, Fault::kBadFormat},
      {"bop gbp b:p desc 3..1", Verb::kBopGbp},
      {"bop gbp b:p up 0", Verb::kBopGbp, Fault::kBadFormat},
      {"bop gbp b:p asc -1", Verb::kBopGbp, Fault::kBadFormat},
      {"bop gbp b:p asc 0..", Verb::kBopGbp, Fault::kBadFormat},
      {"bop pwg b:p 300 asc", Verb::kBopPwg},
      {"bop pwg b:p 300 desc 100", Verb::kBopPwg},
      {"bop pwg b:p 300 asc 101", Verb::kBopPwg, Fault::kTooLargeCount},
      {"bop pwg b:p 300 asc x", Verb::kBopPwg, Fault::kBadFormat},
  });
  EXPECT_TRUE(parse("bop position b:p 100 desc").descending);
  EXPECT_FALSE(parse("bop position b:p 100 asc").descending);
  EXPECT_EQ(parse("bop gbp b:p desc 3..1").from, 3);
  EXPECT_EQ(parse("bop gbp b:p desc 3..1").to, 1);
  EXPECT_EQ(parse("bop pwg b:p 0x02 asc 7").count, 7U);
}

TEST(arcus_command, bop_mget_and_smget) {
  expect({
      {"bop mget 9 2 1..10 10", Verb::kBopMget, Fault::kNone, 9},
      {"bop mget 9 2 0..10 0 GE 0x02 10", Verb::kBopMget, Fault::kNone, 9},
      {"bop mget 4 1 0..10 50", Verb::kBopMget, Fault::kNone, 4},
      {"bop mget 4 1 0..10 51", Verb::kBopMget, Fault::kBadValue, 4},
      {"bop mget 4 1 0..10 0", Verb::kBopMget, Fault::kBadValue, 4},
      {"bop mget 999 200 0..10 1", Verb::kBopMget, Fault::kNone, 999},
      {"bop mget 1004 201 0..10 1", Verb::kBopMget, Fault::kBadValue, 1004},
      {"bop mget 4 1 0..10 1 duplicate", Verb::kBopMget, Fault::kBadFormat},
      {"bop smget 7 2 0..100 10", Verb::kBopSmget, Fault::kNone, 7},
      {"bop smget 7 2 0..100 0 & 0x01 EQ 0x00 1 2 unique", Verb::kBopSmget, Fault::kNone, 7},
      {"bop smget 7 2 0..100 2000 duplicate", Verb::kBopSmget, Fault::kNone, 7},
      {"bop smget 7 2 0..100 2001 duplicate", Verb::kBopSmget, Fault::kBadValue, 7},
      {"bop smget 7 2 0..100 1000 1001 duplicate", Verb::kBopSmget, Fault::kBadValue, 7},
      {"bop smget 7 2 0..100 4294967295 2", Verb::kBopSmget, Fault::kBadValue, 7},
      {"bop smget 7 2 0..100 0 duplicate", Verb::kBopSmget, Fault::kBadValue, 7},
      {"bop smget 3 5 0..100 10 duplicate", Verb::kBopSmget, Fault::kBadValue, 3},
      {"bop smget 3 1 0..100 duplicate", Verb::kBopSmget, Fault::kBadFormat},
      {"bop smget 3 1 0..100 x duplicate", Verb::kBopSmget, Fault::kBadFormat},
      {"bop smget 0 0 0..100 1 duplicate", Verb::kBopSmget, Fault::kBadFormat},
      {"bop smget 3 1 0..0x10 1 duplicate", Verb::kBopSmget, Fault::kBadFormat},
      {"bop smget 7 2 0..100 10 distinct", Verb::kBopSmget, Fault::kBadFormat},
      {"bop smget 7 2 0..100 0 EQ 0x01 duplicate", Verb::kBopSmget, Fault::kBadFormat},
  });
  const Command command = parse("bop smget 7 2 100..0 0 EQ 0x01 1 3 duplicate");
  EXPECT_EQ(command.list_count, 2U);
  EXPECT_EQ(command.offset, 1U);
  EXPECT_EQ(command.count, 3U);
  EXPECT_EQ(command.mode, SmgetMode::kDuplicate);
  EXPECT_TRUE(command.range.is_downwards());
  EXPECT_EQ(command.filter.text, "0 EQ 0x01");
  EXPECT_EQ(parse("bop smget 7 2 30 5 unique").mode, SmgetMode::kUnique);
  EXPECT_EQ(parse("bop smget 7 2 30 5").mode, SmgetMode::kOld);
}

// ---- operations

TEST(arcus_command, operations) {
  expect({
      {"flush_all", Verb::kFlushAll},
      {"flush_all noreply", Verb::kFlushAll, Fault::kNone, kNoBlock, kNoreply},
      {"flush_all 2 noreply", Verb::kFlushAll, Fault::kNone, kNoBlock, kNoreply},
      {"flush_all 1 2", Verb::kFlushAll},
      {"flush_all -1", Verb::kFlushAll, Fault::kBadFormat},
      {"flush_all now", Verb::kFlushAll, Fault::kBadFormat},
      {"flush_prefix page noreply", Verb::kFlushPrefix, Fault::kNone, kNoBlock, kNoreply},
      {"flush_prefix red -1", Verb::kFlushPrefix, Fault::kBadFormat},
      {"flush_prefix red x", Verb::kFlushPrefix, Fault::kBadFormat},
      {"flush_prefix red 0 0", Verb::kFlushPrefix},
      {"flush_prefix " + std::string(250, 'p'), Verb::kFlushPrefix},
      {"flush_prefix " + std::string(251, 'p'), Verb::kFlushPrefix, Fault::kPrefixTooLong},
      {"scan key 0 count 5 x", Verb::kScanKey},
      {"scan prefix 0", Verb::kScanPrefix},
      {"dump stop", Verb::kDumpStop},
      {"dump stop now", Verb::kUnknown, Fault::kBadFormat},
      {"dump start key p file", Verb::kDumpStart},
      {"scrub", Verb::kScrub},
      {"scrub stale", Verb::kScrub},
      {"config maxconns 1 2", Verb::kConfig},
      {"stats", Verb::kStats},
      {"cmdlog start", Verb::kCmdlog},
      {"lqdetect", Verb::kLqdetect},
      {"zkensemble get", Verb::kZkensemble},
      {"ready", Verb::kReady},
      {"help nothing", Verb::kHelp},
      {"version", Verb::kVersion},
      {"shutdown 5", Verb::kShutdown},
      {"quit", Verb::kQuit},
  });
  EXPECT_EQ(parse("flush_all 2").exptime, 2);
  EXPECT_EQ(parse("flush_prefix blue 3").exptime, 3);
  EXPECT_EQ(parse("flush_prefix blue 3").key, "blue");
  EXPECT_EQ(parse("scan key 0  count 5").rest, "0  count 5");
  EXPECT_EQ(parse("stats prefixlist item red").rest, "prefixlist item red");
  EXPECT_EQ(parse("dump start key file").rest, "key file");
}

// A command is used again: what a verb has use for is its own line's.
TEST(arcus_command, leaves_nothing_of_the_line_before) {
  Command command;
  parse_command("bop smget 7 2 100..0 0 EQ 0x01 1 3 unique", {}, command);
  parse_command("incr k 1 2 3 4 noreply", {}, command);
  EXPECT_FALSE(command.has_block);
  EXPECT_EQ(command.list_count, 0U);
  parse_command("lop insert l 0 1 create 0 0 0 pipe", {}, command);
  EXPECT_FALSE(command.filter || command.initial || command.noreply);
  EXPECT_EQ(command.count, 0U);
  parse_command("get k", {}, command);
  EXPECT_FALSE(command.pipe || command.has_block);
  parse_command("lop get l 0", {}, command);
  EXPECT_FALSE(command.create);
}

TEST(arcus_command, expiry) {
  constexpr std::int64_t kNow = 1'000'000'000'000;
  EXPECT_EQ(expiry_of(0, kNow), 0);
  EXPECT_EQ(expiry_of(-1, kNow), kSticky);
  EXPECT_EQ(expiry_of(-2, kNow), -1);
  EXPECT_EQ(expiry_of(2'592'000, kNow), kNow + 2'592'000'000);
  EXPECT_EQ(expiry_of(2'592'001, kNow), 2'592'001'000);
}

}  // namespace
}  // namespace larder::wire::memcache::arcus

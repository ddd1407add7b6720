// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"
#include "wire/memcache/arcus/command.h"

namespace larder::wire::memcache::arcus {
namespace {

Command parse(const std::string& filter) {
  Command command;
  static std::string line;  // the command points into it
  line = "bop get b 0..100 " + filter;
  parse_command(line, {}, command);
  return command;
}

bool is_filter(const std::string& text) {
  const Command command = parse(text);
  if (command.fault != Fault::kNone) return false;
  EXPECT_EQ(command.filter.text, text);
  return true;
}

std::string list_of(std::size_t values) {
  std::string list = "0x00";
  for (std::size_t i = 1; i < values; ++i) list += ",0x01";
  return list;
}

TEST(arcus_filter, says_what_was_sent) {
  const base::EflagFilter plain = filter_of(parse("1  EQ 0x0a0B,0xFFff").filter);
  EXPECT_EQ(plain.offset, 1U);
  EXPECT_FALSE(plain.mask_how);
  EXPECT_EQ(plain.compare, base::EflagFilter::Compare::kEqual);
  ASSERT_EQ(plain.values.size(), 2U);
  EXPECT_EQ(plain.values[0].view(), "\x0a\x0b");
  EXPECT_EQ(plain.values[1].view(), "\xff\xff");
  const base::EflagFilter masked = filter_of(parse("30 ^ 0x80 GE 0x02").filter);
  EXPECT_EQ(masked.offset, 30U);
  EXPECT_EQ(masked.mask_how, base::Bitwise::kXor);
  EXPECT_EQ(masked.mask.view(), "\x80");
  EXPECT_EQ(masked.compare, base::EflagFilter::Compare::kGreaterOrEqual);
}

TEST(arcus_filter, admits_what_the_original_admits) {
  struct Case {
    std::string filter;
    std::string eflags;  // of one byte each, that pass
  };
  const std::string all = "\x01\x02\x03\x80\xff";
  for (const Case& c : {
           Case{"0 EQ 0x02", "\x02"},
           {"0 NE 0x02", "\x01\x03\x80\xff"},
           {"0 LT 0x02", "\x01"},
           {"0 LE 0x02", "\x01\x02"},
           {"0 GT 0x02", "\x03\x80\xff"},
           {"0 GE 0x02", "\x02\x03\x80\xff"},
           {"0 EQ 0x01,0x03,0xFF", "\x01\x03\xff"},
           {"0 NE 0x01,0x03,0xFF", "\x02\x80"},
           {"0 & 0x01 EQ 0x01", "\x01\x03\xff"},
           {"0 | 0x02 EQ 0x03", "\x01\x03"},
           {"0 ^ 0xFF GT 0xFC", "\x01\x02"},
           {"0 & 0x03 EQ 0x01,0x02", "\x01\x02"},
           {"1 NE 0x05", all},
           {"1 LT 0x05", ""},
       }) {
    const base::EflagFilter filter = filter_of(parse(c.filter).filter);
    std::string admitted;
    for (const char eflag : all) {
      if (filter.admits({&eflag, 1})) admitted += eflag;
    }
    EXPECT_EQ(admitted, c.eflags) << c.filter;
  }
}

TEST(arcus_filter, limits) {
  EXPECT_TRUE(is_filter("0 EQ " + list_of(limits::kMaxFilterValues)));
  EXPECT_FALSE(is_filter("0 EQ " + list_of(limits::kMaxFilterValues + 1)));
  EXPECT_TRUE(is_filter("30 EQ 0x01"));
  EXPECT_FALSE(is_filter("31 EQ 0x01"));
  EXPECT_FALSE(is_filter("30 EQ 0x0102"));
  EXPECT_TRUE(is_filter("29 EQ 0x0102"));
  EXPECT_TRUE(is_filter("0 EQ 0x" + std::string(62, 'a')));
  EXPECT_FALSE(is_filter("0 EQ 0x" + std::string(64, 'a')));
}

TEST(arcus_filter, forms) {
  for (const std::string_view wrong :
       {"0 EX 0x01", "0 eq 0x01", "0 EQ 01", "x EQ 0x01", "-1 EQ 0x01", "0 EQ 0x01,0x0203",
        "0 LT 0x01,0x02", "0 & 0x0101 EQ 0x01", "0 + 0x01 EQ 0x01", "0 & 01 EQ 0x01", "0 & 0x01",
        "0 EQ 0x", "0 EQ 0x01,zz", "0 EQ 0x01 5 0x02"}) {
    EXPECT_FALSE(is_filter(std::string(wrong))) << wrong;
  }
  // Where the recordings are silent: empty values are skipped, as C's strtok does.
  EXPECT_TRUE(is_filter("0 EQ 0x01,,0x02,"));
}

}  // namespace
}  // namespace larder::wire::memcache::arcus

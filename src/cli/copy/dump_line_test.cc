// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/copy/dump_line.h"

#include <gtest/gtest.h>

namespace larder::cli::copy {
namespace {

TEST(DumpLine, TellsKeyExpiryAndSize) {
  const auto item =
      DumpLine::parse("key=user%3A1 exp=1796000000 la=1795990000 cas=7 fetch=no cls=1 size=63 ");
  ASSERT_TRUE(item);
  EXPECT_EQ(item->key, "user:1");
  EXPECT_EQ(item->expires_s, 1796000000);
  EXPECT_EQ(item->item_bytes, 63U);
}

TEST(DumpLine, TakesMinusOneForNever) {
  const auto item = DumpLine::parse("key=a exp=-1 size=50");
  ASSERT_TRUE(item);
  EXPECT_EQ(item->expires_s, 0);
}

TEST(DumpLine, DecodesAnyByteOfAKey) {
  const auto item = DumpLine::parse("key=%00%20%25%ff%fFz exp=-1 size=1");
  ASSERT_TRUE(item);
  EXPECT_EQ(item->key, std::string("\0 %\xff\xffz", 6));
}

TEST(DumpLine, IsNothingElse) {
  for (const char* line :
       {"", "END", "key=", "key= exp=1 size=1", "key=a", "key=a exp=-1", "key=a size=1 exp=-1",
        "key=a exp=x size=1", "key=a exp=1 size=", "key=%4 exp=1 size=1", "key=%zz exp=1 size=1",
        "key=% exp=1 size=1", "key=%-1 exp=1 size=1", "xkey=a exp=1 size=1"}) {
    EXPECT_FALSE(DumpLine::parse(line)) << line;
  }
  const std::string longest(250, 'k');
  EXPECT_TRUE(DumpLine::parse("key=" + longest + " exp=-1 size=1"));
  EXPECT_FALSE(DumpLine::parse("key=" + longest + "k exp=-1 size=1"));
}

}  // namespace
}  // namespace larder::cli::copy

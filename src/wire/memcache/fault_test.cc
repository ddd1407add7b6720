// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/fault.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string_view>

namespace larder::wire::memcache {
namespace {

TEST(fault, each_has_a_line_of_its_own) {
  std::set<std::string_view> lines;
  for (std::size_t i = 1; i < static_cast<std::size_t>(Fault::kCount); ++i) {
    const std::string_view line = reply_of(static_cast<Fault>(i));
    EXPECT_TRUE(lines.insert(line).second) << line;
    ASSERT_TRUE(line.ends_with("\r\n")) << line;
    EXPECT_EQ(line.find_first_of("\r\n"), line.size() - 2) << line;
    EXPECT_NE(line.front(), ' ') << line;
  }
  EXPECT_EQ(reply_of(Fault::kNone), "");
}

}  // namespace
}  // namespace larder::wire::memcache

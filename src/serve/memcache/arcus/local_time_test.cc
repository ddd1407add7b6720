// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/local_time.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace larder::serve::memcache::arcus {
namespace {

TEST(LocalTimeTest, IsOfTheTimeZone) {
  ASSERT_EQ(::setenv("TZ", "XST-9", 1), 0);
  ::tzset();
  constexpr base::UnixMs kAt = 1'795'171'013'987;
  EXPECT_EQ(date_and_time(kAt, ""), "20261120193653");
  EXPECT_EQ(date_and_time(kAt, "_"), "20261120_193653");
  EXPECT_EQ(time_of_day(kAt * 1000 + 12), "19:36:53.987012");
  ::unsetenv("TZ");
  ::tzset();
}

}  // namespace
}  // namespace larder::serve::memcache::arcus

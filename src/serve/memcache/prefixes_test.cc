// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/prefixes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"

namespace larder::serve::memcache {
namespace {

TEST(PrefixesTest, CountsByWhatStandsBeforeTheFirstDelimiter) {
  Prefixes prefixes(Dialect::kMemcached, ':');
  prefixes.got("user:1:2", true);
  prefixes.got("user:9", false);
  prefixes.set("user:1");
  prefixes.deleted("page:1");
  prefixes.set(":");
  prefixes.set("plain");
  EXPECT_EQ(prefixes.text(),
            "PREFIX  get 0 hit 0 set 1 del 0\r\n"
            "PREFIX page get 0 hit 0 set 0 del 1\r\n"
            "PREFIX user get 2 hit 1 set 1 del 0\r\n");
  prefixes.clear();
  EXPECT_EQ(prefixes.text(), "");
}

TEST(PrefixesTest, KeepsWhatItHasWhenThereAreTooMany) {
  Prefixes prefixes(Dialect::kMemcached, '/');
  for (std::size_t i = 0; i < limits::kMaxPrefixes + 100; ++i) {
    prefixes.set("p" + std::to_string(i) + "/k");
  }
  prefixes.set("p0/k");
  const std::string text = prefixes.text();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), limits::kMaxPrefixes);
  EXPECT_NE(text.find("PREFIX p0 get 0 hit 0 set 2 del 0\r\n"), std::string::npos);
}

}  // namespace
}  // namespace larder::serve::memcache

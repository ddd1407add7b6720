// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/memcached_key.h"

#include <gtest/gtest.h>

#include <string>

namespace larder::serve::edge {
namespace {

TEST(MemcachedKey, IsThePathAsItIs) {
  EXPECT_EQ(memcached_key("/a/b.html?c=d&e=f#g"), "/a/b.html?c=d&e=f#g");
  EXPECT_EQ(memcached_key("/\x7f\xc3\xa9"), "/\x7f\xc3\xa9");
}

TEST(MemcachedKey, EscapesWhatEndsOne) {
  EXPECT_EQ(memcached_key("/a b%20\r\n\t"), "/a%20b%2520%0D%0A%09");
  EXPECT_EQ(memcached_key(std::string("/\0\x1f", 3)), "/%00%1F");
}

TEST(MemcachedKey, IsNoneThatMemcachedRefuses) {
  EXPECT_EQ(memcached_key(""), std::nullopt);
  EXPECT_TRUE(memcached_key(std::string(250, 'a')));
  EXPECT_EQ(memcached_key(std::string(251, 'a')), std::nullopt);
  EXPECT_TRUE(memcached_key(std::string(247, 'a') + " "));
  EXPECT_EQ(memcached_key(std::string(248, 'a') + " "), std::nullopt);
}

}  // namespace
}  // namespace larder::serve::edge

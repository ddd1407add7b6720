// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/host_port.h"

#include <gtest/gtest.h>

#include <string>

namespace larder::app {
namespace {

constexpr std::uint16_t kDefault = 11211;

TEST(SplitHostPort, TakesEveryForm) {
  struct Case {
    std::string text;
    std::string host;
    std::uint16_t port;
  };
  for (const auto& [text, host, port] :
       {Case{"127.0.0.1", "127.0.0.1", kDefault}, Case{"127.0.0.1:80", "127.0.0.1", 80},
        Case{"cache.example", "cache.example", kDefault},
        Case{"cache.example:65535", "cache.example", 65535}, Case{"localhost:0", "localhost", 0},
        Case{"::", "::", kDefault}, Case{"::1", "::1", kDefault},
        Case{"fe80::1%lo", "fe80::1%lo", kDefault}, Case{"[::1]", "::1", kDefault},
        Case{"[::1]:80", "::1", 80}, Case{"[127.0.0.1]:80", "127.0.0.1", 80},
        Case{"*", "", kDefault}, Case{"*:80", "", 80}}) {
    const auto split = split_host_port(text, kDefault);
    ASSERT_TRUE(split) << text;
    EXPECT_EQ(split->host, host) << text;
    EXPECT_EQ(split->port, port) << text;
  }
}

TEST(SplitHostPort, RefusesWhatIsNoAddress) {
  for (const std::string text : {"127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1",
                                 "127.0.0.1: 80", "[::1]:", "[::1]80", "[::1]x", "[::1]:65536", "",
                                 ":80", ":", "[]", "[]:80", "[", "[::1", "[:80"}) {
    const auto split = split_host_port(text, kDefault);
    ASSERT_FALSE(split) << text << " is " << split->host << " and " << split->port;
    EXPECT_EQ(split.failure().what, "-l: not an address: " + text);
  }
}

}  // namespace
}  // namespace larder::app

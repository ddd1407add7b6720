// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/server_address.h"

#include <gtest/gtest.h>

namespace larder::origin {
namespace {

TEST(ServerAddress, OfNumbersIsKnown) {
  const auto v4 = parse_server_address("127.0.0.1:8080", 80);
  ASSERT_TRUE(v4);
  ASSERT_TRUE(v4->number);
  EXPECT_EQ(v4->number->text(), "127.0.0.1:8080");
  const auto v6 = parse_server_address("[::1]:8080", 80);
  ASSERT_TRUE(v6);
  ASSERT_TRUE(v6->number);
  EXPECT_EQ(v6->number->text(), "[::1]:8080");
  EXPECT_EQ(v6->host, "::1");
}

TEST(ServerAddress, HasAPortOfItsProtocol) {
  EXPECT_EQ(parse_server_address("127.0.0.1", 443)->number->text(), "127.0.0.1:443");
  EXPECT_EQ(parse_server_address("[::1]", 443)->number->text(), "[::1]:443");
  EXPECT_EQ(parse_server_address("example.com", 443)->port, 443);
}

TEST(ServerAddress, OfNamesHasToBeAskedFor) {
  const auto name = parse_server_address("origin.example:81", 80);
  ASSERT_TRUE(name);
  EXPECT_FALSE(name->number);
  EXPECT_EQ(name->host, "origin.example");
  EXPECT_EQ(name->port, 81);
}

TEST(ServerAddress, MayBeAUnixSocket) {
  const auto unix = parse_server_address("unix:/run/origin.sock", 80);
  ASSERT_TRUE(unix);
  ASSERT_TRUE(unix->number);
  EXPECT_TRUE(unix->number->is_unix());
  EXPECT_EQ(unix->number->path(), "/run/origin.sock");
}

TEST(ServerAddress, RefusesWhatIsNone) {
  for (const char* text : {"", ":80", "host:", "host:0", "host:65536", "host:8x", "[::1", "[::1]80",
                           "[]:80", "unix:", "::1"}) {
    EXPECT_FALSE(parse_server_address(text, 80)) << text;
  }
}

}  // namespace
}  // namespace larder::origin

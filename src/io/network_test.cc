// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/network.h"

#include <gtest/gtest.h>

#include <string>

namespace larder::io {
namespace {

Address address(const std::string& host) { return Address::resolve(host, 0)->front(); }

bool contains(const std::string& network, const std::string& host) {
  const auto parsed = Network::parse(network);
  EXPECT_TRUE(parsed) << network;
  return parsed->contains(address(host));
}

TEST(Network, HasWhatBeginsWithItsBits) {
  EXPECT_TRUE(contains("10.0.0.0/8", "10.255.3.4"));
  EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.0"));
  EXPECT_TRUE(contains("192.168.128.0/17", "192.168.255.1"));
  EXPECT_FALSE(contains("192.168.128.0/17", "192.168.127.1"));
  EXPECT_TRUE(contains("fd00::/9", "fd7f::1"));
  EXPECT_FALSE(contains("fd00::/9", "fd80::1"));
}

TEST(Network, MayBeOneAddressOrEvery) {
  EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(contains("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(contains("fd00::1", "fd00::1"));
  EXPECT_FALSE(contains("fd00::1", "fd00::2"));
  EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.9"));
  EXPECT_TRUE(contains("::/0", "2001:db8::1"));
}

TEST(Network, DoesNotMixTheFamilies) {
  EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
  EXPECT_FALSE(contains("::/0", "10.0.0.1"));
  EXPECT_FALSE(Network::parse("::/0")->contains(*Address::unix_path("/s")));
}

TEST(Network, IsNothingElse) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                           "10.0.0/8", "host", "fd00::/129", "10.0.0.0/8/8", "[::1]", "*"}) {
    EXPECT_FALSE(Network::parse(text)) << text;
  }
}

}  // namespace
}  // namespace larder::io

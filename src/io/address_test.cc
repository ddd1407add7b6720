// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/address.h"

#include <gtest/gtest.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace larder::io {
namespace {

TEST(Address, ResolvesVersion4) {
  const auto addresses = Address::resolve("127.0.0.1", 11211);
  ASSERT_TRUE(addresses);
  ASSERT_EQ(addresses->size(), 1U);
  const Address& address = addresses->front();
  EXPECT_EQ(address.family(), AF_INET);
  EXPECT_EQ(address.port(), 11211);
  EXPECT_EQ(address.text(), "127.0.0.1:11211");
  EXPECT_FALSE(address.is_unix());
  EXPECT_EQ(address.path(), "");
}

TEST(Address, ResolvesVersion6) {
  const auto addresses = Address::resolve("::1", 65535);
  ASSERT_TRUE(addresses);
  ASSERT_EQ(addresses->size(), 1U);
  EXPECT_EQ(addresses->front().family(), AF_INET6);
  EXPECT_EQ(addresses->front().port(), 65535);
  EXPECT_EQ(addresses->front().text(), "[::1]:65535");
}

TEST(Address, ResolvesEveryInterface) {
  const auto addresses = Address::resolve("", 1);
  ASSERT_TRUE(addresses);
  const auto has = [&](const std::string& text) {
    return std::ranges::any_of(*addresses, [&](const Address& a) { return a.text() == text; });
  };
  EXPECT_TRUE(has("0.0.0.0:1"));
}

TEST(Address, KnowsWhichAreThisMachinesAlone) {
  for (const char* host : {"127.0.0.1", "127.255.1.2", "::1"}) {
    EXPECT_TRUE(Address::resolve(host, 0)->front().is_loopback()) << host;
  }
  for (const char* host : {"0.0.0.0", "128.0.0.1", "126.255.255.255", "10.127.0.1", "::", "::2"}) {
    EXPECT_FALSE(Address::resolve(host, 0)->front().is_loopback()) << host;
  }
  EXPECT_FALSE(Address::unix_path("/run/larder.sock")->is_loopback());
}

TEST(Address, FailsToResolveWhatIsNoHost) {
  const auto addresses = Address::resolve("no host has blanks", 1);
  ASSERT_FALSE(addresses);
  EXPECT_TRUE(addresses.failure().what.starts_with("looking up address no host has blanks: "));
}

TEST(Address, OfAUnixSocketIsItsPath) {
  const auto address = Address::unix_path("/run/larder.sock");
  ASSERT_TRUE(address);
  EXPECT_TRUE(address->is_unix());
  EXPECT_EQ(address->path(), "/run/larder.sock");
  EXPECT_EQ(address->text(), "/run/larder.sock");
  EXPECT_EQ(address->port(), 0);
}

TEST(Address, TakesPathsThatFit) {
  constexpr std::size_t kMost = sizeof(sockaddr_un::sun_path) - 1;
  const auto longest = Address::unix_path(std::string(kMost, 'p'));
  ASSERT_TRUE(longest);
  EXPECT_EQ(longest->path(), std::string(kMost, 'p'));
  EXPECT_FALSE(Address::unix_path(std::string(kMost + 1, 'p')));
  EXPECT_FALSE(Address::unix_path(""));
}

TEST(Address, IsReadFromABoundSocket) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const Address any = Address::resolve("127.0.0.1", 0)->front();
  ASSERT_EQ(::bind(fd, any.get(), any.size()), 0);
  const auto bound = Address::bound_to(fd);
  ASSERT_TRUE(bound);
  EXPECT_NE(bound->port(), 0);
  EXPECT_EQ(bound->text(), "127.0.0.1:" + std::to_string(bound->port()));
  ::close(fd);
  EXPECT_FALSE(Address::bound_to(fd));
}

}  // namespace
}  // namespace larder::io

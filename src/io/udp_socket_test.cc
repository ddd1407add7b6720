// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/udp_socket.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "base/limits.h"

namespace larder::io {
namespace {

UdpSocket open_at(const std::string& host) {
  return *UdpSocket::open(Address::resolve(host, 0)->front());
}

// On loopback what was sent has come.
std::vector<std::string> receive_all(UdpSocket& socket) {
  std::vector<std::string> all;
  std::vector<char> room(limits::kDatagramRoomBytes);
  while (const auto datagram = socket.receive(room)) all.emplace_back(datagram->bytes);
  return all;
}

class UdpSocketTest : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Families, UdpSocketTest, testing::Values("127.0.0.1", "::1"));

TEST_P(UdpSocketTest, TellsFromWhomADatagramIs) {
  UdpSocket ours = open_at(GetParam());
  UdpSocket theirs = open_at(GetParam());
  const std::array<std::string_view, 1> hello{"hello"};
  EXPECT_EQ(theirs.send(hello, ours.address()), 1U);
  std::array<char, 100> room;
  const auto datagram = ours.receive(room);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(datagram->bytes, "hello");
  EXPECT_EQ(datagram->peer.text(), theirs.address().text());
  EXPECT_FALSE(ours.receive(room));
}

TEST_P(UdpSocketTest, KeepsDatagramsApart) {
  UdpSocket ours = open_at(GetParam());
  UdpSocket theirs = open_at(GetParam());
  const std::array<std::string_view, 3> three{"one", "", "three"};
  EXPECT_EQ(ours.send(three, theirs.address()), 3U);
  EXPECT_EQ(receive_all(theirs), (std::vector<std::string>{"one", "", "three"}));
}

TEST_P(UdpSocketTest, HasItsAddressForItself) {
  const UdpSocket ours = open_at(GetParam());
  const auto second = UdpSocket::open(ours.address());
  ASSERT_FALSE(second);
  EXPECT_NE(second.failure().what.find(ours.address().text()), std::string::npos);
}

TEST(UdpSocket, SaysThatAPeerCannotBeReached) {
  UdpSocket ours = open_at("127.0.0.1");
  const UdpSocket theirs = open_at("::1");
  const std::array<std::string_view, 1> hello{"hello"};
  EXPECT_EQ(ours.send(hello, theirs.address()), std::nullopt);
}

}  // namespace
}  // namespace larder::io

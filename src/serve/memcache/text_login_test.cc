// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/text_login.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "serve/memcache/test_login.h"
#include "serve/memcache/test_password_file.h"

namespace larder::serve::memcache {
namespace {

class TextLoginTest : public LoginTest {
 protected:
  TextLoginTest()
      : LoginTest(*Authentication::open(Authentication::Protocol::kText,
                                        PasswordFile("alice:secret\nbob:two words\n").path())) {}
};
LARDER_TEST_BACKENDS(TextLoginTest);

constexpr std::string_view kLogin = "set x 0 0 12\r\nalice secret\r\n";

TEST_P(TextLoginTest, AdmitsWhoKnowsThePassword) {
  io::Peer peer = node_->connect();
  EXPECT_EQ(node_->ask(peer, std::string(kLogin) + "get x\r\nset k 0 0 1\r\nv\r\nget k\r\n"),
            "STORED\r\nEND\r\nSTORED\r\nVALUE k 0 1\r\nv\r\nEND\r\nMN\r\n");
  EXPECT_EQ(node_->ask(peer, kLogin), "STORED\r\nMN\r\n");  // an item, by now
  EXPECT_EQ(authentication_->logins(), 1U);
}

TEST_P(TextLoginTest, RefusesEverythingBefore) {
  io::Peer peer = node_->connect();
  node_->send(peer, "version\r\nquit\r\nadd k 0 0 5\r\nhello\r\nset k 0 0 11\r\nalice wrong\r\n" +
                        std::string(kLogin));
  EXPECT_EQ(node_->receive_through(peer, "STORED\r\n"),
            "CLIENT_ERROR unauthenticated\r\nCLIENT_ERROR unauthenticated\r\n"
            "CLIENT_ERROR unauthenticated\r\nCLIENT_ERROR unauthenticated\r\n"
            "CLIENT_ERROR authentication failure\r\nSTORED\r\n");
  EXPECT_EQ(node_->ask(peer, "get k x\r\n"), "END\r\nMN\r\n");
  EXPECT_EQ(authentication_->logins(), 2U);
  EXPECT_EQ(authentication_->refused(), 1U);
}

TEST_P(TextLoginTest, SpeaksTextOnly) {
  io::Peer peer = node_->connect();
  std::string get(24, '\0');
  get[0] = '\x80';
  node_->send(peer, get + "\n");
  EXPECT_EQ(node_->receive_through(peer, "\r\n"), "CLIENT_ERROR unauthenticated\r\n");
}

TEST_P(TextLoginTest, ClosesOnWhatIsTooLong) {
  for (const std::string& request : {std::string(3000, 'a'), "get " + std::string(3000, 'a')}) {
    expect_end(request, "");
  }
  for (const char* request : {"set x 0 0 16385\r\n", "set x 0 0 4294967295\r\n"}) {
    expect_end(request, "CLIENT_ERROR auth token too long\r\n");
  }
}

TEST_P(TextLoginTest, StaysOpenUpToTheLimits) {
  const std::string line(limits::kMaxLineBytes, 'a');
  const std::string block = "u " + std::string(limits::kMaxLoginBytes - 2, 'p');
  io::Peer peer = node_->connect();
  expect(peer, line + "\r\n", "CLIENT_ERROR unauthenticated\r\n");
  expect(peer, "set x 0 0 16384\r\n" + block + "\r\n", "CLIENT_ERROR authentication failure\r\n");
  expect(peer, std::string(kLogin), "STORED\r\n");
  expect_end(line + "a\r\n", "");
  expect_end("set x 0 0 16385\r\n" + block, "CLIENT_ERROR auth token too long\r\n");
}

// One line at a time: a flood that is never read does not grow without end.
TEST_P(TextLoginTest, WaitsForWhoDoesNotRead) {
  io::Peer peer = node_->connect();
  std::string flood;
  while (flood.size() < 60'000) flood += "\r\n";
  for (int turns = 0; turns < 200; ++turns) {
    peer.send_now(flood);
    node_->loop->turn(0);
  }
  EXPECT_LE(node_->loop->usage().outbox_bytes,
            limits::kFullOutboxBytes + 2 * limits::kOutboxChunkBytes);
}

TEST_P(TextLoginTest, ComesInPieces) {
  io::Peer peer = node_->connect();
  for (const char letter : kLogin) {
    node_->send(peer, std::string(1, letter));
    node_->loop.settle();
  }
  EXPECT_EQ(node_->receive_through(peer, "\r\n"), "STORED\r\n");
}

}  // namespace
}  // namespace larder::serve::memcache

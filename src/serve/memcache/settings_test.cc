// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// What the operator decides, as clients see it. Recorded conversations hold the rest to it.
#include "serve/memcache/settings.h"

#include <gtest/gtest.h>

#include <string>

#include "serve/memcache/test_node.h"

namespace larder::serve::memcache {
namespace {

class SettingsTest : public io::BackendTest {
 protected:
  // What a node of these settings answers.
  std::string told(const Settings& settings, const std::string& request) {
    TestNode node(options(), {}, nullptr, settings);
    io::Peer peer = node.connect();
    std::string reply = node.ask(peer, request);
    shutdowns_ = node.shutdowns;
    return reply;
  }
  int shutdowns_ = 0;
};
LARDER_TEST_BACKENDS(SettingsTest);

TEST_P(SettingsTest, WithoutCasEveryNumberIsZeroAndNoneIsThere) {
  EXPECT_EQ(told({.use_cas = false},
                 "set k 0 0 1\r\nx\r\n"
                 "gets k\r\n"
                 "cas k 0 0 1 0\r\ny\r\n"
                 "cas none 0 0 1 7\r\ny\r\n"
                 "mg k c v\r\n"
                 "ms k 1 C7\r\ny\r\n"
                 "ms k 1 C0\r\ny\r\n"
                 "ms k 1 E77 c\r\n5\r\n"
                 "ms k 1 C77\r\ny\r\n"
                 "ms k 1 MA C7\r\n5\r\n"
                 "ma k C7\r\n"
                 "ma k C0 v c\r\n"
                 "md k C7\r\n"
                 "me none\r\n"
                 "md k\r\n"),
            "STORED\r\n"
            "VALUE k 0 1 0\r\nx\r\nEND\r\n"
            "EXISTS\r\n"
            "NOT_FOUND\r\n"
            "VA 1 c0\r\nx\r\n"
            "EX\r\nEX\r\n"
            "HD c0\r\n"
            "EX\r\nEX\r\nEX\r\n"
            "VA 1 c0\r\n6\r\n"
            "EX\r\n"
            "EN\r\n"
            "HD\r\nMN\r\n");
}

TEST_P(SettingsTest, WithoutFlushItIsRefusedBeforeItIsLookedAt) {
  const std::string refusal = "CLIENT_ERROR flush_all not allowed\r\n";
  EXPECT_EQ(told({.allow_flush = false},
                 "set k 0 0 1\r\nx\r\nflush_all\r\nflush_all 0\r\nflush_all bad\r\n"
                 "flush_all noreply\r\nget k\r\n"),
            "STORED\r\n" + refusal + refusal + refusal + "VALUE k 0 1\r\nx\r\nEND\r\nMN\r\n");
  const std::string refusal_of_prefix = "CLIENT_ERROR flush_prefix not allowed\r\n";
  EXPECT_EQ(told({.allow_flush = false},
                 "set p:k 0 0 1\r\nx\r\nflush_prefix p\r\nflush_prefix\r\n"
                 "flush_prefix p noreply\r\nmg p:k\r\n"),
            "STORED\r\n" + refusal_of_prefix + refusal_of_prefix + "HD\r\nMN\r\n");
}

TEST_P(SettingsTest, ShutdownIsForThoseWhoMay) {
  EXPECT_EQ(told({}, "shutdown\r\nshutdown graceful\r\nshutdown later\r\n"),
            "SERVER_ERROR: shutdown not enabled\r\nSERVER_ERROR: shutdown not enabled\r\n"
            "SERVER_ERROR: shutdown not enabled\r\nMN\r\n");
  EXPECT_EQ(shutdowns_, 0);
  const Settings may{.allow_shutdown = true};
  EXPECT_EQ(told(may, "shutdown later\r\n"), "CLIENT_ERROR invalid shutdown mode\r\nMN\r\n");
  EXPECT_EQ(shutdowns_, 0);
  for (const char* how : {"shutdown\r\n", "shutdown graceful\r\n"}) {
    EXPECT_EQ(told(may, how), "") << "closed";
    EXPECT_EQ(shutdowns_, 1);
  }
}

// ---- the binary protocol

constexpr std::size_t kHeadBytes = 24;

// A request of `opcode` for the key k.
std::string binary_request(char opcode, const std::string& extras, const std::string& value,
                           char cas = 0) {
  std::string head(kHeadBytes, '\0');
  head[0] = '\x80';
  head[1] = opcode;
  head[3] = 1;
  head[4] = static_cast<char>(extras.size());
  head[11] = static_cast<char>(extras.size() + 1 + value.size());
  head[23] = cas;
  return head + extras + "k" + value;
}

class BinarySettingsTest : public SettingsTest {
 protected:
  // The replies to `requests`, and the end behind a quit.
  std::string told_in_binary(const Settings& settings, const std::string& requests) {
    TestNode node(options(), {}, nullptr, settings);
    io::Peer peer = node.connect();
    std::string quit(kHeadBytes, '\0');
    quit[0] = '\x80';
    quit[1] = '\x17';  // in silence
    node.send(peer, requests + quit);
    return node.loop.receive_to_end(peer);
  }
};
LARDER_TEST_BACKENDS(BinarySettingsTest);

TEST_P(BinarySettingsTest, WithoutCasEveryNumberIsZeroAndNoneIsThere) {
  const std::string set = binary_request(1, std::string(8, '\0'), "x");
  const std::string cas = binary_request(1, std::string(8, '\0'), "y", 7);
  const std::string get = binary_request(0, "", "");
  const std::string replies = told_in_binary({.use_cas = false}, set + get + cas);
  ASSERT_GE(replies.size(), 2 * kHeadBytes + 5 + kHeadBytes);
  const std::string no_cas(8, '\0');
  EXPECT_EQ(replies.substr(16, 8), no_cas);
  EXPECT_EQ(replies.substr(kHeadBytes + 16, 8), no_cas);
  EXPECT_EQ(replies.at(2 * kHeadBytes + 5 + 7), 2) << "exists";
}

TEST_P(BinarySettingsTest, WithoutFlushItIsRefused) {
  std::string flush(kHeadBytes, '\0');
  flush[0] = '\x80';
  flush[1] = 8;
  const std::string set = binary_request(1, std::string(8, '\0'), "x");
  const std::string get = binary_request(0, "", "");
  const std::string replies = told_in_binary({.allow_flush = false}, set + flush + get);
  ASSERT_GT(replies.size(), 2 * kHeadBytes);
  EXPECT_EQ(replies.at(kHeadBytes + 7), 0x20);
  EXPECT_TRUE(replies.ends_with("x"));
}

}  // namespace
}  // namespace larder::serve::memcache

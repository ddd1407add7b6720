// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Much at once: replies that the reader takes slowly, values that are stored as they arrive.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/limits.h"
#include "io/faults.h"
#include "serve/memcache/test_node.h"

namespace larder::serve::memcache {
namespace {

using limits::KiB;
using limits::MiB;

class SessionFlowTest : public io::BackendTest {};
LARDER_TEST_BACKENDS(SessionFlowTest);

// ---- replies

// Keys of 250 bytes, so that the line is as long as a line may be.
std::string long_key(std::size_t number) {
  std::string key = "key" + std::to_string(number);
  return key + std::string(limits::kMaxKeyBytes - key.size(), '.');
}

std::string value_of(std::size_t number) {
  std::string value(64 * KiB + number, static_cast<char>('a' + number % 26));
  return value;
}

TEST_P(SessionFlowTest, AnswersTheLongestMultigetToASlowReader) {
  constexpr std::size_t kEvery = 300;  // of the keys there is one
  TestNode node(options(), {.memory_bytes = 64 * MiB});
  io::Peer peer = node.connect();  // of which the kernel keeps little
  std::string line = "get";
  std::string expected;
  for (std::size_t i = 0; line.size() + 1 + limits::kMaxKeyBytes <= limits::kMaxGetLineBytes; ++i) {
    line += " " + long_key(i);
    if (i % kEvery != 0) continue;
    const std::string value = value_of(i);
    ASSERT_EQ(node.ask(peer, set_request(long_key(i), value)), "STORED\r\nMN\r\n");
    expected += value_reply(long_key(i), value);
  }
  expected += "END\r\n";
  node.send(peer, line + "\r\n");

  // Nothing is read until the outbox is full. Never is there more in it than the session may owe:
  // one full outbox, and the value that filled it.
  std::size_t most_unsent = 0;
  ASSERT_TRUE(node.loop.turn_until([&] {
    most_unsent = node.socket->outbox().unsent();
    return most_unsent >= limits::kFullOutboxBytes;
  }));
  std::string replies;
  std::string some(256 * KiB, '\0');
  ASSERT_TRUE(node.loop.turn_until([&] {
    const ssize_t bytes = ::recv(peer.fd(), some.data(), some.size(), MSG_DONTWAIT);
    if (bytes > 0) replies.append(some, 0, static_cast<std::size_t>(bytes));
    most_unsent = std::max(most_unsent, node.socket->outbox().unsent());
    return replies.size() >= expected.size();
  }));
  EXPECT_TRUE(io::same(replies, expected));
  EXPECT_LE(most_unsent, limits::kFullOutboxBytes + 128 * KiB);
  EXPECT_TRUE(node.socket->inbox().empty());
}

TEST_P(SessionFlowTest, RefusesALineThatIsLongerThanTheLongest) {
  TestNode node(options());
  io::Peer peer = node.connect();  // of which the kernel keeps little
  const std::string line = "get " + std::string(limits::kMaxGetLineBytes, 'k');
  for (std::size_t sent = 0; sent < line.size() && !peer.has_ended();) {
    sent += peer.send_now(std::string_view(line).substr(sent));
    node.loop->turn(0);
  }
  EXPECT_EQ(node.loop.receive_to_end(peer), "");
  EXPECT_TRUE(node.loop.turn_until_all_left());
}

TEST_P(SessionFlowTest, KeepsValuesThatAreOverwrittenWhileTheyAreSent) {
  TestNode node(options());
  io::Peer reader = node.connect();
  io::Peer writer = node.connect();
  const std::string before(500 * KiB, 'b');
  ASSERT_EQ(node.ask(writer, set_request("k", before)), "STORED\r\nMN\r\n");
  node.send(reader, "get k\r\n");
  node.loop.settle();  // a part of it is in the kernel, the rest is pinned
  EXPECT_EQ(node.ask(writer, set_request("k", std::string(500 * KiB, 'a')) + "delete k\r\n"),
            "STORED\r\nDELETED\r\nMN\r\n");
  EXPECT_GE(node.cache.usage().pinned_bytes, before.size()) << "still accounted for";
  EXPECT_TRUE(
      io::same(node.receive_through(reader, "END\r\n"), value_reply("k", before) + "END\r\n"));
  node.loop.settle();
  EXPECT_EQ(node.cache.usage().pinned_bytes, 0U);
}

// ---- turns

base::SteadyMs hasty_clock() noexcept {
  static std::atomic<base::SteadyMs> now = 0;
  return now += limits::kLongTurnMs;
}

TEST_P(SessionFlowTest, LetsOthersRunBetweenCommandsWhenATurnIsLong) {
  io::LoopOptions hasty = options();
  hasty.steady_now = hasty_clock;
  TestNode node(hasty);
  constexpr std::size_t kSets = 20;
  for (const char* request : {"set k 0 0 1\r\nv\r\n", "append k 0 0 1\r\nv\r\n", "touch k 9\r\n"}) {
    io::Peer peer = node.connect();
    std::string pipeline;
    for (std::size_t i = 0; i < kSets; ++i) pipeline += request;
    node.send(peer, pipeline);
    std::string first;
    ASSERT_TRUE(node.loop.turn_until([&] { return !(first = peer.receive_now()).empty(); }));
    EXPECT_LT(std::ranges::count(first, '\n'), std::ptrdiff_t{kSets}) << request;
    std::string all = first;
    EXPECT_TRUE(node.loop.turn_until([&] {
      all += peer.receive_now();
      return std::ranges::count(all, '\n') == std::ptrdiff_t{kSets};
    }));
  }
}

// ---- values on their way in

TEST_P(SessionFlowTest, StoresALargeValueHoweverItArrives) {
  TestNode node(options(), {.memory_bytes = 64 * MiB});
  io::Peer peer = node.connect();
  for (const std::size_t size : {16 * KiB, 16 * KiB + 1, 64 * KiB, 200 * KiB, 900 * KiB}) {
    const std::string value(size, static_cast<char>('a' + size % 23));
    const std::string request = set_request("k", value);
    for (const std::size_t piece : {1000UL, 16 * KiB, 70 * KiB, request.size()}) {
      for (std::size_t at = 0; at < request.size(); at += piece) {
        node.send(peer, std::string_view(request).substr(at, piece));
        node.loop->turn(0);
      }
      EXPECT_EQ(node.receive_through(peer, "\r\n"), "STORED\r\n");
      node.send(peer, "get k\r\n");
      EXPECT_TRUE(
          io::same(node.receive_through(peer, "END\r\n"), value_reply("k", value) + "END\r\n"))
          << size << " in pieces of " << piece;
    }
  }
}

// Cut in front of, within and behind the place where a line end is missing.
TEST_P(SessionFlowTest, RefusesALargeValueWithoutItsEndAndStaysInStep) {
  TestNode node(options());
  io::Peer peer = node.connect();
  const std::string value(100 * KiB, 'v');
  ASSERT_EQ(node.ask(peer, set_request("k", "before")), "STORED\r\nMN\r\n");
  for (const std::string end : {"xx", "\rx", "\nx"}) {
    for (const std::string noreply : {"", " noreply"}) {
      const std::string head = "set k 0 0 " + std::to_string(value.size()) + noreply + "\r\n";
      const std::string request = head + value + end + "mn\r\n";
      for (std::size_t cut = head.size() + value.size() - 2; cut <= request.size(); ++cut) {
        node.send(peer, std::string_view(request).substr(0, cut));
        node.loop.settle();
        node.send(peer, std::string_view(request).substr(cut));
        EXPECT_EQ(node.receive_through(peer, "MN\r\n"),
                  noreply.empty() ? "CLIENT_ERROR bad data chunk\r\nMN\r\n" : "MN\r\n");
      }
    }
  }
  EXPECT_EQ(node.ask(peer, "get k\r\n"), value_reply("k", "before") + "END\r\nMN\r\n");
  EXPECT_EQ(node.cache.usage().reserved_bytes, 0U);
}

TEST_P(SessionFlowTest, TellsAFullMemoryFromAMissWhenALifeIsMadeLonger) {
  TestNode node(options(), {.memory_bytes = 8 * MiB, .evict = false});
  io::Peer peer = node.connect();
  const std::string value(4000, 'v');
  std::string reply;
  int stored = 0;
  for (; reply.empty() || reply.starts_with("STORED"); ++stored) {
    reply = node.ask(peer, set_request("k" + std::to_string(stored), value));
  }
  const std::string refused = "SERVER_ERROR out of memory storing object\r\nMN\r\n";
  ASSERT_EQ(reply, refused);
  // An expiry takes four bytes of the item, which has to move for that.
  EXPECT_EQ(node.ask(peer, "touch k7 100\r\n"), refused);
  EXPECT_EQ(node.ask(peer, "touch k7 100 noreply\r\n"), "MN\r\n");
  EXPECT_EQ(node.ask(peer, "gat 100 none k7 k8\r\n"), refused);
  EXPECT_EQ(node.ask(peer, "mg k7 T100\r\n"), refused);
  EXPECT_EQ(node.ask(peer, "get none k7\r\n"), value_reply("k7", value) + "END\r\nMN\r\n");
  EXPECT_EQ(node.ask(peer, "touch none 100\r\n"), "NOT_FOUND\r\nMN\r\n");
}

TEST_P(SessionFlowTest, SwallowsAValueForWhichMemoryRunsOutOnTheWay) {
  constexpr std::size_t kValue = 4 * MiB;
  TestNode node(options(), {.memory_bytes = 8 * MiB, .item_bytes = 5 * MiB, .evict = false});
  io::Peer peer = node.connect();
  const std::string value(kValue, 'v');
  ASSERT_EQ(node.ask(peer, set_request("first", value) + set_request("second", "old")),
            "STORED\r\nSTORED\r\nMN\r\n");
  // What looks like commands within the value is none.
  std::string tricky(kValue, 'x');
  for (std::size_t at = 0; at + 12 < kValue; at += 1000) tricky.replace(at, 12, "\r\nversion\r\nx");
  EXPECT_EQ(node.ask(peer, set_request("second", tricky)),
            "SERVER_ERROR out of memory storing object\r\nMN\r\n");
  EXPECT_EQ(
      node.ask(peer, "set second 0 0 " + std::to_string(kValue) + " noreply\r\n" + tricky + "\r\n"),
      "MN\r\n");
  // The client has meant to replace the old one: a miss is better than that.
  EXPECT_EQ(node.ask(peer, "get second\r\n"), "END\r\nMN\r\n");
  EXPECT_EQ(node.cache.usage().reserved_bytes, 0U);
  EXPECT_EQ(node.ask(peer, "delete first\r\n" + set_request("second", value)),
            "DELETED\r\nSTORED\r\nMN\r\n");
}

TEST_P(SessionFlowTest, GivesBackWhatAPeerDidNotFinish) {
  constexpr std::size_t kOneExtentAhead = limits::kMaxExtentBytes + limits::kFirstExtentBytes;
  TestNode node(options(), {.memory_bytes = 256 * MiB, .item_bytes = 100 * MiB});
  for (const std::size_t sent : {0UL, 10 * KiB, 100 * KiB, 5000 * KiB}) {
    io::Peer peer = node.connect();
    node.send(peer, "set k 0 0 100000000\r\n" + std::string(sent, 'v'));
    node.loop.settle();
    EXPECT_GE(node.cache.usage().reserved_bytes, sent);
    EXPECT_LE(node.cache.usage().reserved_bytes, sent + kOneExtentAhead) << "declared, not sent";
    peer.close();
    EXPECT_TRUE(node.loop.turn_until_all_left());
    EXPECT_EQ(node.cache.usage().reserved_bytes, 0U);
    EXPECT_EQ(node.cache.usage().items, 0U);
  }
}

// ---- all of it, under every fault

// Requests whose replies do not depend on when they come.
std::string random_requests(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string requests;
  for (int i = 0; i < 300; ++i) {
    const std::string key = "k" + std::to_string(random() % 20);
    const std::size_t size = random() % 6 == 0 ? random() % 200'000 : random() % 3000;
    const std::string value(size, static_cast<char>('a' + i % 26));
    switch (random() % 6) {
      case 0: requests += set_request(key, value); break;
      case 1:
        requests += "ms " + key + " " + std::to_string(size) + " k\r\n" + value + "\r\n";
        break;
      case 2: requests += "get k1 k2 k3 k4 k5 " + key + "\r\n"; break;
      case 3: requests += "mg " + key + " v s k\r\n"; break;
      case 4: requests += "append " + key + " 0 0 3\r\nend\r\n"; break;
      default: requests += "delete " + key + "\r\n"; break;
    }
  }
  return requests;
}

std::string replies_to(const std::string& requests, const io::LoopOptions& options) {
  cache::Cache cache({.memory_bytes = 64 * MiB});
  Node node{cache};
  io::LoopThread loop(options);
  io::Peer peer = loop.connect([&](io::Socket& socket) { return serve(node, socket); });
  std::thread writer([&] {
    peer.send(requests);
    peer.half_close();
  });
  std::string replies = peer.receive_to_end();
  writer.join();
  return replies;
}

TEST_P(SessionFlowTest, AnswersTheSameUnderEveryFault) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::string requests = random_requests(seed);
    const std::string expected = replies_to(requests, {.backend = io::BackendKind::kEpoll});
    io::Faults faults(seed);
    faults.max_receive_bytes = 1 + 997 * seed;
    faults.max_send_bytes = 1 + 1009 * seed;
    faults.try_again_percent = 20;
    faults.no_buffers_percent = 10;
    faults.cancel_percent = 10;
    io::LoopOptions troubled = options();
    troubled.faults = &faults;
    EXPECT_TRUE(io::same(replies_to(requests, troubled), expected)) << "seed " << seed;
    EXPECT_GT(faults.injected, 0U);
  }
}

}  // namespace
}  // namespace larder::serve::memcache

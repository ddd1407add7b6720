// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Sessions that speak the binary protocol: how requests are told apart, and large values. What each
// request answers, tests/protocol/test_golden.py replays.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "serve/memcache/test_binary.h"
#include "serve/memcache/test_node.h"
#include "wire/memcache/binary.h"

namespace larder::serve::memcache {
namespace {

using binary::Status;
using limits::KiB;
using limits::MiB;
using namespace opcode;
using namespace std::string_literals;

const std::string kStoreExtras(8, '\0');

std::string set(const std::string& key, const std::string& value, std::uint8_t opcode = kSet) {
  return request(opcode, kStoreExtras, key, value);
}

std::string hit(const std::string& value, std::uint8_t opcode = kGet) {
  return reply(opcode, Status::kOk, std::string(4, '\0'), value);
}

std::size_t body_bytes(std::string_view head) {
  std::size_t bytes = 0;
  for (const char byte : head.substr(8, 4)) bytes = bytes << 8 | static_cast<unsigned char>(byte);
  return bytes;
}

std::string without_cas(std::string replies) {
  for (std::size_t at = 0; at + binary::kHeadBytes <= replies.size();) {
    replies.replace(at + 16, 8, 8, '\0');
    at += binary::kHeadBytes + body_bytes(std::string_view(replies).substr(at));
  }
  return replies;
}

class BinarySessionTest : public io::BackendTest {
 protected:
  // All that is answered to `requests`, up to the reply to the noop behind them.
  std::string ask(io::Peer& peer, const std::string& requests) {
    node_->send(peer, requests + request(kNoop));
    std::string replies = node_->receive_through(peer, reply(kNoop));
    EXPECT_TRUE(replies.ends_with(reply(kNoop)));
    replies.resize(replies.size() - std::min(replies.size(), reply(kNoop).size()));
    return without_cas(replies);
  }
  std::string receive_to_end(io::Peer& peer) {
    std::string all;
    EXPECT_TRUE(node_->loop.turn_until([&] {
      all += peer.receive_now();
      return peer.has_ended();
    }));
    return without_cas(all);
  }
  void start(const cache::Limits& limits = {}) {
    node_ = std::make_unique<TestNode>(options(), limits);
  }

  std::unique_ptr<TestNode> node_;
};
LARDER_TEST_BACKENDS(BinarySessionTest);

// ---- which protocol

TEST_P(BinarySessionTest, IsChosenByTheFirstByteForGood) {
  start();
  io::Peer binary = node_->connect();
  io::Peer text = node_->connect();
  EXPECT_EQ(ask(binary, set("k", "v")), reply(kSet));
  EXPECT_EQ(node_->ask(text, "get k\r\n"), "VALUE k 0 1\r\nv\r\nEND\r\nMN\r\n");
  node_->send(text, request(kVersion) + "\r\nmn\r\n");
  EXPECT_EQ(node_->receive_through(text, "MN\r\n"), "ERROR\r\nMN\r\n");
  node_->send(binary, request(kVersion) + "mn\r\n");
  const std::string last = receive_to_end(binary);
  EXPECT_EQ(last.substr(0, 2), reply(kVersion).substr(0, 2)) << "answered before it is closed";
}

TEST_P(BinarySessionTest, EndsInSilenceWithoutAByte) {
  start();
  io::Peer peer = node_->connect();
  peer.half_close();
  EXPECT_EQ(receive_to_end(peer), "");
}

// ---- streams of requests

TEST_P(BinarySessionTest, AnswersPipelinedRequestsInOrder) {
  start();
  io::Peer peer = node_->connect();
  std::string requests;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string key = "key" + std::to_string(i % 100);
    const std::string value = "value" + std::to_string(i);
    requests += set(key, value, i % 2 == 0 ? kSet : kSetQuietly) + request(kGet, "", key) +
                request(kGetQuietly, "", "no" + key);
    expected += (i % 2 == 0 ? reply(kSet) : "") + hit(value);
  }
  EXPECT_EQ(ask(peer, requests), expected);
}

TEST_P(BinarySessionTest, AnswersNothingBehindQuit) {
  start();
  io::Peer peer = node_->connect();
  node_->send(peer, request(kNoop) + request(kQuit) + request(kNoop));
  EXPECT_EQ(receive_to_end(peer), reply(kNoop) + reply(kQuit));
}

TEST_P(BinarySessionTest, SwallowsBodiesThatItHasNoUseFor) {
  start();
  io::Peer peer = node_->connect();
  const std::string large(300 * KiB, 'x');
  EXPECT_EQ(ask(peer, request(kUnknown, "", "key", large) + request(kSaslAuth, "", "PLAIN", large) +
                          request(kStat, "", "nonsense", large)),
            refusal(kUnknown, Status::kUnknownCommand) +
                refusal(kSaslAuth, Status::kUnknownCommand) + refusal(kStat, Status::kNotFound));
}

TEST_P(BinarySessionTest, TellsEachNumberOfStatInAReplyOfItsOwn) {
  start();
  io::Peer peer = node_->connect();
  const std::string replies = ask(peer, request(kStat));
  std::set<std::string> names;
  for (std::size_t at = 0; at < replies.size();) {
    const std::string head = replies.substr(at, binary::kHeadBytes);
    const auto key_bytes = static_cast<unsigned char>(head[3]);
    names.insert(replies.substr(at + binary::kHeadBytes, key_bytes));
    at += binary::kHeadBytes + body_bytes(head);
  }
  EXPECT_TRUE(names.contains("pid") && names.contains("curr_items"));
  EXPECT_TRUE(replies.ends_with(reply(kStat))) << "an empty one at the end";
}

// ---- large values

TEST_P(BinarySessionTest, StoresValuesOfEverySizeAsTheyArrive) {
  start({.memory_bytes = 64 * MiB, .item_bytes = 8 * MiB});
  io::Peer peer = node_->connect();
  for (const std::size_t size : {0UL, 1UL, 8 * KiB, 16 * KiB, 16 * KiB + 1, 100 * KiB, 5 * MiB}) {
    SCOPED_TRACE(size);
    const std::string value(size, static_cast<char>('a' + size % 26));
    EXPECT_EQ(ask(peer, set("k", value)), reply(kSet));
    EXPECT_EQ(ask(peer, request(kAppend, "", "k", "!") + request(kGet, "", "k")),
              reply(kAppend) + hit(value + "!"));
  }
}

TEST_P(BinarySessionTest, RefusesWhatIsTooLargeAndForgetsTheOldValue) {
  start({.memory_bytes = 64 * MiB, .item_bytes = 32 * KiB});
  io::Peer peer = node_->connect();
  for (const std::size_t size : {32 * KiB, 1 * MiB}) {
    ASSERT_EQ(ask(peer, set("k", "old")), reply(kSet));
    const std::string value(size, 'x');
    EXPECT_EQ(ask(peer, request(kAppend, "", "k", value) + request(kGet, "", "k")),
              refusal(kAppend, Status::kTooLarge) + hit("old"));
    EXPECT_EQ(ask(peer, set("k", value, kSetQuietly) + request(kGet, "", "k")),
              refusal(kSetQuietly, Status::kTooLarge) + refusal(kGet, Status::kNotFound));
  }
}

TEST_P(BinarySessionTest, SaysWhenMemoryRunsOutOnTheWay) {
  start({.memory_bytes = 8 * MiB, .item_bytes = 4 * MiB, .evict = false});
  io::Peer peer = node_->connect();
  const std::string value(3 * MiB, 'x');
  EXPECT_EQ(ask(peer, set("a", value) + set("b", value) + set("c", value)),
            reply(kSet) + reply(kSet) + refusal(kSet, Status::kNoMemory));
  EXPECT_EQ(ask(peer, request(kGet, "", "b")), hit(value));
}

}  // namespace
}  // namespace larder::serve::memcache

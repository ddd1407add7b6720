// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/udp_port.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "serve/memcache/test_gate.h"
#include "serve/memcache/test_node.h"
#include "wire/memcache/frame.h"

namespace larder::serve::memcache {
namespace {

namespace wire = ::larder::wire::memcache;

constexpr std::uint16_t kId = 0x1234;

io::UdpSocket open_socket() {
  return *io::UdpSocket::open(io::Address::resolve("127.0.0.1", 0)->front());
}

std::string framed(std::string_view request, const wire::FrameHead& head = {.request_id = kId}) {
  std::string datagram(wire::kFrameHeadBytes, '\0');
  wire::write_frame_head(datagram.data(), head);
  return datagram.append(request);
}

// A message of a reply, put together; what it came in is as it has to be.
struct Message {
  std::uint16_t request_id;
  std::string text;
  bool operator==(const Message&) const = default;
};

class UdpPortTest : public io::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (!IsSkipped()) serve();
  }
  void serve(io::Faults* faults = nullptr) {
    node_ = nullptr;
    io::UdpSocket socket = open_socket();
    socket.faults = faults;
    where_ = socket.address();
    node_ = std::make_unique<TestNode>(options(), cache::Limits{}, &gate_);
    port_ = std::make_unique<UdpPort>(node_->node, std::move(socket), allowed_);
    port_->open(*node_->loop);
  }
  // An owner elsewhere lets it in, on another thread.
  void let_in(const std::string& key) {
    std::thread([&] { gate_.let_in(key); }).join();
  }

  void send(std::string_view datagram) {
    const std::array<std::string_view, 1> one{datagram};
    ASSERT_EQ(client_.send(one, where_), 1U);
  }
  // Takes what has come; the datagrams of a message come one after the other.
  void collect() {
    while (const auto datagram = client_.receive(room_)) {
      EXPECT_LE(datagram->bytes.size(), limits::kMaxDatagramBytes);
      const auto frame = wire::parse_frame(datagram->bytes);
      ASSERT_TRUE(frame);
      if (parts_left_ == 0) {
        messages_.push_back({frame->head.request_id, ""});
        parts_ = parts_left_ = frame->head.total;
      }
      EXPECT_EQ(frame->head.request_id, messages_.back().request_id);
      EXPECT_EQ(frame->head.total, parts_);
      ASSERT_EQ(frame->head.sequence, parts_ - parts_left_);  // nothing was lost
      EXPECT_TRUE(parts_left_ == 1 || datagram->bytes.size() == limits::kMaxDatagramBytes);
      messages_.back().text += frame->bytes;
      --parts_left_;
    }
  }
  std::vector<Message> receive(std::size_t count) {
    const bool came = node_->loop.turn_until([&] {
      collect();
      return messages_.size() >= count && parts_left_ == 0;
    });
    EXPECT_TRUE(came) << "only " << messages_.size() << " messages came";
    return std::exchange(messages_, {});
  }
  // Whatever comes without being waited for.
  std::vector<Message> settle() {
    node_->loop.settle();
    collect();
    return std::exchange(messages_, {});
  }
  std::string ask(std::string_view request) {
    send(framed(request));
    return receive(1).front().text;
  }
  UdpCounts counts() const { return node_->node.udp.read(); }

  HoldingGate gate_;
  std::vector<io::Network> allowed_;
  std::unique_ptr<UdpPort> port_;  // goes after the loop that it is open on
  std::unique_ptr<TestNode> node_;
  io::UdpSocket client_ = open_socket();
  io::Address where_;
  std::vector<char> room_ = std::vector<char>(limits::kDatagramRoomBytes);
  std::vector<Message> messages_;
  std::size_t parts_ = 0;
  std::size_t parts_left_ = 0;
};
LARDER_TEST_BACKENDS(UdpPortTest);

TEST_P(UdpPortTest, AnswersUnderTheIdOfTheRequest) {
  for (const std::uint16_t id : std::to_array<std::uint16_t>({0, 1, 0xFFFF})) {
    send(framed("mn\r\n", {.request_id = id}));
    EXPECT_EQ(receive(1), (std::vector<Message>{{id, "MN\r\n"}}));
  }
  EXPECT_EQ(counts().requests, 3U);
}

TEST_P(UdpPortTest, AnswersEachDatagramByItself) {
  for (const std::uint16_t id : std::to_array<std::uint16_t>({7, 8, 9})) {
    send(framed("mn\r\n", {.request_id = id}));
  }
  EXPECT_EQ(receive(3), (std::vector<Message>{{7, "MN\r\n"}, {8, "MN\r\n"}, {9, "MN\r\n"}}));
}

TEST_P(UdpPortTest, AnswersAllCommandsOfADatagramInOneMessage) {
  EXPECT_EQ(ask("set k 0 0 1\r\nv\r\nget k k\r\nincr k 1\r\nbogus\r\n"),
            "STORED\r\n" + value_reply("k", "v") + value_reply("k", "v") +
                "END\r\nCLIENT_ERROR cannot increment or decrement non-numeric value\r\nERROR\r\n");
}

TEST_P(UdpPortTest, SaysNothingWhereNothingIsToBeSaid) {
  send(framed("set k 0 0 1 noreply\r\nv\r\nmg absent q\r\n"));
  send(framed("quit\r\nmn\r\n"));
  EXPECT_EQ(settle(), std::vector<Message>{});
  EXPECT_EQ(ask("get k\r\n"), value_reply("k", "v") + "END\r\n");
}

TEST_P(UdpPortTest, SpeaksWhatEachDatagramBeginsWith) {
  const std::string noop = std::string("\x80\x0A", 2) + std::string(22, '\0');
  const std::string done = std::string("\x81\x0A", 2) + std::string(22, '\0');
  EXPECT_EQ(ask(noop + noop), done + done);
  EXPECT_EQ(ask("mn\r\n"), "MN\r\n");
  EXPECT_EQ(ask(noop), done);
}

TEST_P(UdpPortTest, TakesNothingFromAnotherDatagram) {
  const std::string large(20'000, 'L');
  for (const std::string& half :
       {std::string("set k 0 0 10\r\nhello"), std::string("get k"), "set k 0 0 30000\r\n" + large,
        "ms k 30000 T0\r\n" + large, "mn\r\nset k 0 0 60000\r\n" + large}) {
    send(framed(half));
    const std::size_t replies = half.starts_with("mn") ? 1 : 0;
    EXPECT_EQ(settle().size(), replies) << half.substr(0, 30);
    EXPECT_EQ(ask("world\r\nmn\r\n"), "ERROR\r\nMN\r\n");
  }
  EXPECT_EQ(ask("get k\r\n"), "END\r\n");
  EXPECT_EQ(node_->cache.usage().reserved_bytes, 0U);
}

TEST_P(UdpPortTest, RefusesAtOnceWhatIsTooLarge) {
  EXPECT_EQ(ask("set k 0 0 2000000\r\nhello\r\nmn\r\n"),
            "SERVER_ERROR object too large for cache\r\n");
  EXPECT_EQ(ask("mn\r\n"), "MN\r\n");
}

TEST_P(UdpPortTest, DropsWhatIsNoWholeRequest) {
  send("");
  send("1234567");
  send(framed(""));
  send(framed("mn\r\n", {.request_id = kId, .sequence = 0, .total = 0}));
  send(framed("mn\r\n", {.request_id = kId, .sequence = 0, .total = 2}));
  EXPECT_EQ(settle(), std::vector<Message>{});
  EXPECT_EQ(counts().malformed, 5U);
  EXPECT_EQ(counts().requests, 0U);
  send(framed("mn\r\n", {.request_id = kId, .sequence = 9, .total = 1}));
  EXPECT_EQ(receive(1), (std::vector<Message>{{kId, "MN\r\n"}}));
}

TEST_P(UdpPortTest, TakesTheLargestDatagram) {
  const std::string value(65'507 - wire::kFrameHeadBytes - 20, 'v');
  EXPECT_EQ(ask(set_request("k", value)), "STORED\r\n");
  EXPECT_EQ(ask("get k\r\n"), value_reply("k", value) + "END\r\n");
}

TEST_P(UdpPortTest, SendsALongReplyInStepsOfSoManyDatagrams) {
  const std::string value(1'000'000, 'v');
  io::Peer peer = node_->connect();
  EXPECT_EQ(node_->ask(peer, set_request("k", value)), "STORED\r\nMN\r\n");
  send(framed("get k\r\n"));
  const std::string reply = value_reply("k", value) + "END\r\n";
  const std::size_t steps = wire::frames_of(reply.size()) / limits::kDatagramsPerSend + 1;
  // What is not taken in time is lost: a step fits into the kernel's memory for it.
  for (std::size_t turn = 0; turn < steps + 3; ++turn) {
    node_->loop->turn(0);
    collect();
  }
  ASSERT_EQ(messages_.size(), 1U);
  EXPECT_TRUE(messages_.front().text == reply);
  EXPECT_EQ(counts().cut_off, 0U);
}

TEST_P(UdpPortTest, AnswersOthersBetweenTheStepsOfALongReply) {
  io::Peer peer = node_->connect();
  EXPECT_EQ(node_->ask(peer, set_request("k", std::string(1'000'000, 'v'))), "STORED\r\nMN\r\n");
  io::UdpSocket reader = open_socket();
  const std::string get = framed("get k\r\n");
  const std::array<std::string_view, 1> one{get};
  ASSERT_EQ(reader.send(one, where_), 1U);
  node_->loop->turn(0);
  send(framed("mn\r\n"));
  peer.send("mn\r\n");
  for (int turn = 0; turn < 2; ++turn) node_->loop->turn(0);
  collect();
  EXPECT_EQ(messages_, (std::vector<Message>{{kId, "MN\r\n"}}));
  EXPECT_EQ(peer.receive_now(), "MN\r\n");
}

TEST_P(UdpPortTest, ReceivesOnlySoManyInATurn) {
  constexpr std::size_t kSent = 2 * limits::kDatagramsPerTurn;
  for (std::size_t i = 0; i < kSent; ++i) send(framed("mn\r\n"));
  node_->loop->turn(0);
  node_->loop->turn(0);
  EXPECT_LE(counts().requests, 2 * limits::kDatagramsPerTurn);
  EXPECT_GE(counts().requests, limits::kDatagramsPerTurn);
  EXPECT_EQ(receive(kSent).size(), kSent);
}

// The first datagram of a reply tells how many there are.
TEST_P(UdpPortTest, IsOneMessageThoughItWaitsInBetween) {
  ask("set held 0 0 1\r\nv\r\n");
  gate_.hold("held");
  send(framed("mn\r\nget held\r\nmn\r\n"));
  EXPECT_EQ(settle(), std::vector<Message>{});
  EXPECT_EQ(ask("mn\r\n"), "MN\r\n");  // nobody else waits
  EXPECT_EQ(node_->loop->socket_count(), 0U);
  let_in("held");
  EXPECT_EQ(receive(1).front().text, "MN\r\n" + value_reply("held", "v") + "END\r\nMN\r\n");
}

TEST_P(UdpPortTest, ReceivesNothingWhileTooManyAreOpen) {
  gate_.hold("held");
  for (std::size_t i = 0; i < limits::kOpenDatagrams; ++i) send(framed("get held\r\n"));
  EXPECT_TRUE(node_->loop.turn_until([&] { return gate_.waits() == limits::kOpenDatagrams; }));
  send(framed("mn\r\n", {.request_id = 1}));
  EXPECT_EQ(settle(), std::vector<Message>{});
  EXPECT_EQ(counts().requests, limits::kOpenDatagrams);
  let_in("held");
  const auto messages = receive(limits::kOpenDatagrams + 1);
  EXPECT_EQ(messages.front().text, "END\r\n");
  EXPECT_EQ(messages.back(), (Message{1, "MN\r\n"}));
}

TEST_P(UdpPortTest, BeginsAnotherMessageWhenAnOutboxIsFull) {
  const std::string value(100'000, 'v');
  io::Peer peer = node_->connect();
  EXPECT_EQ(node_->ask(peer, set_request("k", value)), "STORED\r\nMN\r\n");
  std::string all;
  send(framed("get k k k k k k\r\n"));
  const auto messages = receive(2);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_GE(messages.front().text.size(), limits::kFullOutboxBytes);
  for (int i = 0; i < 6; ++i) all += value_reply("k", value);
  EXPECT_TRUE(messages[0].text + messages[1].text == all + "END\r\n");
}

TEST_P(UdpPortTest, GoesOnWhenTheKernelHasRoomAgain) {
  io::Faults faults(1);
  faults.try_again_percent = 70;
  serve(&faults);
  io::Peer peer = node_->connect();
  const std::string value(500'000, 'v');
  EXPECT_EQ(node_->ask(peer, set_request("k", value)), "STORED\r\nMN\r\n");
  EXPECT_TRUE(ask("get k\r\n") == value_reply("k", value) + "END\r\n");
  EXPECT_NE(faults.injected, 0U);
}

TEST_P(UdpPortTest, CutsOffAReplyForWhichThereIsNoRoom) {
  io::Faults faults(1);
  faults.try_again_percent = 100;
  serve(&faults);
  send(framed("mn\r\n"));
  EXPECT_TRUE(node_->loop.turn_until([&] { return counts().cut_off == 1; }));
  faults.try_again_percent = 0;
  EXPECT_EQ(settle(), std::vector<Message>{});
  EXPECT_EQ(ask("mn\r\n"), "MN\r\n");
}

TEST_P(UdpPortTest, EndsWithTheLoopWhateverIsOpen) {
  io::Faults faults(1);
  faults.try_again_percent = 100;
  serve(&faults);
  gate_.hold("held");
  send(framed("get held\r\n"));
  send(framed("mn\r\n"));
  EXPECT_TRUE(node_->loop.turn_until([&] { return counts().requests == 2; }));
  let_in("held");
  node_ = nullptr;
}

TEST_P(UdpPortTest, ServesNothingThatHasNoEnd) {
  EXPECT_EQ(ask("watch fetchers\r\n"), "CLIENT_ERROR watch commands not allowed\r\n");
  EXPECT_EQ(ask("lru_crawler metadump all\r\n"), "ERROR metadump not allowed\r\n");
  EXPECT_EQ(ask("lru_crawler mgdump all\r\n"), "ERROR key dump not allowed\r\n");
  EXPECT_EQ(ask("stats cachedump 1 0\r\n"), "CLIENT_ERROR stats cachedump not allowed\r\n");
}

TEST_P(UdpPortTest, IsAskedByThisMachineAndWhomItIsToldToTrust) {
  const auto may_ask = [this](const std::string& host) {
    return port_->may_ask(io::Address::resolve(host, 1)->front());
  };
  EXPECT_TRUE(may_ask("127.0.0.1"));
  EXPECT_TRUE(may_ask("127.8.9.1"));
  EXPECT_TRUE(may_ask("::1"));
  EXPECT_FALSE(may_ask("192.0.2.1"));
  EXPECT_FALSE(may_ask("0.0.0.0"));
  EXPECT_FALSE(may_ask("fe80::1"));
  allowed_ = {*io::Network::parse("192.0.2.0/24"), *io::Network::parse("fe80::/10")};
  serve();
  EXPECT_TRUE(may_ask("127.0.0.1"));
  EXPECT_TRUE(may_ask("192.0.2.1"));
  EXPECT_TRUE(may_ask("fe80::1"));
  EXPECT_FALSE(may_ask("192.0.3.1"));
}

}  // namespace
}  // namespace larder::serve::memcache

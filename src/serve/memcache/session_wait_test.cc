// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
//
// Sessions whose keys are pending: who waits, who does not, and in which order they go on.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "serve/memcache/test_gate.h"
#include "serve/memcache/test_node.h"

namespace larder::serve::memcache {
namespace {

class SessionWaitTest : public io::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    node_ = std::make_unique<TestNode>(options(), cache::Limits{}, &gate_);
  }
  // As an owner elsewhere would: on another thread.
  void let_in(const std::string& key) {
    std::thread([&] { gate_.let_in(key); }).join();
  }
  bool waits(std::size_t times) {
    return node_->loop.turn_until([&] { return gate_.waits() == times; });
  }

  HoldingGate gate_;
  std::unique_ptr<TestNode> node_;
};
LARDER_TEST_BACKENDS(SessionWaitTest);

struct Waiting {
  std::string command;  // on the key `held`, which has the value `1`
  std::string reply;
};

std::vector<Waiting> each_command() {
  const std::string large(100'000, 'L');
  return {{"get held\r\n", "VALUE held 0 1\r\n1\r\nEND\r\n"},
          {"get other held other\r\n",
           "VALUE other 0 1\r\no\r\nVALUE held 0 1\r\n1\r\nVALUE other 0 1\r\no\r\nEND\r\n"},
          {"gat 0 held\r\n", "VALUE held 0 1\r\n1\r\nEND\r\n"},
          {"set held 0 0 1\r\n2\r\n", "STORED\r\n"},
          {"add held 0 0 1\r\n2\r\n", "NOT_STORED\r\n"},
          {"replace held 0 0 1\r\n2\r\n", "STORED\r\n"},
          {"append held 0 0 1\r\n2\r\n", "STORED\r\n"},
          {"prepend held 0 0 1\r\n2\r\n", "STORED\r\n"},
          {"cas held 0 0 1 1\r\n2\r\n", "EXISTS\r\n"},
          {"set held 0 0 1 noreply\r\n2\r\n", ""},
          {set_request("held", large), "STORED\r\n"},
          {"delete held\r\n", "DELETED\r\n"},
          {"incr held 5\r\n", "6\r\n"},
          {"decr held 5\r\n", "0\r\n"},
          {"touch held 0\r\n", "TOUCHED\r\n"},
          {"mg held v\r\n", "VA 1\r\n1\r\n"},
          {"mg aGVsZA== b v k\r\n", "VA 1 kheld\r\n1\r\n"},
          {"ms held 1\r\n2\r\n", "HD\r\n"},
          {"ms held 100000 k\r\n" + large + "\r\n", "HD kheld\r\n"},
          {"ms aGVsZA== 1 b k\r\n2\r\n", "HD kaGVsZA== b\r\n"},
          {"md held\r\n", "HD\r\n"},
          {"ma held v\r\n", "VA 1\r\n2\r\n"}};
}

TEST_P(SessionWaitTest, AnswersEveryCommandInItsOrderWhenItsKeyIsLetIn) {
  for (const Waiting& waiting : each_command()) {
    SCOPED_TRACE(waiting.command.substr(0, 40));
    io::Peer peer = node_->connect();
    ASSERT_EQ(node_->ask(peer, set_request("held", "1") + set_request("other", "o")),
              "STORED\r\nSTORED\r\nMN\r\n");
    const std::size_t waits_before = gate_.waits();
    gate_.hold("held");
    // What stands before is answered, what stands behind has to wait as well.
    node_->send(peer, "touch other 0\r\n" + waiting.command + "delete other\r\nmn\r\n");
    EXPECT_TRUE(waits(waits_before + 1));
    node_->loop.settle();
    std::string replies = peer.receive_now();
    EXPECT_TRUE(replies.starts_with("TOUCHED\r\n")) << replies;
    EXPECT_EQ(replies.find("DELETED"), std::string::npos);
    let_in("held");
    replies += node_->receive_through(peer, "MN\r\n");
    EXPECT_EQ(replies, "TOUCHED\r\n" + waiting.reply + "DELETED\r\nMN\r\n");
  }
}

TEST_P(SessionWaitTest, LetsOtherConnectionsGoOn) {
  io::Peer waiting = node_->connect();
  io::Peer other = node_->connect();
  gate_.hold("held");
  node_->send(waiting, "get held\r\n");
  ASSERT_TRUE(waits(1));
  EXPECT_EQ(node_->ask(other, set_request("k", "v") + "get k\r\n"),
            "STORED\r\n" + value_reply("k", "v") + "END\r\nMN\r\n");
  EXPECT_EQ(waiting.receive_now(), "");
  let_in("held");
  EXPECT_EQ(node_->receive_through(waiting, "END\r\n"), "END\r\n");
}

TEST_P(SessionWaitTest, WaitsAgainForAKeyThatIsPendingStill) {
  io::Peer peer = node_->connect();
  gate_.hold("held");
  node_->send(peer, "get held\r\n");
  for (std::size_t times = 1; times <= 3; ++times) {
    ASSERT_TRUE(waits(times));
    gate_.tell("held");
  }
  ASSERT_TRUE(waits(4));
  EXPECT_EQ(peer.receive_now(), "");
  let_in("held");
  EXPECT_EQ(node_->receive_through(peer, "END\r\n"), "END\r\n");
}

// The key is let in between the answer `pending` and the wait.
TEST_P(SessionWaitTest, GoesOnWithAKeyThatIsReadyAtOnce) {
  struct ShutOnce final : cache::Gate {
    bool admits(const cache::Key&) noexcept override { return std::exchange(open, true); }
    void wait(const cache::Key&, cache::Waiter& waiter) override { waiter.ready(); }
    bool open = false;
  } gate;
  TestNode node(options(), {}, &gate);
  io::Peer peer = node.connect();
  EXPECT_EQ(node.ask(peer, "get k\r\n"), "END\r\nMN\r\n");
}

TEST_P(SessionWaitTest, KeepsALargeValueWhoseKeyBecomesPendingBeforeItsEnd) {
  const std::string value(200'000, 'v');
  const std::string request = set_request("held", value);
  for (const std::size_t cut : {50'000UL, 150'000UL, request.size() - 2, request.size() - 1}) {
    SCOPED_TRACE(cut);
    const std::size_t waits_before = gate_.waits();
    io::Peer peer = node_->connect();
    node_->send(peer, std::string_view(request).substr(0, cut));
    node_->loop.settle();
    gate_.hold("held");
    node_->send(peer, std::string_view(request).substr(cut));
    node_->send(peer, "get held\r\n");
    ASSERT_TRUE(waits(waits_before + 1));
    EXPECT_EQ(peer.receive_now(), "");
    let_in("held");
    EXPECT_TRUE(io::same(node_->receive_through(peer, "END\r\n"),
                         "STORED\r\n" + value_reply("held", value) + "END\r\n"));
  }
}

TEST_P(SessionWaitTest, TakesMoreRequestsWhileItWaits) {
  io::Peer peer = node_->connect();
  gate_.hold("held");
  node_->send(peer, "get held\r\n");
  ASSERT_TRUE(waits(1));
  std::string requests;
  std::string replies = "END\r\n";
  for (int i = 0; i < 1000; ++i) {
    requests += set_request("k" + std::to_string(i), "v");
    replies += "STORED\r\n";
  }
  node_->send(peer, requests + "mn\r\n");
  node_->loop.settle();
  EXPECT_EQ(peer.receive_now(), "");
  let_in("held");
  EXPECT_EQ(node_->receive_through(peer, "MN\r\n"), replies + "MN\r\n");
}

TEST_P(SessionWaitTest, OutlivesAPeerThatLeaves) {
  for (const bool reset : {false, true}) {
    gate_.hold("held");
    const std::size_t waits_before = gate_.waits();
    io::Peer peer = node_->connect(io::Transport::kTcp);
    node_->send(peer, "get held\r\n");
    ASSERT_TRUE(waits(waits_before + 1));
    reset ? peer.reset() : peer.close();
    node_->loop.settle();
    EXPECT_EQ(node_->loop->socket_count(), 1U);
    let_in("held");
    EXPECT_TRUE(node_->loop.turn_until_all_left());
  }
}

TEST_P(SessionWaitTest, OutlivesACut) {
  gate_.hold("held");
  io::Peer peer = node_->connect();
  node_->send(peer, "get held\r\n");
  ASSERT_TRUE(waits(1));
  node_->socket->cut();
  node_->loop.settle();
  EXPECT_EQ(node_->loop->socket_count(), 1U);
  let_in("held");
  EXPECT_TRUE(node_->loop.turn_until_all_left());
}

TEST_P(SessionWaitTest, IsAnsweredWhileTheLoopStops) {
  gate_.hold("held");
  io::Peer peer = node_->connect();
  node_->send(peer, "get held\r\n");
  ASSERT_TRUE(waits(1));
  node_->loop->begin_stop(1'000'000);
  node_->loop.settle();
  let_in("held");
  EXPECT_EQ(node_->loop.receive_to_end(peer), "END\r\n");
  EXPECT_TRUE(node_->loop.turn_until_all_left());
}

// Many sessions, and a gate that opens and shuts under them from another thread.
TEST_P(SessionWaitTest, SurvivesAGateThatNeverRests) {
  constexpr int kClients = 4;
  constexpr int kRequests = 500;
  std::atomic<bool> over = false;
  gate_.hold("held");
  std::thread owner([&] {
    while (gate_.waits() == 0) std::this_thread::yield();  // shut for the first who comes
    while (!over) {
      gate_.hold("held");
      std::this_thread::yield();
      gate_.tell("held");
      gate_.let_in("held");
    }
    gate_.let_in("held");
  });
  {
    io::LoopThread loop(options());
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&] {
        io::Peer peer =
            loop.connect([this](io::Socket& socket) { return serve(node_->node, socket); });
        std::string expected;
        for (int request = 0; request < kRequests; ++request) {
          peer.send("incr none 1\r\nset held 0 0 1\r\n1\r\nget held\r\n");
          expected += "NOT_FOUND\r\nSTORED\r\n" + value_reply("held", "1") + "END\r\n";
        }
        EXPECT_TRUE(io::same(peer.receive(expected.size()), expected));
      });
    }
    for (std::thread& client : clients) client.join();
    over = true;
    owner.join();
  }
  EXPECT_GT(gate_.waits(), 0U) << "the gate was never seen shut";
}

}  // namespace
}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/memcached_node.h"

#include <vector>

#include "serve/edge/test_memcached.h"

namespace larder::serve::edge {
namespace {

TEST_P(MemcachedNodeTest, HasAValueWithItsFlags) {
  Asked& asked = ask("/a%20b");
  io::Peer peer = accept("get /a%20b\r\n");
  peer.send("VALUE /a%20b 5 3\r\nabc\r\nEND\r\n");
  ASSERT_EQ(end_of(asked), Kind::kHit);
  EXPECT_EQ(asked.answer->flags, 5U);
  EXPECT_EQ(asked.value(), "abc");
}

TEST_P(MemcachedNodeTest, UsesAConnectionAgain) {
  Asked& first = ask();
  io::Peer peer = accept();
  peer.send(kMiss);
  EXPECT_EQ(end_of(first), Kind::kMiss);
  Asked& second = ask();
  expect(peer);
  peer.send(kHit);
  EXPECT_EQ(end_of(second), Kind::kHit);
  EXPECT_EQ(node_->links(), 1U);
}

TEST_P(MemcachedNodeTest, ReadsAReplyThatComesInAnyPieces) {
  io::Peer peer(-1);
  for (std::size_t cut = 1; cut < kHit.size(); ++cut) {
    Asked& asked = ask();
    if (cut == 1) {
      peer = accept();
    } else {
      expect(peer);
    }
    peer.send(kHit.substr(0, cut));
    loop_->settle();
    EXPECT_FALSE(asked.answer) << cut;
    peer.send(kHit.substr(cut));
    ASSERT_EQ(end_of(asked), Kind::kHit) << cut;
    EXPECT_EQ(asked.value(), "abc");
  }
}

TEST_P(MemcachedNodeTest, ReadsLongValues) {
  const std::string value(limits::MiB, 'v');
  Asked& asked = ask();
  io::Peer peer = accept();
  std::string reply =
      "VALUE key 0 " + std::to_string(value.size()) + "\r\n" + value + "\r\nEND\r\n";
  std::string_view left = reply;
  ASSERT_TRUE(loop_->turn_until([&] {
    left.remove_prefix(peer.send_now(left));
    return asked.answer.has_value();
  }));
  ASSERT_EQ(asked.answer->kind, Kind::kHit);
  EXPECT_TRUE(io::same(asked.value(), value));
}

// ---- replies that are none

TEST_P(MemcachedNodeTest, IsStillAskedAfterAnError) {
  for (const char* error : {"ERROR\r\n", "CLIENT_ERROR no\r\n", "SERVER_ERROR no memory\r\n"}) {
    EXPECT_EQ(asked_and_told(error), Kind::kFailed) << error;
    EXPECT_EQ(node_->links(), 0U) << error;
  }
  EXPECT_TRUE(is_asked());
}

TEST_P(MemcachedNodeTest, IsOutWhenAReplyIsInDoubt) {
  const std::vector<std::string> all = {
      "garbage\r\n",
      "VALUE other 0 3\r\nabc\r\nEND\r\n",
      "VALUE key 0 2\r\nabc\r\nEND\r\n",
      "VALUE key 0 3\r\nabc\r\nEND\r\nEND\r\n",
      "END\r\nx",
      std::string(100'000, 'x'),
  };
  for (const std::string& reply : all) {
    EXPECT_EQ(asked_and_told(reply), Kind::kFailed) << reply.substr(0, 40);
    EXPECT_FALSE(is_asked()) << reply.substr(0, 40);
    EXPECT_EQ(node_->links(), 0U);
    pass_time(limits::kMemcachedRetryMs);
  }
}

TEST_P(MemcachedNodeTest, NeverTakesAPartForTheWhole) {
  for (std::size_t cut = 0; cut < kHit.size(); ++cut) {
    Asked& asked = ask();
    io::Peer peer = accept();
    peer.send(kHit.substr(0, cut));
    peer.close();
    EXPECT_EQ(end_of(asked), Kind::kFailed) << cut;
    EXPECT_FALSE(is_asked()) << cut;
    pass_time(limits::kMemcachedRetryMs);
  }
}

TEST_P(MemcachedNodeTest, DoesNotReadAValueThatIsTooLong) {
  const std::string size = std::to_string(limits::kMemcachedValueBytes + 1);
  EXPECT_EQ(asked_and_told("VALUE key 0 " + size + "\r\nabc"), Kind::kFailed);
  EXPECT_EQ(node_->links(), 0U);
  EXPECT_TRUE(is_asked()) << "whoever asked for the value has put the node out";
}

TEST_P(MemcachedNodeTest, HasRoomForSoManyBytesOfValues) {
  *used_ = limits::kMemcachedLoopBytes - 2;
  EXPECT_EQ(asked_and_told(kHit), Kind::kFailed);
  *used_ = limits::kMemcachedLoopBytes - 3;
  EXPECT_EQ(asked_and_told(kHit), Kind::kHit);
  EXPECT_EQ(*used_, limits::kMemcachedLoopBytes);
  base::Pin pin = MemcachedValue::pin(std::move(asked_.back().answer->value));
  EXPECT_EQ(*used_, limits::kMemcachedLoopBytes);
  pin.drop();
  EXPECT_EQ(*used_, limits::kMemcachedLoopBytes - 3);
  *used_ = 0;
}

// ---- nodes that are not there

TEST_P(MemcachedNodeTest, IsOutWhenItAnswersLate) {
  Asked& asked = ask();
  io::Peer peer = accept();
  peer.send(kHit.substr(0, 9));
  pass_time(kTimeoutMs - 1);
  EXPECT_FALSE(asked.answer);
  pass_time(1);
  ASSERT_TRUE(asked.answer);
  EXPECT_EQ(asked.answer->kind, Kind::kFailed);
  EXPECT_FALSE(is_asked());
  EXPECT_TRUE(has_links(0));
}

TEST_P(MemcachedNodeTest, IsOutWhenNobodyListens) {
  const io::Address nobody = io::TestListener().address();
  begin(nobody);
  EXPECT_EQ(end_of(ask()), Kind::kFailed);
  EXPECT_FALSE(is_asked());
}

TEST_P(MemcachedNodeTest, IsOutWhenNobodyAccepts) {
  const io::FullListener full;
  begin(full.address());
  Asked& asked = ask();
  loop_->settle();
  EXPECT_FALSE(asked.answer);
  pass_time(kTimeoutMs);
  ASSERT_TRUE(asked.answer);
  EXPECT_EQ(asked.answer->kind, Kind::kFailed);
  EXPECT_FALSE(is_asked());
}

TEST_P(MemcachedNodeTest, IsTriedByOneAtATime) {
  EXPECT_EQ(asked_and_told("garbage\r\n"), Kind::kFailed);
  pass_time(limits::kMemcachedRetryMs - 1);
  EXPECT_FALSE(is_asked());
  pass_time(1);
  Asked& first = ask();
  ASSERT_TRUE(first.lookup);
  EXPECT_FALSE(is_asked());
  first.lookup = nullptr;  // its client has left
  Asked& second = ask();
  ASSERT_TRUE(second.lookup);
  EXPECT_FALSE(is_asked());
  listener_.accept();  // what the first one has left
  io::Peer peer = accept();
  peer.send(kMiss);
  EXPECT_EQ(end_of(second), Kind::kMiss);
  EXPECT_TRUE(is_asked());
}

// ---- connections

TEST_P(MemcachedNodeTest, IsAskedAgainWhenItHasClosedAConnection) {
  Asked& first = ask();
  io::Peer peer = accept();
  peer.send(kMiss);
  EXPECT_EQ(end_of(first), Kind::kMiss);
  Asked& second = ask();
  expect(peer);
  peer.close();
  peer = accept();
  EXPECT_FALSE(second.answer);
  peer.send(kHit);
  EXPECT_EQ(end_of(second), Kind::kHit);
}

TEST_P(MemcachedNodeTest, LetsGoOfConnectionsThatEndOrSpeakUnasked) {
  for (const bool speaks : {true, false}) {
    Asked& asked = ask();
    io::Peer peer = accept();
    peer.send(kMiss);
    EXPECT_EQ(end_of(asked), Kind::kMiss);
    if (speaks) {
      peer.send(kMiss);
    } else {
      peer.close();
    }
    EXPECT_TRUE(has_links(0));
    EXPECT_TRUE(node_->is_unused());
  }
}

TEST_P(MemcachedNodeTest, ClosesWhatIdlesTooLong) {
  Asked& asked = ask();
  io::Peer peer = accept();
  peer.send(kMiss);
  EXPECT_EQ(end_of(asked), Kind::kMiss);
  for (std::int64_t ms = 0; ms < limits::kMemcachedIdleMs; ms += limits::kIdleConnectionCheckMs) {
    EXPECT_EQ(node_->links(), 1U) << ms;
    pass_time(limits::kIdleConnectionCheckMs);
  }
  EXPECT_EQ(node_->links(), 0U);
  EXPECT_EQ(loop_->receive_to_end(peer), "");
}

TEST_P(MemcachedNodeTest, ClosesWhereSomebodyHasGivenUp) {
  Asked& asked = ask();
  io::Peer peer = accept();
  asked.lookup = nullptr;
  EXPECT_EQ(node_->links(), 0U);
  EXPECT_EQ(loop_->receive_to_end(peer), "");
  EXPECT_TRUE(is_asked());
}

TEST_P(MemcachedNodeTest, MayBeGivenUpWhileItIsConnected) {
  ask().lookup = nullptr;
  EXPECT_EQ(node_->links(), 0U);
  loop_->settle();
  EXPECT_TRUE(is_asked());
}

// ---- many

TEST_P(MemcachedNodeTest, HasSoManyConnections) {
  std::vector<io::Peer> peers = ask_all();
  io::Peer& peer = peers.front();
  Asked& waits = ask("next");
  Asked& leaves = ask("none");
  Asked& last = ask("last");
  EXPECT_EQ(node_->links(), limits::kMemcachedLinks);
  leaves.lookup = nullptr;
  peer.send(kMiss);
  expect(peer, "get next\r\n");
  peer.send(kMiss);
  EXPECT_EQ(end_of(waits), Kind::kMiss);
  expect(peer, "get last\r\n");
  EXPECT_FALSE(last.answer);
  EXPECT_EQ(node_->links(), limits::kMemcachedLinks);
}

TEST_P(MemcachedNodeTest, LetsSoManyWait) {
  std::vector<io::Peer> peers = ask_all();
  Asked& first = ask();
  for (std::size_t i = 1; i < limits::kMemcachedWaiting; ++i) ASSERT_TRUE(is_asked());
  Asked& last = asked_.back();
  EXPECT_FALSE(is_asked());
  peers.front().send("garbage\r\n");
  EXPECT_EQ(end_of(first), Kind::kFailed);
  EXPECT_TRUE(last.answer) << "it waits for a node that is out";
  peers.back().send(kMiss);
  EXPECT_EQ(end_of(asked_[limits::kMemcachedLinks - 1]), Kind::kMiss) << "it was on its way";
}

TEST_P(MemcachedNodeTest, IsNotBlamedForWhoeverWaitedInVain) {
  const std::vector<io::Peer> peers = ask_all();
  Asked& waits = ask("key", kTimeoutMs / 2);
  pass_time(kTimeoutMs / 2);
  ASSERT_TRUE(waits.answer);
  EXPECT_EQ(waits.answer->kind, Kind::kFailed);
  EXPECT_TRUE(is_asked());
}

LARDER_TEST_BACKENDS(MemcachedNodeTest);

}  // namespace
}  // namespace larder::serve::edge

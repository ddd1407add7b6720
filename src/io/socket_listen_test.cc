// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "io/socket.h"
#include "io/test_loop.h"

namespace larder::io {
namespace {

// What a session that listens has heard: b(ytes), w(oken), e(nded).
struct Heard {
  std::string events;
  Socket::Hear hear = Socket::Hear::kBytes;
  Socket* socket = nullptr;
};

Task serve_listening(Socket& socket, Heard& heard) {
  heard.socket = &socket;
  for (bool open = true; open;) {
    auto listen = socket.listen(heard.hear);
    const Socket::Event event = co_await listen;
    heard.events += event == Socket::Event::kBytes   ? 'b'
                    : event == Socket::Event::kWoken ? 'w'
                                                     : 'e';
    open = event != Socket::Event::kEnded;
  }
}

class ListenTest : public BackendTest {
 protected:
  Loop::Serve listening() {
    return [this](Socket& socket) { return serve_listening(socket, heard_); };
  }
  bool hears(SteppedLoop& loop, const std::string& events) {
    return loop.turn_until([&] { return heard_.events == events; });
  }
  Heard heard_;
};
LARDER_TEST_BACKENDS(ListenTest);

TEST_P(ListenTest, HearsWhateverComesFirst) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(listening());
  peer.send("one");
  EXPECT_TRUE(hears(loop, "b"));
  heard_.socket->wake();
  EXPECT_EQ(heard_.events, "bw");
  peer.send("two");
  EXPECT_TRUE(hears(loop, "bwb"));
  EXPECT_EQ(heard_.socket->inbox().unread(), "onetwo");
  peer.close();
  EXPECT_TRUE(hears(loop, "bwbe"));
}

TEST_P(ListenTest, HearsNoBytesWhereItWantsNone) {
  SteppedLoop loop(options());
  heard_.hear = Socket::Hear::kNoBytes;
  Peer peer = loop.connect(listening());
  peer.send("one");
  peer.close();
  loop.settle();
  EXPECT_EQ(heard_.events, "");
  heard_.hear = Socket::Hear::kBytes;
  heard_.socket->wake();
  EXPECT_TRUE(hears(loop, "wbe"));
}

TEST_P(ListenTest, HearsNoMoreBytesThanTheInboxMayHold) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(listening(), Transport::kTcp);
  const std::string bytes(8 * limits::MiB, 'x');
  std::size_t sent = 0;
  for (int turn = 0; turn < 200; ++turn) {
    if (sent < bytes.size()) sent += peer.send_now(std::string_view(bytes).substr(sent));
    loop->turn(0);
  }
  EXPECT_GE(heard_.socket->inbox().unread().size(), limits::kPauseReceiveBytes);
  // What the kernel has received before it hears of the pause.
  constexpr std::size_t kOnTheWay = limits::kReceiveBuffers * limits::kReceiveBufferBytes;
  EXPECT_LT(heard_.socket->inbox().unread().size(), kOnTheWay + 2 * limits::kPauseReceiveBytes);
  heard_.socket->cut();
  EXPECT_TRUE(loop.turn_until_all_left());
}

TEST_P(ListenTest, IsWokenWhenTheOutboxHasRoom) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(listening(), Transport::kTcp);
  const std::string bytes(16 * limits::MiB, 'x');
  Outbox& outbox = heard_.socket->outbox();
  outbox.append(bytes);
  heard_.socket->wake_below(1 * limits::MiB);
  heard_.socket->send();
  std::string received;
  EXPECT_TRUE(loop.turn_until([&] {
    EXPECT_TRUE(outbox.unsent() < 1 * limits::MiB || heard_.events.empty());
    received += peer.receive_now();
    return received.size() == bytes.size();
  }));
  EXPECT_TRUE(hears(loop, "w"));
}

TEST_P(ListenTest, IsWokenWhenNothingCanBeSentAnyMore) {
  SteppedLoop loop(options());
  heard_.hear = Socket::Hear::kNoBytes;
  Peer peer = loop.connect(listening(), Transport::kTcp);
  heard_.socket->outbox().append(std::string(16 * limits::MiB, 'x'));
  heard_.socket->wake_below(1);
  heard_.socket->send();
  peer.reset();
  EXPECT_TRUE(hears(loop, "w"));
  EXPECT_TRUE(heard_.socket->has_failed_to_send());
  heard_.socket->cut();
}

TEST_P(ListenTest, IsCutWhileItHearsNoBytes) {
  SteppedLoop loop(options());
  heard_.hear = Socket::Hear::kNoBytes;
  Peer peer = loop.connect(listening());
  loop.settle();
  heard_.socket->cut();
  EXPECT_EQ(heard_.events, "e");
  EXPECT_TRUE(loop.turn_until_all_left());
}

}  // namespace
}  // namespace larder::io

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// Readers that take their replies slowly or not at all, and those who sit beside them.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"
#include "io/test_loop.h"
#include "io/test_session.h"

namespace larder::io {
namespace {

// Answers each byte with so many.
constexpr std::size_t kAnswerBytes = 100;

Task serve_more_than_asked(Socket& socket, Seen& seen) {
  seen.socket = &socket;
  const std::string answer(kAnswerBytes, 'a');
  for (bool open = true; open && seen.flushed;) {
    while (!socket.inbox().empty() && !socket.outbox().full()) {
      socket.inbox().consume(1);
      socket.outbox().append(answer);
    }
    auto flush = socket.flush();
    seen.flushed = co_await flush;
    if (!socket.inbox().empty()) continue;
    auto read = socket.read();
    open = co_await read;
    seen.reads += open ? 1 : 0;
  }
  auto flush = socket.flush_everything();
  co_await flush;
  seen.done = true;
}

class SlowReaderTest : public BackendTest {
 protected:
  Loop::Serve amplifier() {
    return [this](Socket& socket) { return serve_more_than_asked(socket, seen_); };
  }
  Loop::Serve lines() {
    return [this](Socket& socket) { return serve_lines(socket, other_); };
  }
  // Sends until the other side takes no more. → how much it took.
  static std::size_t flood(SteppedLoop& loop, Peer& peer) {
    const std::string bytes(64 * limits::KiB, 'x');
    std::size_t taken = 0;
    for (std::size_t now = 1; now != 0;) {
      now = peer.send_now(bytes);
      taken += now;
      loop.settle();
    }
    return taken;
  }
  static bool answers(SteppedLoop& loop, Peer& peer) {
    peer.send("ping\n");
    return loop.receive(peer, 6) == "[ping]";
  }
  Seen seen_;
  Seen other_;
};
LARDER_TEST_BACKENDS(SlowReaderTest);

// In bytes that may be unread after the stop was asked for: what the loop's buffers can hold.
constexpr std::size_t kOvershoot = limits::kReceiveBuffers * limits::kReceiveBufferBytes;

TEST_P(SlowReaderTest, StopsReceivingAFloodThatTakesNoReplies) {
  SteppedLoop loop(options());
  Peer flooder = loop.connect(amplifier(), Transport::kTcp);
  Peer other = loop.connect(lines());
  const std::size_t taken = flood(loop, flooder);
  EXPECT_GE(seen_.socket->inbox().unread().size(), limits::kPauseReceiveBytes);
  EXPECT_LE(seen_.socket->inbox().unread().size(), limits::kPauseReceiveBytes + kOvershoot);
  EXPECT_LE(seen_.socket->outbox().unsent(), limits::kFullOutboxBytes + kAnswerBytes);
  EXPECT_TRUE(answers(loop, other));

  // It goes on where it stopped, and answers every byte that it took.
  flooder.half_close();
  EXPECT_EQ(loop.receive_to_end(flooder).size(), taken * kAnswerBytes);
  EXPECT_TRUE(seen_.done);
}

// The reader comes back in the very moment in which receiving has been stopped.
TEST_P(SlowReaderTest, GoesOnWithAReaderThatComesBackAtAnyTime) {
  for (int turns = 0; turns < 12; ++turns) {
    seen_ = {};
    SteppedLoop loop(options());
    Peer peer = loop.connect(amplifier());
    const std::string bytes(150'000, 'x');
    std::size_t sent = peer.send_now(bytes);
    for (int turn = 0; turn < turns; ++turn) loop->turn(0);
    std::size_t received = 0;
    EXPECT_TRUE(loop.turn_until([&] {
      received += peer.receive_now().size();
      sent += peer.send_now(std::string_view(bytes).substr(sent));
      return received == bytes.size() * kAnswerBytes;
    })) << "after "
        << turns << " turns";
  }
}

// Sends a value for the first byte and reads nothing while it does; then a server of lines.
Task serve_value_then_lines(Socket& socket, Seen& seen, std::size_t value_bytes) {
  auto first = socket.read();
  co_await first;
  socket.inbox().consume(1);
  socket.outbox().append(std::string(value_bytes, 'v'));
  seen.flushed = false;
  auto flush = socket.flush_everything();
  seen.flushed = co_await flush;
  for (bool open = true; open;) {
    answer_lines(socket);
    auto send = socket.flush();
    co_await send;
    auto read = socket.read();
    open = co_await read;
  }
}

// Room to send and bytes to receive come in one event, to a session that waited for the room and
// wants the bytes as soon as it has it.
TEST_P(SlowReaderTest, ReadsOnWhenRoomAndBytesComeTogether) {
  constexpr std::size_t kValueBytes = 300 * limits::KiB;
  const std::string line(2 * limits::kPauseReceiveBytes, 'l');
  for (int turns = 0; turns < 4; ++turns) {
    SteppedLoop loop(options());
    Peer peer = loop.connect(
        [this](Socket& socket) { return serve_value_then_lines(socket, seen_, kValueBytes); });
    peer.send("!");
    loop.settle();
    ASSERT_FALSE(seen_.flushed) << "the kernel's buffers hold the whole value";
    peer.send(line);
    for (int turn = 0; turn < turns; ++turn) loop->turn(0);
    const std::size_t received = peer.receive_now().size();
    ASSERT_EQ(received + loop.receive(peer, kValueBytes - received).size(), kValueBytes);
    peer.send("\n");
    ASSERT_TRUE(same(loop.receive(peer, line.size() + 2), "[" + line + "]")) << turns << " turns";
  }
}

TEST_P(SlowReaderTest, StarvesNobodyWithAFullPipeline) {
  SteppedLoop loop(options());
  Peer busy = loop.connect(lines());
  Peer other = loop.connect(lines());
  loop.settle();
  const std::string request(199, 'y');
  std::string pipeline;
  while (pipeline.size() < 128 * limits::KiB) pipeline += request + "\n";
  const std::size_t queued = busy.send_now(pipeline);
  ASSERT_GT(queued, 2 * limits::kEpollReceiveBytes - limits::KiB);
  other.send("ping\n");
  for (int turn = 0; turn < 2; ++turn) loop->turn(0);
  EXPECT_EQ(other.receive_now(), "[ping]");
}

TEST_P(SlowReaderTest, StarvesNobodyWithAReplyThatGoesOutAsFastAsItIsMade) {
  Faults faults(1);
  faults.max_send_bytes = 100;
  LoopOptions many_sends = options();
  many_sends.faults = &faults;
  SteppedLoop loop(many_sends);
  Peer busy = loop.connect(amplifier());
  Peer other = loop.connect(lines());
  loop.settle();
  constexpr std::size_t kAsked = 1000;
  busy.send(std::string(kAsked, 'x'));
  other.send("ping\n");
  for (int turn = 0; turn < 2; ++turn) loop->turn(0);
  EXPECT_EQ(other.receive_now(), "[ping]");
  EXPECT_LE(busy.receive_now().size(), 2 * limits::kSendsPerTurn * faults.max_send_bytes);
}

base::SteadyMs test_clock_ms = 0;
base::SteadyMs test_clock() noexcept { return test_clock_ms; }

TEST_P(SlowReaderTest, CutsAReaderThatMakesNoProgress) {
  LoopOptions with_clock = options();
  with_clock.steady_now = test_clock;
  with_clock.no_progress_ms = 1000;
  SteppedLoop loop(with_clock);
  Peer stalled = loop.connect(amplifier());
  Peer other = loop.connect(lines());
  flood(loop, stalled);
  test_clock_ms += 999;
  EXPECT_TRUE(answers(loop, other));
  EXPECT_FALSE(seen_.done);
  // Whoever takes something has another second.
  EXPECT_NE(stalled.receive_now(), "");
  flood(loop, stalled);
  test_clock_ms += 999;
  EXPECT_TRUE(answers(loop, other));
  EXPECT_FALSE(seen_.done);
  test_clock_ms += 1;
  EXPECT_TRUE(loop.turn_until([&] { return seen_.done; }));
  EXPECT_FALSE(seen_.flushed);
  EXPECT_TRUE(answers(loop, other));
  EXPECT_TRUE(loop.turn_until([&] { return loop->socket_count() == 1; }));
}

TEST_P(SlowReaderTest, CutsNobodyWhoHasNothingToTake) {
  LoopOptions with_clock = options();
  with_clock.steady_now = test_clock;
  with_clock.no_progress_ms = 1000;
  SteppedLoop loop(with_clock);
  Peer idle = loop.connect(lines());
  EXPECT_TRUE(answers(loop, idle));
  test_clock_ms += 1'000'000;
  loop.settle();
  EXPECT_TRUE(answers(loop, idle));
}

}  // namespace
}  // namespace larder::io

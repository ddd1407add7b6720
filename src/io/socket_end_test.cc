// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
// How connections end: by the peer, by us, in every place where a session can wait.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/pin.h"
#include "io/test_loop.h"
#include "io/test_session.h"

namespace larder::io {
namespace {

// Where a session may wait when its connection ends.
enum class Waiting { kRead, kReceive, kFlush, kFlushEverything, kElsewhere };
constexpr Waiting kEachWaiting[] = {Waiting::kRead, Waiting::kReceive, Waiting::kFlush,
                                    Waiting::kFlushEverything, Waiting::kElsewhere};

// For something that is not a socket's, until the test resumes it.
struct Elsewhere {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) { session = waiting; }
  void await_resume() const noexcept {}
  std::coroutine_handle<> session;
};

struct Waited {
  Waiting where;
  Elsewhere elsewhere;
  std::string value;  // pinned in the outbox
  int pins_dropped = 0;
  Seen seen;
};

base::Pin pin_of(Waited& waited) {
  return {&waited, [](void* self) noexcept { ++static_cast<Waited*>(self)->pins_dropped; }};
}

// Waits in one place, then in read until the end.
Task serve_waiting(Socket& socket, Waited& waited) {
  waited.seen.socket = &socket;
  std::string room(1000, '\0');
  if (waited.where == Waiting::kReceive) {
    auto receive = socket.receive(room);
    co_await receive;
  } else if (waited.where == Waiting::kFlush || waited.where == Waiting::kFlushEverything) {
    socket.outbox().append_pinned(waited.value, pin_of(waited));
    auto flush = waited.where == Waiting::kFlush ? socket.flush() : socket.flush_everything();
    waited.seen.flushed = co_await flush;
  } else if (waited.where == Waiting::kElsewhere) {
    Elsewhere& elsewhere = waited.elsewhere;
    co_await elsewhere;
  }
  for (bool open = true; open;) {
    socket.inbox().consume(socket.inbox().unread().size());
    auto read = socket.read();
    open = co_await read;
  }
  waited.seen.done = true;
}

class EndTest : public BackendTest {
 protected:
  // A session that waits `where`, and a peer that takes nothing of the eight megabytes.
  Peer connect(SteppedLoop& loop, Waiting where) {
    waited_ = std::make_unique<Waited>();
    waited_->where = where;
    waited_->value = std::string(8 * limits::MiB, 'v');
    Peer peer = loop.connect([this](Socket& socket) { return serve_waiting(socket, *waited_); },
                             Transport::kTcp);
    loop.settle();
    return peer;
  }
  // Ends the wait for something that is not a socket's: nobody else does.
  void expect_end(SteppedLoop& loop) {
    loop.settle();
    if (waited_->where == Waiting::kElsewhere) {
      EXPECT_FALSE(waited_->seen.done);
      waited_->seen.socket->resume_session(waited_->elsewhere.session);
    }
    EXPECT_TRUE(loop.turn_until_all_left()) << "waiting " << static_cast<int>(waited_->where);
    EXPECT_TRUE(waited_->seen.done);
    const bool sends =
        waited_->where == Waiting::kFlush || waited_->where == Waiting::kFlushEverything;
    EXPECT_EQ(waited_->pins_dropped, sends ? 1 : 0);
    EXPECT_NE(waited_->seen.flushed, sends);
  }
  std::unique_ptr<Waited> waited_;
};
LARDER_TEST_BACKENDS(EndTest);

TEST_P(EndTest, IsSeenWhereverTheSessionWaitsWhenWeCut) {
  SteppedLoop loop(options());
  for (const Waiting where : kEachWaiting) {
    Peer peer = connect(loop, where);
    waited_->seen.socket->cut();
    expect_end(loop);
  }
}

TEST_P(EndTest, IsSeenWhereverTheSessionWaitsWhenThePeerResets) {
  SteppedLoop loop(options());
  for (const Waiting where : kEachWaiting) {
    Peer peer = connect(loop, where);
    peer.reset();
    expect_end(loop);
  }
}

TEST_P(EndTest, IsSeenWhereverTheSessionWaitsWhenThePeerCloses) {
  SteppedLoop loop(options());
  for (const Waiting where : kEachWaiting) {
    Peer peer = connect(loop, where);
    peer.close();
    expect_end(loop);
  }
}

TEST_P(EndTest, OfOneHalfLeavesTheOtherHalfOpen) {
  SteppedLoop loop(options());
  for (const Waiting where : {Waiting::kFlush, Waiting::kFlushEverything}) {
    Peer peer = connect(loop, where);
    peer.half_close();
    loop.settle();
    EXPECT_FALSE(waited_->seen.done);
    EXPECT_EQ(loop.receive_to_end(peer).size(), waited_->value.size());
    EXPECT_TRUE(loop.turn_until_all_left());
    EXPECT_TRUE(waited_->seen.flushed);
    EXPECT_EQ(waited_->pins_dropped, 1);
  }
}

TEST_P(EndTest, ComesAfterWhatWasReceivedBeforeIt) {
  Seen seen;
  SteppedLoop loop(options());
  const auto lines = [&seen](Socket& socket) { return serve_lines(socket, seen); };
  Connection connection = io::connect(Transport::kTcp);
  connection.peer.send("one\ntwo\nthr");
  connection.peer.half_close();
  loop->adopt(connection.ours, lines);
  EXPECT_EQ(loop.receive_to_end(connection.peer), "[one][two]");
  EXPECT_TRUE(seen.done);
  EXPECT_TRUE(loop.turn_until_all_left());
}

// ---- pins and sends in flight

// Sends a value under its pin and waits for nothing.
Task serve_value_and_leave(Socket& socket, Waited& waited) {
  socket.outbox().append_pinned(waited.value, pin_of(waited));
  auto flush = socket.flush();
  co_await flush;
  waited.seen.done = true;
}

// A session that is done at once, although most of what it sends is still ours.
Task serve_part_and_leave(Socket& socket, Waited& waited) {
  waited.seen.socket = &socket;
  socket.outbox().append_pinned(std::string_view(waited.value).substr(0, 1000), pin_of(waited));
  auto flush = socket.flush();
  co_await flush;
  waited.seen.done = true;
}

TEST_P(EndTest, OfTheSessionWaitsForTheSendInFlight) {
  Waited waited;
  SteppedLoop loop(options());
  waited.value = std::string(1000, 'v');
  Peer peer = loop.connect([&](Socket& socket) { return serve_part_and_leave(socket, waited); });
  EXPECT_TRUE(waited.seen.done);
  EXPECT_EQ(waited.pins_dropped, is_uring() ? 0 : 1);  // epoll has sent it within the call
  EXPECT_TRUE(loop.turn_until_all_left());
  EXPECT_EQ(waited.pins_dropped, 1);
}

TEST_P(EndTest, OfTheSessionCutsASendThatNobodyTakes) {
  Waited waited;
  SteppedLoop loop(options());
  waited.value = std::string(8 * limits::MiB, 'v');
  Peer peer = loop.connect([&](Socket& socket) { return serve_value_and_leave(socket, waited); });
  loop.settle();
  EXPECT_FALSE(waited.seen.done);  // the outbox is full
  EXPECT_TRUE(loop.turn_until([&] {
    peer.receive_some(MSG_DONTWAIT);
    return waited.seen.done;
  }));
  EXPECT_TRUE(loop.turn_until_all_left());
  EXPECT_EQ(waited.pins_dropped, 1);
}

TEST_P(EndTest, DropsAPinOnlyWhenTheKernelHasItsBytes) {
  SteppedLoop loop(options());
  Peer peer = connect(loop, Waiting::kFlushEverything);
  std::string received;
  std::string piece(64 * limits::KiB, '\0');
  ASSERT_TRUE(loop.turn_until([&] {
    const ssize_t bytes = ::recv(peer.fd(), piece.data(), piece.size(), MSG_DONTWAIT);
    if (bytes > 0) received.append(piece, 0, static_cast<std::size_t>(bytes));
    return waited_->pins_dropped != 0;
  }));
  EXPECT_LT(received.size(), waited_->value.size()) << "dropped late: the test sees nothing";
  received += peer.receive(waited_->value.size() - received.size());  // without our doing anything
  EXPECT_TRUE(same(received, waited_->value));
  loop.settle();
  EXPECT_EQ(waited_->pins_dropped, 1);
  EXPECT_FALSE(waited_->seen.done);
}

}  // namespace
}  // namespace larder::io

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/socket.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"
#include "io/test_loop.h"
#include "io/test_memory.h"
#include "io/test_session.h"

namespace larder::io {
namespace {

// ---- reading

class SocketTest : public BackendTest {
 protected:
  Loop::Serve lines() {
    return [this](Socket& socket) { return serve_lines(socket, seen_); };
  }
  Seen seen_;
};
LARDER_TEST_BACKENDS(SocketTest);

TEST_P(SocketTest, AnswersOverUnixSocketsAndTcp) {
  SteppedLoop loop(options());
  for (const Transport transport : {Transport::kUnix, Transport::kTcp, Transport::kRecords}) {
    Peer peer = loop.connect(lines(), transport);
    peer.send("hello\n");
    EXPECT_EQ(loop.receive(peer, 7), "[hello]");
    peer.send("again\n");
    EXPECT_EQ(loop.receive(peer, 7), "[again]");
  }
}

TEST_P(SocketTest, ReadsAPipelineAtOnce) {
  SteppedLoop loop(options());
  Connection connection = connect(Transport::kUnix);
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    connection.peer.send(std::to_string(i) + "\n");
    expected += "[" + std::to_string(i) + "]";
  }
  loop->adopt(connection.ours, lines());
  EXPECT_EQ(loop.receive(connection.peer, expected.size()), expected);
  EXPECT_EQ(seen_.reads, 1U);
}

TEST_P(SocketTest, SendsAllRepliesOfAReadAtOnce) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(lines(), Transport::kRecords);
  std::string requests;
  std::string replies;
  for (int i = 0; i < 1000; ++i) {
    requests += std::to_string(i) + "\n";
    replies += "[" + std::to_string(i) + "]";
  }
  peer.send(requests);
  std::string record;
  EXPECT_TRUE(loop.turn_until([&] { return !(record = peer.receive_some(MSG_DONTWAIT)).empty(); }));
  EXPECT_EQ(record, replies);
  EXPECT_EQ(seen_.reads, 1U);
}

TEST_P(SocketTest, KeepsBytesAcrossACutAtEveryPlace) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(lines());
  const std::string requests = "one\n\nthree and more\nfour\n";
  const std::string replies = "[one][][three and more][four]";
  for (std::size_t cut = 1; cut < requests.size(); ++cut) {
    const std::size_t reads = seen_.reads;
    peer.send(requests.substr(0, cut));
    ASSERT_TRUE(loop.turn_until([&] { return seen_.reads == reads + 1; }));
    peer.send(requests.substr(cut));
    ASSERT_EQ(loop.receive(peer, replies.size()), replies) << "cut at " << cut;
    ASSERT_EQ(seen_.reads, reads + 2);
  }
}

TEST_P(SocketTest, KeepsALineThatComesByteByByte) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(lines());
  const std::string line = "a line that is in no hurry\n";
  for (std::size_t i = 0; i < line.size(); ++i) {
    peer.send(line.substr(i, 1));
    ASSERT_TRUE(loop.turn_until([&] { return seen_.reads == i + 1; }));
  }
  EXPECT_EQ(loop.receive(peer, line.size() + 1), "[" + line.substr(0, line.size() - 1) + "]");
}

// A line that needs many receive buffers arrives in them all, and the connection owns it alone.
TEST_P(SocketTest, ReadsALineThatIsLongerThanEveryBuffer) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(lines(), Transport::kTcp);
  const std::string line(4 * limits::MiB, 'x');
  std::size_t sent = 0;
  ASSERT_TRUE(loop.turn_until([&] {
    sent += peer.send_now(std::string_view(line).substr(sent));
    return sent == line.size();
  }));
  peer.send("\n");
  EXPECT_TRUE(same(loop.receive(peer, line.size() + 2), "[" + line + "]"));
}

// More bytes than the loop has buffers, and the end right behind them.
TEST_P(SocketTest, SeesTheEndThatComesWithTheLastBytes) {
  LoopOptions small = options();
  small.receive_buffer_bytes = 16;
  SteppedLoop loop(small);
  for (const Transport transport : {Transport::kUnix, Transport::kTcp}) {
    for (const std::size_t size : {1, 16, 17, 500, 600, 1024, 1025, 5000}) {
      const std::string line(size - 1, 'x');
      Connection early = connect(transport);
      early.peer.send(line + "\n");
      early.peer.half_close();
      loop->adopt(early.ours, lines());
      EXPECT_TRUE(same(loop.receive_to_end(early.peer), "[" + line + "]")) << size << " early";
      Peer late = loop.connect(lines(), transport);
      loop.settle();
      late.send(line + "\n");
      late.half_close();
      EXPECT_TRUE(same(loop.receive_to_end(late), "[" + line + "]")) << size << " late";
    }
  }
  EXPECT_TRUE(loop.turn_until_all_left());
}

// ---- sending from memory

Task serve_once(Socket& socket, std::string_view frozen, Seen& seen) {
  socket.outbox().append("[");
  socket.outbox().append_frozen(frozen, {});
  socket.outbox().append("]");
  auto flush = socket.flush_everything();
  seen.flushed = co_await flush;
  seen.done = true;
}

// What is overwritten once it is sent shows that there was no copy.
TEST_P(SocketTest, SendsFrozenBytesWhereTheyLie) {
  SteppedLoop loop(options());
  for (const Transport transport : {Transport::kUnix, Transport::kTcp}) {
    const TestMemory memory(std::string(limits::kFrozenBytes, 'v'));
    Seen seen;
    Connection connection = connect(transport);
    leave_unpaced(connection);
    loop->adopt(connection.ours,
                [&](Socket& socket) { return serve_once(socket, memory.text(), seen); });
    ASSERT_TRUE(loop.turn_until([&] { return seen.done; }));
    EXPECT_TRUE(seen.flushed);
    memory.fill('!');
    const std::string got = loop.receive(connection.peer, memory.text().size() + 2);
    EXPECT_TRUE(same(got, "[" + std::string(memory.text()) + "]"));
  }
}

// ---- receiving into memory

// A request is its size in decimal, a line end, and so many bytes. What the inbox has of them is
// taken from there, the rest is received where it shall lie, with or without what is behind it. The
// answer is a `.`. After one of `large` bytes or more, more of them are expected.
Task serve_blocks(Socket& socket, Seen& seen, std::size_t large, Socket::Behind behind) {
  seen.socket = &socket;
  for (bool open = true; open;) {
    const std::string_view unread = socket.inbox().unread();
    const std::size_t line = unread.find('\n');
    if (line == std::string_view::npos) {
      auto read = socket.read();
      open = co_await read;
      seen.reads += open ? 1 : 0;
      continue;
    }
    std::string block(std::stoul(std::string(unread.substr(0, line))), '\0');
    socket.inbox().consume(line + 1);
    if (block.size() >= large) socket.expect_large();
    std::size_t filled = socket.inbox().unread().copy(block.data(), block.size());
    socket.inbox().consume(filled);
    seen.copied += filled;
    while (open && filled != block.size()) {
      auto receive = socket.receive({block.data() + filled, block.size() - filled}, behind);
      const std::size_t bytes = co_await receive;
      open = bytes != 0;
      if (!open) break;
      ++seen.receives;
      filled += bytes;
      const std::size_t more =
          socket.inbox().unread().copy(block.data() + filled, block.size() - filled);
      socket.inbox().consume(more);
      filled += more;
    }
    seen.direct += block.substr(0, filled);
    if (filled == block.size()) socket.outbox().append(".");
    auto flush = socket.flush();
    seen.flushed = co_await flush;
  }
  auto flush = socket.flush_everything();
  co_await flush;
  seen.done = true;
}

std::string block_of(std::size_t size) {
  std::string block(size, ' ');
  for (std::size_t i = 0; i < size; ++i) block[i] = static_cast<char>(i * 31 + i / 255);
  return block;
}

std::string request_of(const std::string& block) {
  return std::to_string(block.size()) + "\n" + block;
}

class ReceiveTest : public BackendTest {
 protected:
  // Buffers so small that one turn brings several of them.
  LoopOptions small_buffers() const {
    LoopOptions small = options();
    small.receive_buffer_bytes = 16;
    return small;
  }
  Loop::Serve blocks(std::size_t large = std::string::npos) {
    return [this, large](Socket& socket) { return serve_blocks(socket, seen_, large, behind_); };
  }
  // The head of a block is cut off at every place; the rest is sent without waiting, so that it may
  // be caught by the stream that is being stopped.
  void send_cut_at_every_place(SteppedLoop& loop, Peer& peer) {
    const std::string block = block_of(200);
    const std::string requests = request_of(block) + request_of("next") + request_of(block);
    for (std::size_t cut = 1; cut < requests.size(); ++cut) {
      for (const int turns : {0, 1, 2}) {
        seen_.direct.clear();
        peer.send(requests.substr(0, cut));
        for (int turn = 0; turn < turns; ++turn) loop->turn(0);
        peer.send(requests.substr(cut));
        ASSERT_EQ(loop.receive(peer, 3), "...") << "cut at " << cut << ", turns " << turns;
        ASSERT_TRUE(same(seen_.direct, block + "next" + block))
            << "cut at " << cut << ", turns " << turns;
      }
    }
  }

  Seen seen_;
  Socket::Behind behind_ = Socket::Behind::kLeave;
};
LARDER_TEST_BACKENDS(ReceiveTest);

TEST_P(ReceiveTest, ReceivesIntoMemoryAfterStreaming) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(blocks());
  const std::string block = block_of(100'000);
  peer.send(std::to_string(block.size()) + "\n");
  loop.settle();
  peer.send(block);
  EXPECT_EQ(loop.receive(peer, 1), ".");
  EXPECT_TRUE(same(seen_.direct, block));
  EXPECT_GE(seen_.receives, 1U);
  peer.send(request_of("small"));  // and streaming again
  EXPECT_EQ(loop.receive(peer, 1), ".");
  EXPECT_TRUE(same(seen_.direct, block + "small"));
}

TEST_P(ReceiveTest, LosesNothingWhileTheStreamIsStopped) {
  SteppedLoop loop(small_buffers());
  Peer peer = loop.connect(blocks());
  send_cut_at_every_place(loop, peer);
}

TEST_P(ReceiveTest, LosesNothingWhereLargeOnesAreExpected) {
  SteppedLoop loop(small_buffers());
  constexpr std::size_t kLarge = 100;
  Peer peer = loop.connect(blocks(kLarge));
  send_cut_at_every_place(loop, peer);
}

TEST_P(ReceiveTest, LosesNothingOfWhatIsBehindARoom) {
  behind_ = Socket::Behind::kTake;
  SteppedLoop loop(small_buffers());
  Peer peer = loop.connect(blocks());
  send_cut_at_every_place(loop, peer);
  constexpr std::size_t kLarge = 100;
  Peer expecting = loop.connect(blocks(kLarge));
  send_cut_at_every_place(loop, expecting);
}

TEST_P(ReceiveTest, TakesWhatIsBehindARoomWithIt) {
  for (const auto behind : {Socket::Behind::kLeave, Socket::Behind::kTake}) {
    seen_ = {};
    behind_ = behind;
    SteppedLoop loop(options());
    Peer peer = loop.connect(blocks());
    const std::string block = block_of(10'000);
    peer.send("10000\n");
    loop.settle();
    peer.send(block + request_of("one") + request_of("two"));
    EXPECT_EQ(loop.receive(peer, 3), "...");
    EXPECT_TRUE(same(seen_.direct, block + "onetwo"));
    EXPECT_EQ(seen_.receives, 1U);
    EXPECT_EQ(seen_.reads, behind == Socket::Behind::kTake ? 1U : 2U);
  }
}

TEST_P(ReceiveTest, ReadsLittleWhereLargeOnesAreExpected) {
  SteppedLoop loop(options());
  constexpr std::size_t kLarge = 50'000;
  Peer peer = loop.connect(blocks(kLarge));
  const std::string block = block_of(100'000);
  for (int turn = 0; turn < 3; ++turn) {
    seen_.copied = 0;
    peer.send(request_of(block));
    ASSERT_EQ(loop.receive(peer, 1), ".");
    if (turn != 0) {
      EXPECT_LE(seen_.copied, limits::kShortReadBytes);
    }
  }
  EXPECT_TRUE(same(seen_.direct, block + block + block));
}

TEST_P(ReceiveTest, ReadsMuchAgainWhenNoLargeOneHasComeForSomeReads) {
  SteppedLoop loop(options());
  constexpr std::size_t kLarge = 50'000;
  Peer peer = loop.connect(blocks(kLarge));
  const std::string block = block_of(2 * limits::kShortReadBytes);
  peer.send(request_of(block_of(kLarge)));
  ASSERT_EQ(loop.receive(peer, 1), ".");
  for (std::size_t read = 0; read < limits::kShortReads; ++read) {
    peer.send(request_of("small"));
    ASSERT_EQ(loop.receive(peer, 1), ".");
  }
  seen_.copied = 0;
  peer.send(request_of(block));
  ASSERT_EQ(loop.receive(peer, 1), ".");
  EXPECT_EQ(seen_.copied, block.size());
}

// The same when the peer has nothing more to say and closes its half: the answer must come.
TEST_P(ReceiveTest, AnswersABlockWhoseEndComesWithTheEndOfTheStream) {
  SteppedLoop loop(small_buffers());
  const std::string request = request_of(block_of(200));
  for (std::size_t cut = 1; cut < request.size(); ++cut) {
    for (const int turns : {0, 1, 2}) {
      Peer peer = loop.connect(blocks());
      peer.send(request.substr(0, cut));
      for (int turn = 0; turn < turns; ++turn) loop->turn(0);
      peer.send(request.substr(cut));
      peer.half_close();
      ASSERT_EQ(loop.receive_to_end(peer), ".") << "cut at " << cut << ", turns " << turns;
    }
  }
  EXPECT_TRUE(loop.turn_until_all_left());
}

TEST_P(ReceiveTest, EndsWhenThePeerEndsInTheMiddleOfABlock) {
  SteppedLoop loop(options());
  Peer peer = loop.connect(blocks());
  peer.send("1000\n");
  loop.settle();
  peer.send("some");
  loop.settle();
  peer.half_close();
  EXPECT_EQ(loop.receive_to_end(peer), "");
  EXPECT_TRUE(seen_.done);
  EXPECT_EQ(seen_.direct, "some");
}

}  // namespace
}  // namespace larder::io

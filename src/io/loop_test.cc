// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/loop.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/limits.h"
#include "io/test_loop.h"
#include "io/test_session.h"

namespace larder::io {
namespace {

base::SteadyMs test_steady_ms = 0;
base::UnixMs test_unix_ms = 0;
base::SteadyMs test_steady() noexcept { return test_steady_ms; }
base::UnixMs test_unix() noexcept { return test_unix_ms; }

class LoopTest : public BackendTest {
 protected:
  LoopOptions with_clocks() const {
    LoopOptions own = options();
    own.steady_now = test_steady;
    own.unix_now = test_unix;
    return own;
  }
  Loop::Serve lines() {
    return [this](Socket& socket) { return serve_lines(socket, seen_); };
  }
  Seen seen_;
};
LARDER_TEST_BACKENDS(LoopTest);

TEST_P(LoopTest, NamesItsBackend) {
  const SteppedLoop loop(options());
  EXPECT_EQ(loop->backend_name(), is_uring() ? "io_uring" : "epoll");
}

// Tests alone cannot say whether `auto` would have fallen back; that it is one of the two they can.
TEST(LoopAuto, TakesUringWhereItIsAllowed) {
  const SteppedLoop loop({.backend = BackendKind::kAuto});
  EXPECT_EQ(loop->backend_name(), uring_refusal().empty() ? "io_uring" : "epoll");
}

// ---- clocks and timers

TEST_P(LoopTest, HasOneTimeForATurn) {
  SteppedLoop loop(with_clocks());
  test_unix_ms = 1'800'000'000'000;
  test_steady_ms = 5000;
  loop->turn(0);
  test_unix_ms += 7;
  test_steady_ms += 7;
  EXPECT_EQ(loop->now(), 1'800'000'000'000);
  EXPECT_EQ(loop->steady_now(), 5000);
  loop->turn(0);
  EXPECT_EQ(loop->now(), 1'800'000'000'007);
  EXPECT_EQ(loop->steady_now(), 5007);
}

TEST_P(LoopTest, CutsWhoIsIdleForTooLong) {
  LoopOptions own = with_clocks();
  own.idle_ms = 10 * limits::kIdleCheckMs;
  SteppedLoop loop(own);
  Seen other;
  Peer idle = loop.connect(lines());
  Peer busy = loop.connect([&other](Socket& socket) { return serve_lines(socket, other); });
  const auto check_after = [&](std::int64_t checks) {
    for (std::int64_t i = 0; i < checks; ++i) {
      test_steady_ms += limits::kIdleCheckMs;
      loop.settle();
    }
  };
  check_after(9);
  busy.send("ping\n");
  EXPECT_EQ(loop.receive(busy, 6), "[ping]");
  EXPECT_FALSE(seen_.done);
  check_after(1);
  EXPECT_EQ(loop.receive_to_end(idle), "");
  EXPECT_TRUE(seen_.done);
  EXPECT_EQ(loop->idle_cuts(), 1U);
  check_after(8);
  EXPECT_FALSE(other.done);
  check_after(1);
  EXPECT_EQ(loop.receive_to_end(busy), "");
  check_after(20);
  EXPECT_EQ(loop->idle_cuts(), 2U);
}

TEST_P(LoopTest, LetsTheIdleBeUnlessToldOtherwise) {
  SteppedLoop loop(with_clocks());
  Peer idle = loop.connect(lines());
  test_steady_ms += 1'000'000'000;
  loop.settle();
  idle.send("ping\n");
  EXPECT_EQ(loop.receive(idle, 6), "[ping]");
}

TEST_P(LoopTest, RunsTimersInTheOrderOfTheirTimes) {
  std::string ran;
  SteppedLoop loop(with_clocks());
  loop->after(30, [&] { ran += "c"; });
  loop->after(10, [&] { ran += "a"; });
  loop->after(20, [&] { ran += "b"; });
  loop->after(20, [&] { ran += "B"; });
  for (const std::string_view expected : {"", "a", "abB", "abBc", "abBc"}) {
    loop->turn(0);
    EXPECT_EQ(ran, expected);
    test_steady_ms += 10;
  }
}

TEST_P(LoopTest, RunsNoTimerThatIsCancelled) {
  std::string ran;
  SteppedLoop loop(with_clocks());
  const auto timer = loop->after(10, [&] { ran += "a"; });
  loop->after(10, [&] { ran += "b"; });
  loop->cancel(timer);
  test_steady_ms += 10;
  loop->turn(0);
  EXPECT_EQ(ran, "b");
}

TEST_P(LoopTest, LetsATimerCancelAnotherOneThatIsDue) {
  std::string ran;
  Loop::Timers::iterator second;
  SteppedLoop loop(with_clocks());
  loop->after(10, [&] {
    ran += "a";
    loop->cancel(second);
  });
  second = loop->after(10, [&] { ran += "b"; });
  test_steady_ms += 10;
  loop->turn(0);
  EXPECT_EQ(ran, "a");
}

void run_again_at_once(Loop& loop, int& times) {
  ++times;
  loop.after(0, [&loop, &times] { run_again_at_once(loop, times); });
}

TEST_P(LoopTest, RunsATimerThatRenewsItselfOnceATurn) {
  int times = 0;
  SteppedLoop loop(with_clocks());
  run_again_at_once(*loop, times);
  for (int turn = 1; turn <= 3; ++turn) {
    test_steady_ms += 1;
    loop->turn(0);
    EXPECT_EQ(times, 1 + turn);
  }
}

TEST_P(LoopTest, WaitsForATimerOfTheRealClock) {
  Tally rang;
  LoopThread loop(options());
  const auto begin = std::chrono::steady_clock::now();
  loop.on_loop([&] { loop->after(30, [&] { rang.add(); }); });
  EXPECT_TRUE(rang.reaches(1));
  constexpr auto kTick = std::chrono::milliseconds(20);  // the coarse clock's, with room
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(30) - kTick);
}

// ---- posts

// Nobody else wakes it meanwhile, and what others post between is not lost.
TEST_P(LoopTest, GoesOnWithWhatItPostsToItself) {
  constexpr int kSteps = 1000;
  LoopThread loop(options());
  std::promise<int> done;
  int steps = 0;
  std::atomic<int> others = 0;
  std::function<void()> step = [&] {
    if (++steps == kSteps) return done.set_value(steps);
    if (steps % 10 == 0) {
      loop->after(1, [&] { loop->post(step); });
    } else {
      loop->post(step);
    }
  };
  loop->post(step);
  for (int i = 0; i < kSteps; ++i) loop->post([&others] { ++others; });
  EXPECT_EQ(done.get_future().get(), kSteps);
  loop.on_loop([] {});
  EXPECT_EQ(others, kSteps);
}

TEST_P(LoopTest, RunsWhatManyThreadsPost) {
  constexpr int kThreads = 8;
  constexpr int kPosts = 2000;
  std::vector<std::vector<int>> ran(kThreads);  // touched on the loop's thread alone
  Tally all;
  LoopThread loop(options());
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kPosts; ++i) {
        loop->post([&, thread, i] {
          ran[static_cast<std::size_t>(thread)].push_back(i);
          all.add();
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(all.reaches(kThreads * kPosts));
  loop.stop(0);
  for (const std::vector<int>& of_thread : ran) {
    ASSERT_EQ(of_thread.size(), kPosts);
    EXPECT_TRUE(std::ranges::is_sorted(of_thread));
  }
}

TEST_P(LoopTest, RunsWhatAPostPosts) {
  int depth = 0;
  SteppedLoop loop(options());
  std::function<void()> deeper = [&] {
    if (++depth < 5) loop->post(deeper);
  };
  loop->post(deeper);
  EXPECT_TRUE(loop.turn_until([&] { return depth == 5; }));
}

TEST_P(LoopTest, WakesUpForAPost) {
  LoopThread loop(options());
  for (int i = 0; i < 100; ++i) loop.on_loop([] {});  // each finds the loop asleep, or nearly
}

// ---- watches

struct Readable {
  Readable() : fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { watch.fd = fd; }
  ~Readable() { ::close(fd); }
  void write() const {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(fd, &one, sizeof one), static_cast<ssize_t>(sizeof one));
  }
  int fd;
  Watch watch;
};

TEST_P(LoopTest, TellsOfAReadableDescriptorOnce) {
  Readable readable;
  int times = 0;
  SteppedLoop loop(options());
  readable.watch.readable = [&] { ++times; };
  loop->watch(readable.watch);
  loop.settle();
  EXPECT_EQ(times, 0);
  readable.write();
  loop.settle();
  EXPECT_EQ(times, 1);  // although it is readable still
  loop->watch(readable.watch);
  loop.settle();
  EXPECT_EQ(times, 2);
}

TEST_P(LoopTest, TellsOfWhatWasReadableBefore) {
  Readable readable;
  int times = 0;
  SteppedLoop loop(options());
  readable.watch.readable = [&] { ++times; };
  readable.write();
  loop->watch(readable.watch);
  EXPECT_TRUE(loop.turn_until([&] { return times == 1; }));
}

TEST_P(LoopTest, IsSilentAboutWhatIsNoLongerWatched) {
  Readable readable;
  int times = 0;
  SteppedLoop loop(options());
  readable.watch.readable = [&] { ++times; };
  loop->watch(readable.watch);
  loop.settle();
  readable.write();
  loop->unwatch(readable.watch);
  loop.settle();
  EXPECT_EQ(times, 0);
  loop->watch(readable.watch);
  loop.settle();
  EXPECT_EQ(times, 1);
  loop->unwatch(readable.watch);  // nothing is watched: nothing happens
  loop->unwatch(readable.watch);
  loop.settle();
  EXPECT_EQ(times, 1);
}

// Both are readable in one turn; whoever is told first ends the other.
TEST_P(LoopTest, LetsAWatchDieInTheTurnInWhichItWouldBeTold) {
  std::vector<std::unique_ptr<Readable>> pair;
  int times = 0;
  SteppedLoop loop(options());
  for (std::size_t i = 0; i < 2; ++i) {
    pair.push_back(std::make_unique<Readable>());
    pair[i]->watch.readable = [&, other = 1 - i] {
      ++times;
      loop->unwatch(pair[other]->watch);
      pair[other].reset();
    };
    loop->watch(pair[i]->watch);
  }
  loop.settle();
  for (const auto& one : pair) one->write();
  loop.settle();
  EXPECT_EQ(times, 1);
}

// The descriptor is another one, although its number is not.
TEST_P(LoopTest, WatchesADescriptorThatWasReplaced) {
  Readable readable;
  int times = 0;
  SteppedLoop loop(options());
  readable.watch.readable = [&] { ++times; };
  readable.write();
  loop->watch(readable.watch);
  loop.settle();
  const int fresh = ::eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
  ASSERT_EQ(::dup3(fresh, readable.fd, O_CLOEXEC), readable.fd);
  ::close(fresh);
  loop->watch(readable.watch);
  loop.settle();
  EXPECT_EQ(times, 2);
}

// ---- stopping

TEST_P(LoopTest, EndsAtOnceWithoutSockets) {
  LoopThread loop(options());
  loop.stop(1'000'000);
}

TEST_P(LoopTest, AnswersWhatWasReceivedThenCloses) {
  SteppedLoop loop(options());
  Peer idle = loop.connect(lines(), Transport::kTcp);
  Peer asking = loop.connect(lines(), Transport::kTcp);
  loop.settle();
  asking.send("one\ntwo\nthr");
  loop->begin_stop(1'000'000);
  EXPECT_EQ(loop.receive_to_end(asking), "[one][two]");
  EXPECT_EQ(loop.receive_to_end(idle), "");
  EXPECT_TRUE(loop.turn_until_all_left());
}

TEST_P(LoopTest, SendsOutWhatIsOwedBeforeItEnds) {
  Seen seen;
  LoopThread loop(options());
  const std::string line(2 * limits::MiB, 'x');
  Peer peer = loop.connect([&](Socket& socket) { return serve_lines(socket, seen); });
  peer.send(line + "\n");
  std::string received = peer.receive(1);  // so it has been read
  std::thread reader([&] { received += peer.receive_to_end(); });
  loop.stop(1'000'000);
  reader.join();
  EXPECT_TRUE(same(received, "[" + line + "]"));
}

// Never ends by itself.
Task serve_for_ever(Socket& socket, Seen& seen) {
  const std::string much(limits::MiB, 'm');
  while (seen.flushed) {
    socket.outbox().append(much);
    auto flush = socket.flush_everything();
    seen.flushed = co_await flush;
  }
  seen.done = true;
}

Task serve_until_woken(Socket& socket, bool& woken) {
  auto listen = socket.listen();
  woken = co_await listen == Socket::Event::kWoken;
}

TEST_P(LoopTest, CutsWhoIsLeftAfterTheGrace) {
  SteppedLoop loop(with_clocks());
  Peer peer = loop.connect([this](Socket& socket) { return serve_for_ever(socket, seen_); });
  loop.settle();
  loop->begin_stop(500);
  test_steady_ms += 499;
  loop.settle();
  EXPECT_FALSE(seen_.done);
  test_steady_ms += 1;
  EXPECT_TRUE(loop.turn_until_all_left());
  EXPECT_TRUE(seen_.done);
}

TEST_P(LoopTest, ServesWhoComesWhileItStops) {
  Seen seen;
  SteppedLoop loop(options());
  Peer first = loop.connect([this](Socket& socket) { return serve_for_ever(socket, seen_); });
  loop->begin_stop(1'000'000);
  Connection late = connect(Transport::kTcp);
  late.peer.send("late\nx");
  loop->adopt(late.ours, [&](Socket& socket) { return serve_lines(socket, seen); });
  EXPECT_EQ(loop.receive_to_end(late.peer), "[late]");
  EXPECT_TRUE(loop.turn_until([&] { return loop->socket_count() == 1; }));
  first.close();
}

TEST_P(LoopTest, WakesConnectionsOfItsOwnWhenItStops) {
  int freed = 0;
  bool woken = false;
  SteppedLoop loop(options());
  loop->on_socket_freed = [&] { ++freed; };
  Connection connection = connect(Transport::kTcp);
  loop->begin(connection.ours, [&](Socket& socket) { return serve_until_woken(socket, woken); });
  EXPECT_EQ(loop->socket_count(), 1U);
  loop->begin_stop(1'000'000);
  EXPECT_TRUE(woken);
  EXPECT_TRUE(loop.turn_until_all_left());
  EXPECT_EQ(freed, 0);
  EXPECT_TRUE(connection.peer.has_ended());
}

TEST_P(LoopTest, ClosesADescriptorThatItCannotServe) {
  int freed = 0;
  SteppedLoop loop(options());
  loop->on_socket_freed = [&] { ++freed; };
  const Connection connection = connect(Transport::kUnix);
  const int closed = ::dup(connection.ours);
  ::close(closed);
  loop->adopt(closed, lines());
  EXPECT_TRUE(loop.turn_until([&] { return freed == 1; }));
  EXPECT_EQ(loop->socket_count(), 0U);
  ::close(connection.ours);
}

TEST_P(LoopTest, CountsItsSockets) {
  int freed = 0;
  SteppedLoop loop(options());
  loop->on_socket_freed = [&] { ++freed; };
  Peer one = loop.connect(lines());
  Peer two = loop.connect(lines());
  EXPECT_EQ(loop->socket_count(), 2U);
  one.close();
  EXPECT_TRUE(loop.turn_until([&] { return loop->socket_count() == 1; }));
  EXPECT_EQ(freed, 1);
}

TEST_P(LoopTest, GivesTheMemoryOfRepliesBackAfterATime) {
  test_steady_ms = 5000;
  SteppedLoop loop(with_clocks());
  Peer peer = loop.connect(lines());
  peer.send("a\n");
  EXPECT_EQ(loop.receive(peer, 3), "[a]");
  loop->turn(0);
  EXPECT_NE(loop->usage().outbox_bytes, 0U);
  for (int seconds = 0; seconds < 2; ++seconds) {
    test_steady_ms += limits::kIdleChunkMs;
    loop->turn(0);
  }
  EXPECT_EQ(loop->usage().outbox_bytes, 0U);
  peer.send("b\n");
  EXPECT_EQ(loop.receive(peer, 3), "[b]");
}

}  // namespace
}  // namespace larder::io

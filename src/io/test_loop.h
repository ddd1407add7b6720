// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "io/loop.h"
#include "io/test_peer.h"

namespace larder::io {

// Why there is no io_uring here; empty where it works.
inline const std::string& uring_refusal() {
  static const std::string kRefusal = [] {
    const auto loop = Loop::open({.backend = BackendKind::kUring});
    return loop ? std::string() : loop.failure().what;
  }();
  return kRefusal;
}

// A test of both backends.
class BackendTest : public testing::TestWithParam<BackendKind> {
 protected:
  void SetUp() override {
    if (is_uring() && !uring_refusal().empty()) {
      GTEST_SKIP() << "this machine forbids io_uring: " << uring_refusal();
    }
  }
  bool is_uring() const { return GetParam() == BackendKind::kUring; }
  LoopOptions options() const { return {.backend = GetParam()}; }
};

inline std::string backend_name(const testing::TestParamInfo<BackendKind>& info) {
  return info.param == BackendKind::kUring ? "uring" : "epoll";
}

#define LARDER_TEST_BACKENDS(suite)                                                          \
  INSTANTIATE_TEST_SUITE_P(                                                                  \
      Backends, suite,                                                                       \
      testing::Values(::larder::io::BackendKind::kUring, ::larder::io::BackendKind::kEpoll), \
      ::larder::io::backend_name)

// A loop that the test itself turns: nothing happens in between.
class SteppedLoop {
 public:
  explicit SteppedLoop(const LoopOptions& options) : loop_(*Loop::open(options)) {}
  ~SteppedLoop() {
    loop_->begin_stop(0);
    loop_->run();
  }
  Loop& operator*() const { return *loop_; }
  Loop* operator->() const { return loop_.get(); }

  Peer connect(const Loop::Serve& serve, Transport transport = Transport::kUnix,
               const TlsTerms& terms = {}) {
    Connection connection = io::connect(transport);
    loop_->adopt(connection.ours, serve, terms);
    return std::move(connection.peer);
  }

  // Turns until `happened`. → whether it did.
  bool turn_until(const std::function<bool()>& happened) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(kPatienceS);
    while (!happened()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_->turn(1);
    }
    return true;
  }
  // Turns until `peer` has received `bytes`, or its end.
  std::string receive(Peer& peer, std::size_t bytes) {
    std::string all;
    EXPECT_TRUE(turn_until([&] {
      if (all.size() < bytes) all += peer.receive_now();
      return all.size() >= bytes || peer.has_ended();
    })) << "neither the bytes nor the end came";
    return all;
  }
  std::string receive_to_end(Peer& peer) { return receive(peer, static_cast<std::size_t>(-1)); }
  // Turns that find nothing to do any more end the settling.
  void settle() {
    for (int turn = 0; turn < kSettlingTurns; ++turn) loop_->turn(0);
  }
  bool turn_until_all_left() {
    return turn_until([this] { return loop_->socket_count() == 0; });
  }

 private:
  static constexpr int kSettlingTurns = 64;
  std::unique_ptr<Loop> loop_;
};

// A loop on a thread of its own, as in production.
class LoopThread {
 public:
  explicit LoopThread(const LoopOptions& options) {
    std::promise<std::unique_ptr<Loop>> opened;
    thread_ = std::thread([&opened, options] {
      auto loop = Loop::open(options);
      Loop* const running = loop->get();
      opened.set_value(*std::move(loop));
      running->run();
    });
    loop_ = opened.get_future().get();
  }
  ~LoopThread() { stop(0); }

  Loop* operator->() const { return loop_.get(); }

  // Runs `what` on the loop's thread and returns when it has run.
  void on_loop(const std::function<void()>& what) {
    std::promise<void> ran;
    loop_->post([&] {
      what();
      ran.set_value();
    });
    ran.get_future().wait();
  }
  Peer connect(const Loop::Serve& serve, Transport transport = Transport::kTcp) {
    Connection connection = io::connect(transport);
    on_loop([&] { loop_->adopt(connection.ours, serve); });
    return std::move(connection.peer);
  }
  void stop(std::int64_t grace_ms) {
    if (!thread_.joinable()) return;
    loop_->post([this, grace_ms] { loop_->begin_stop(grace_ms); });
    thread_.join();
  }

 private:
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

// Counts events of one thread for another that waits for them.
class Tally {
 public:
  void add() {
    const std::scoped_lock lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  std::size_t count() {
    const std::scoped_lock lock(mutex_);
    return count_;
  }
  // → whether it came to `wanted` in time.
  bool reaches(std::size_t wanted) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(kPatienceS),
                             [&] { return count_ >= wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t count_ = 0;
};

}  // namespace larder::io

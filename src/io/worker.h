// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace larder::io {

// A thread for what may take as long as it likes: files, libraries, other processes.
//
//   any thread ── post ─► [calls] ─► its thread: one behind the other
//
// Who posts sees to it that they are not too many.
class Worker {
 public:
  Worker() = default;
  ~Worker() { finish(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void post(std::function<void()> call);
  // Returns when all that was posted has run. Nothing is posted behind that.
  void finish();

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<std::function<void()>> calls_;
  bool finishing_ = false;
  std::thread thread_;
};

}  // namespace larder::io

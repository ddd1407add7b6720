// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/worker.h"

#include <utility>

namespace larder::io {

// The thread begins with the first call, for the process may fork before.
void Worker::post(std::function<void()> call) {
  {
    const std::scoped_lock lock(mutex_);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    calls_.push_back(std::move(call));
  }
  posted_.notify_one();
}

void Worker::finish() {
  {
    const std::scoped_lock lock(mutex_);
    finishing_ = true;
  }
  posted_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    posted_.wait(lock, [this] { return finishing_ || !calls_.empty(); });
    if (calls_.empty()) return;
    std::function<void()> call = std::move(calls_.front());
    calls_.pop_front();
    lock.unlock();
    call();
    call = nullptr;  // and what it held, before the lock is taken
    lock.lock();
  }
}

}  // namespace larder::io

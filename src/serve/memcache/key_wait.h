// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>

#include "cache/cache.h"
#include "io/loop.h"
#include "io/socket.h"

namespace larder::serve::memcache {

// Suspends a session until a pending key may be asked for again.
//
//   await ─► Cache::wait ─ ─ (any thread) ─ ─► ready() ─► the session's loop ─► resumed
//
// Lives in the session's frame until then: a connection that is cut waits for the answer, too.
class KeyWait final : public cache::Waiter {
 public:
  KeyWait(cache::Cache& cache, const cache::Key& key, io::Socket& socket)
      : cache_(cache), key_(key), socket_(socket) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> session) {
    session_ = session;
    cache_.wait(key_, *this);
  }
  void await_resume() const noexcept {}

  void ready() noexcept override {
    socket_.loop().post([this] { socket_.resume_session(session_); });
  }

 private:
  cache::Cache& cache_;
  cache::Key key_;  // borrowed: good until the session is suspended
  io::Socket& socket_;
  std::coroutine_handle<> session_;
};

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>

#include "cache/cache.h"
#include "io/loop.h"

namespace larder::serve::memcache {

// Suspends a session that is to wait (Next::kWait) until it is told to go on.
//
//   await ─► subject.wait(waiter) ─ ─ (any thread) ─ ─► ready() ─► the session's loop ─► resumed
//
// Lives in the session's frame until then: a connection that is cut waits for the answer, too.
template <class Subject>
class SessionWait final : public cache::Waiter {
 public:
  SessionWait(Subject& subject, io::Socket& socket) : subject_(subject), socket_(socket) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> suspended) {
    suspended_ = suspended;
    subject_.wait(*this);
  }
  void await_resume() const noexcept {}

  void ready() noexcept override {
    socket_.loop().post([this] { socket_.resume_session(suspended_); });
  }

 private:
  Subject& subject_;
  io::Socket& socket_;
  std::coroutine_handle<> suspended_;
};

}  // namespace larder::serve::memcache

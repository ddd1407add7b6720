// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <utility>

#include "io/loop.h"
#include "io/socket.h"
#include "serve/memcache/sasl_login.h"

namespace larder::serve::memcache {

// Suspends a session until libsasl has judged a step of its login.
//
//   await ─► SaslLogin::ask ─ ─ (libsasl's thread) ─ ─► the session's loop ─► resumed
//
// The session stays where it is until then: a connection that is cut waits for the answer, too.
class SaslWait {
 public:
  SaslWait(SaslLogin& login, io::Socket& socket) : login_(login), socket_(socket) {}

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> session) {
    login_.ask([&login = login_, &socket = socket_, session](SaslLibrary::Judgement judgement) {
      login.judged(std::move(judgement));
      socket.loop().post([&socket, session] { socket.resume_session(session); });
    });
  }
  void await_resume() const noexcept {}

 private:
  SaslLogin& login_;
  io::Socket& socket_;
};

}  // namespace larder::serve::memcache

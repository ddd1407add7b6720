// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/socket.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/session.h"
#include "wire/memcache/login.h"

namespace larder::serve::memcache {

// A text connection until its client has said who it is. Nothing reaches the cache, and nothing is
// kept but what stands in the inbox: a line, and a block of kMaxLoginBytes.
class TextLogin {
 public:
  TextLogin(Authentication& authentication, io::Socket& socket)
      : authentication_(authentication), socket_(socket) {}

  // kAdmitted: what is unread now is for a TextSession.
  Next answer();

 private:
  // kNone: admitted.
  wire::memcache::Fault judge(const wire::memcache::Login& login);

  Authentication& authentication_;
  io::Socket& socket_;
};

}  // namespace larder::serve::memcache

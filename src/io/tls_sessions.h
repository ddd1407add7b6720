// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "io/tls.h"

struct ssl_session_st;

namespace larder::io {

// The last session with each name that a client's context has spoken with, to be resumed: it saves
// both sides the costly half of a handshake. It belongs to the context. Any thread.
class TlsSessions {
 public:
  static void keep_for(ssl_ctx_st* context);

  TlsSessions() = default;
  ~TlsSessions();
  TlsSessions(const TlsSessions&) = delete;
  TlsSessions& operator=(const TlsSessions&) = delete;

  // Of a connection that has not begun.
  static void resume(ssl_st* ssl, const std::string& name);

 private:
  static TlsSessions& of(const ssl_ctx_st* context);
  static int got_session(ssl_st* ssl, ssl_session_st* session);
  void keep(const std::string& name, ssl_session_st* session);
  void clear();

  std::mutex mutex_;
  std::unordered_map<std::string, ssl_session_st*> sessions_;
};

}  // namespace larder::io

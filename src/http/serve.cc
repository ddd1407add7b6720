// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"
#include "http/server.h"

namespace larder::http {

io::Task serve(Server& server, io::Socket& socket) {
  Connection connection(server, socket);
  for (;;) {
    const Next next = connection.go_on();
    auto flush = connection.flush(next);
    const bool sent = co_await flush;
    if (!sent || next == Next::kClose) break;
    if (!connection.may_listen(next)) continue;
    auto listen =
        socket.listen(next == Next::kHear ? io::Socket::Hear::kBytes : io::Socket::Hear::kNoBytes);
    const io::Socket::Event event = co_await listen;
    connection.heard(event);
  }
}

}  // namespace larder::http

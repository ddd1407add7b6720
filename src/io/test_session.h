// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "io/socket.h"

// Sessions that tests talk to.
namespace larder::io {

// What a session did, as far as a test wants to know.
struct Seen {
  std::size_t reads = 0;     // read() that brought bytes
  std::size_t receives = 0;  // receive() that brought bytes
  std::string direct;        // what they brought
  std::size_t copied = 0;    // of that, from the inbox
  bool flushed = true;       // the last flush
  bool done = false;
  Socket* socket = nullptr;
};

// Answers every line with itself in brackets.
inline void answer_lines(Socket& socket) {
  for (;;) {
    const std::string_view unread = socket.inbox().unread();
    const std::size_t end = unread.find('\n');
    if (end == std::string_view::npos) return;
    socket.outbox().append("[");
    socket.outbox().append(unread.substr(0, end));
    socket.outbox().append("]");
    socket.inbox().consume(end + 1);
  }
}

inline Task serve_lines(Socket& socket, Seen& seen) {
  seen.socket = &socket;
  for (bool open = true; open;) {
    answer_lines(socket);
    auto flush = socket.flush();
    seen.flushed = co_await flush;
    auto read = socket.read();
    open = co_await read;
    seen.reads += open ? 1 : 0;
  }
  auto flush = socket.flush_everything();
  co_await flush;
  seen.done = true;
}

}  // namespace larder::io

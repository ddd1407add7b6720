// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace larder::io {

// What loops use, as of the end of their last turns. Bytes but where a name says otherwise.
struct Usage {
  std::size_t connections = 0;       // count
  std::size_t connection_bytes = 0;  // sockets and their sessions
  std::size_t inbox_bytes = 0;       // received, and kept until more comes
  std::size_t outbox_bytes = 0;      // of replies, and for the next ones; values they pin are not
  std::size_t backend_bytes = 0;     // buffers and rings, whether a connection uses them or not
  std::size_t tls_bytes = 0;         // OpenSSL's, of the whole process

  Usage& operator+=(const Usage& other) {
    connections += other.connections;
    connection_bytes += other.connection_bytes;
    inbox_bytes += other.inbox_bytes;
    outbox_bytes += other.outbox_bytes;
    backend_bytes += other.backend_bytes;
    tls_bytes += other.tls_bytes;
    return *this;
  }
};

}  // namespace larder::io

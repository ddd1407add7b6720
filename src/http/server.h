// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "http/exchange.h"
#include "io/network.h"
#include "io/socket.h"
#include "io/task.h"

namespace larder::http {

// How connections of one listener are served.
struct ServerTerms {
  bool http2 = true;                      // by ALPN, and by its preface without TLS
  bool proxy_protocol = false;            // each begins with what the balancer in front says of it
  std::vector<io::Network> trusted;       // of which networks a balancer is believed
  std::int64_t head_timeout_ms = 60'000;  // from the first byte of a head to its last
  std::int64_t keep_alive_timeout_ms = 75'000;     // between requests
  std::int64_t body_timeout_ms = 60'000;           // between two reads of a request's body
  std::int64_t send_timeout_ms = 60'000;           // without progress
  std::uint64_t requests_per_connection = 0;       // then it is closed; 0: any number
  std::size_t head_bytes = limits::kMaxHeadBytes;  // of a request; at most that
  std::uint32_t streams = limits::kMaxStreams;     // of HTTP/2, concurrent
};

// Counts of all connections of a server; any thread.
struct ServerCounts {
  std::atomic<std::uint64_t> connections = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> refused_heads = 0;  // 4xx and 5xx of the driver's own
  std::atomic<std::uint64_t> timeouts = 0;       // of heads and bodies
  std::atomic<std::uint64_t> http2_connections = 0;
  std::atomic<std::uint64_t> http2_resets = 0;  // streams that clients gave up
};

// What the connections of one listener share. Lives longer than all of them. All loops read
// `terms`, which never change.
struct Server {
  Handler& handler;
  ServerTerms terms = {};
  ServerCounts counts = {};
};

// A connection's whole life: PROXY preface, then HTTP/1 or HTTP/2. When its loop stops, the
// requests at hand are answered, and no others are taken.
io::Task serve(Server& server, io::Socket& socket);

}  // namespace larder::http

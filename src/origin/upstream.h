// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/loops.h"

namespace larder::origin {

// How the next server is chosen.
enum class Balance : std::uint8_t {
  kRoundRobin,        // smooth, by weights
  kLeastConnections,  // by weights
  kIpHash,            // the client's network, as nginx: /24 of IPv4, all of IPv6
  kHash,              // consistent (ketama), of the request's key
  kSticky,            // a cookie says which; without one, round robin
};

struct ServerOptions {
  std::string address = {};  // `host:port`; a name is asked for again as its records say
  unsigned weight = 1;
  bool backup = false;     // only when no other can be used
  bool down = false;       // never; keeps its place in hashes
  unsigned max_fails = 1;  // within fail_timeout; 0: it is never taken out
  std::int64_t fail_timeout_ms = 10'000;
  std::size_t max_connections = 0;  // of all loops; 0: any number
};

// An active check of one server, of its own rhythm.
struct HealthCheck {
  std::string path = {};                // empty: none
  std::string host = {};                // of the Host field; empty: the server's address
  std::vector<unsigned> statuses = {};  // good ones; empty: any of 200 to 399
  std::int64_t interval_ms = 10'000;
  std::int64_t timeout_ms = 10'000;
  unsigned rise = 5;  // that many good ones in a row: it is back
  unsigned fall = 3;  // that many bad ones: it is out
};

struct UpstreamOptions {
  std::string name = {};  // what it is known by: health and pools stay with it over reloads
  std::vector<ServerOptions> servers = {};
  Balance balance = Balance::kRoundRobin;
  std::string sticky_cookie = {};
  HealthCheck check = {};
  std::size_t keep_alive = 32;  // idle connections of a server, per loop
  std::int64_t idle_timeout_ms = 60'000;
  std::int64_t connect_timeout_ms = 3'000;
  std::int64_t send_timeout_ms = 60'000;
  std::int64_t response_timeout_ms = 60'000;
  unsigned tries = 0;                 // servers that one request is sent to; 0: all
  std::int64_t tries_timeout_ms = 0;  // for all of them; 0: any time
  std::size_t queue = 1024;           // requests that wait for max_connections
  std::int64_t queue_timeout_ms = 5'000;
  bool tls = false;
  std::string tls_name = {};     // to verify; empty: the host of the address
  std::string tls_ca_file = {};  // empty: the system's
  bool tls_verify = true;
  int proxy_protocol = 0;
};

// An upstream at work, of all loops: servers with their addresses, health and counts, and each
// loop's idle connections.
class Upstream;

// What an operator sees of one server.
struct ServerFacts {
  std::string upstream;
  std::string server;   // as it was configured
  std::string address;  // as it is known now; empty: its name has none
  bool usable = false;
  std::size_t connections = 0;  // busy
  std::size_t idle = 0;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
};

// All of the program's upstreams by their names. Any thread.
class Upstreams {
 public:
  explicit Upstreams(io::Loops& loops);
  ~Upstreams();

  // New, or the one of that name with these options from now on: addresses, health, counts and
  // idle connections of servers that it still has stay. It ends with whoever holds it last.
  base::Result<std::shared_ptr<Upstream>> get(const UpstreamOptions& options);
  std::vector<ServerFacts> facts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace larder::origin

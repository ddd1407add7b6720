// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "cache/cache.h"
#include "io/test_loop.h"
#include "serve/memcache/node.h"
#include "serve/memcache/serve.h"

namespace larder::serve::memcache {

// A node whose one loop the test turns.
struct TestNode {
  explicit TestNode(const io::LoopOptions& options, const cache::Limits& limits = {},
                    cache::Gate* gate = nullptr, const Settings& settings = {})
      : cache(limits, gate),
        node{.cache = cache, .settings = settings, .shut_down = [this] { ++shutdowns; }},
        loop(options) {}

  io::Peer connect(io::Transport transport = io::Transport::kUnix) {
    return loop.connect(
        [this](io::Socket& session) {
          socket = &session;
          return serve(node, session);
        },
        transport);
  }
  // Sends `request`, turning the loop while it does not fit.
  void send(io::Peer& peer, std::string_view request) {
    EXPECT_TRUE(loop.turn_until([&] {
      request.remove_prefix(peer.send_now(request));
      return request.empty();
    })) << "the session takes no more";
  }
  // What is answered to `request`, which ends in no reply of its own, and to the `mn` behind it.
  std::string ask(io::Peer& peer, std::string_view request) {
    send(peer, request);
    send(peer, "mn\r\n");
    return receive_through(peer, "MN\r\n");
  }
  std::string receive_through(io::Peer& peer, std::string_view end) {
    std::string all;
    EXPECT_TRUE(loop.turn_until([&] {
      all += peer.receive_now();
      return all.ends_with(end) || peer.has_ended();
    })) << "no "
        << end;
    return all;
  }

  cache::Cache cache;
  Node node;
  int shutdowns = 0;             // that clients asked for
  io::Socket* socket = nullptr;  // of the connection that came last
  io::SteppedLoop loop;          // goes first: its sessions use all of the above
};

inline std::string set_request(std::string_view key, std::string_view value) {
  return "set " + std::string(key) + " 0 0 " + std::to_string(value.size()) + "\r\n" +
         std::string(value) + "\r\n";
}

inline std::string value_reply(std::string_view key, std::string_view value) {
  return "VALUE " + std::string(key) + " 0 " + std::to_string(value.size()) + "\r\n" +
         std::string(value) + "\r\n";
}

}  // namespace larder::serve::memcache

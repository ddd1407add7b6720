// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "http/server.h"
#include "http/test_handler.h"
#include "io/test_loop.h"

namespace larder::http {

// The loop's steady clock, where a test moves it.
struct TestClock {
  static base::SteadyMs& ms() {
    static base::SteadyMs now = 1'000'000;
    return now;
  }
  static base::SteadyMs now() noexcept { return ms(); }
};

constexpr std::int64_t kGraceMs = 1'000'000;  // until a loop that stops cuts what is left

// A server, its handler, and a loop that the test turns.
class Talk {
 public:
  explicit Talk(const io::LoopOptions& options, ServerTerms terms = {})
      : server{.handler = handler, .terms = std::move(terms)}, loop(with_clock(options)) {}

  io::Peer connect(io::Transport transport = io::Transport::kUnix) {
    return loop.connect(
        [this](io::Socket& socket) {
          last_socket = &socket;
          return serve(server, socket);
        },
        transport);
  }
  // Sends, and receives as many bytes as are expected; then there are no more.
  void expect(io::Peer& peer, std::string_view request, std::string_view response) {
    peer.send(request);
    std::string got = loop.receive(peer, response.size());
    loop.settle();
    got += peer.receive_now();
    EXPECT_EQ(got, response);
  }
  void expect_close(io::Peer& peer, std::string_view request, std::string_view response) {
    peer.send(request);
    EXPECT_EQ(loop.receive_to_end(peer), response);
    peer.close();
    EXPECT_TRUE(loop.turn_until_all_left());
  }
  void pass_ms(base::SteadyMs ms) {
    constexpr base::SteadyMs kStep = 250;
    for (; ms > 0; ms -= kStep) {
      TestClock::ms() += std::min(ms, kStep);
      loop.settle();
    }
  }

  TestHandler handler;
  Server server;
  io::SteppedLoop loop;
  io::Socket* last_socket = nullptr;

 private:
  static io::LoopOptions with_clock(io::LoopOptions options) {
    options.steady_now = TestClock::now;
    options.no_progress_ms = std::int64_t{1} << 40;
    return options;
  }
};

inline std::string get(std::string_view path, std::string_view lines = {}) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(lines) + "\r\n";
}
inline std::string ok(std::string_view body, std::string_view lines = {}) {
  return "HTTP/1.1 200 OK\r\n" + std::string(lines) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}
inline std::string chunk(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string size;
  for (std::size_t left = bytes.size(); left != 0; left /= 16)
    size.insert(0, 1, kDigits[left % 16]);
  return (size.empty() ? "0" : size) + "\r\n" + std::string(bytes) + (size.empty() ? "" : "\r\n");
}

}  // namespace larder::http

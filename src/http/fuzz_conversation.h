// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/server.h"
#include "io/loop.h"

// What fuzzers of HTTP sessions have in common: loops, a handler, and a client.
namespace larder::http {

inline constexpr int kQuietTurns = 8;

inline base::SteadyMs slow_clock() noexcept { return 1; }
inline base::SteadyMs hasty_clock() noexcept {
  static base::SteadyMs now = 1;
  return now += limits::kLongTurnMs;
}

// Says what it was asked, and all of the body.
class Echo final : public Exchange, public BodyReader {
 public:
  explicit Echo(Stream& stream) : stream_(stream) {}
  void start() override {
    const Request& request = stream_.request();
    said_.append(request.method).append(" ").append(request.authority).append(request.path);
    for (const auto& field : *request.fields) said_.append(field.name).append(field.value);
    BodySource* const body = stream_.request_body();
    if (body == nullptr || request.wants_upgrade) return answer(200);
    body->read_by(this);
    body_ready();
  }
  void body_ready() override {
    for (;;) {
      constexpr std::size_t kRoom = 100;
      const Pulled pulled = stream_.request_body()->pull(kRoom);
      LARDER_CHECK(pulled.bytes.size() <= kRoom);
      said_ += pulled.bytes;
      if (pulled.state == Pulled::State::kLater) return;
      if (pulled.state == Pulled::State::kFailed) return answer(400);
      if (pulled.state == Pulled::State::kEnd) return answer(200);
    }
  }
  void over(const Sent&) override {}

 private:
  void answer(unsigned status) {
    stream_.respond({.status = status, .body_bytes = {}, .whole = said_});
  }
  Stream& stream_;
  std::string said_;
};

class EchoHandler final : public Handler {
 public:
  std::unique_ptr<Exchange> open(Stream& stream) override { return std::make_unique<Echo>(stream); }
  Refusal refuse(const Client&, unsigned status, std::string_view why) override {
    return {.status = status, .field_lines = {}, .body = std::string(why)};
  }
};

inline std::unique_ptr<io::Loop> open_loop(base::SteadyMs (*steady_now)() noexcept) {
  auto loop = io::Loop::open({.backend = io::BackendKind::kEpoll,
                              .no_progress_ms = std::int64_t{1} << 60,
                              .steady_now = steady_now});
  LARDER_CHECK(loop);
  return *std::move(loop);
}

// What a client hears that reads everything at once.
class Conversation {
 public:
  explicit Conversation(io::Loop& loop, bool http2 = false)
      : loop_(loop), server_{.handler = handler_} {
    constexpr std::int64_t kForEver = std::int64_t{1} << 40;
    ServerTerms& terms = server_.terms;
    terms.http2 = http2;
    terms.head_timeout_ms = terms.keep_alive_timeout_ms = kForEver;
    terms.body_timeout_ms = terms.send_timeout_ms = kForEver;
    std::array<int, 2> ends{};
    LARDER_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    peer_ = ends[0];
    loop_.adopt(ends[1], [this](io::Socket& socket) { return serve(server_, socket); });
  }
  ~Conversation() { ::close(peer_); }

  void send(std::string_view piece) {
    while (!piece.empty() && is_open()) {
      const ssize_t sent = ::send(peer_, piece.data(), piece.size(), MSG_NOSIGNAL);
      piece.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
      settle();
    }
  }
  std::string end(std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) turn();  // whoever yields is silent for a turn
    settle();
    ::shutdown(peer_, SHUT_WR);
    while (is_open()) turn();
    turn();
    return heard_;
  }

 private:
  bool is_open() const { return loop_.socket_count() != 0; }
  void settle() {
    for (int quiet = 0; quiet < kQuietTurns; ++quiet) {
      if (turn() != 0) quiet = 0;
    }
  }
  std::size_t turn() {
    loop_.turn(0);
    std::array<char, 64 * 1024> buffer;
    const std::size_t before = heard_.size();
    for (ssize_t now = 0; (now = ::recv(peer_, buffer.data(), buffer.size(), 0)) > 0;) {
      heard_.append(buffer.data(), static_cast<std::size_t>(now));
    }
    return heard_.size() - before;
  }

  io::Loop& loop_;
  EchoHandler handler_;
  Server server_;
  std::string heard_;
  int peer_ = -1;
};

}  // namespace larder::http

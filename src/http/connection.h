// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "http/endpoint.h"
#include "http/exchange.h"
#include "http/server.h"
#include "http/server_loop.h"
#include "http/session.h"
#include "io/socket.h"

namespace larder::http {

// What a connection is while it waits, as small as can be: whom it is with, and until when it
// waits. All that a request needs is a session's, which is here from a request's first whole head
// until nothing is left to do.
//
//   preface (PROXY) ─► first bytes ─┬─► H1Session … ─► idle ─► H1Session …
//                                   └─► H2Session, to the end
class Connection final : public LoopMember {
 public:
  // What its deadline is for.
  enum class Wait : std::uint8_t { kNothing, kRequest, kHead, kBody, kDrain, kSend };

  Connection(Server& server, io::Socket& socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Next go_on();
  // One that makes no progress ends the connection.
  io::Socket::Flush flush(Next next);
  // Behind it: whether to listen now, or to go on.
  bool may_listen(Next next) const;
  void heard(io::Socket::Event event);

  // ---- for its session
  Server& server() { return server_; }
  io::Socket& socket() { return socket_; }
  const ServerTerms& terms() const { return server_.terms; }
  void wake_later() { loop().wake_later(*this); }
  // What it waits for already is not put off by that.
  void wait_for(Wait what);
  // Whether what it waited for did not come in time: once.
  bool take_timeout() { return std::exchange(timed_out_, false); }
  bool has_ended() const { return ended_; }  // the peer sends nothing more
  void fill(Client& client) const;
  std::uint64_t count_request() { return ++requests_; }
  // False: the response at hand is its last one, and HTTP/2 says GOAWAY.
  bool may_have_more_requests() const;
  // Bytes of a head that has not come yet; see parse_request_head.
  std::uint32_t searched() const { return searched_; }
  void set_searched(std::size_t bytes) { searched_ = static_cast<std::uint32_t>(bytes); }

 private:
  void deadline_passed() override;
  void visited() override;
  void woken() override { socket_.wake(); }

  ServerLoop& loop() const { return ServerLoop::of(socket_.loop()); }
  Next begin();
  Next go_on_with_session();
  bool is_over() const;
  bool begins_http2();
  bool take_preface();
  bool believes_peer() const;
  void send_stalls();
  std::int64_t ms_of(Wait what) const;
  std::uint32_t unsent() const {
    return static_cast<std::uint32_t>(socket_.outbox().unsent() + socket_.outgoing().unsent());
  }

  // What is small stands together: there is one of these for each idle connection.
  std::uint32_t searched_ = 0;
  std::uint32_t unsent_ = 0;  // when its flush was last looked at; its lower half
  std::uint32_t requests_ = 0;
  Endpoint peer_;
  mutable Endpoint local_;  // known from the first request on
  Wait waits_for_ = Wait::kNothing;
  bool needs_preface_;
  bool is_new_ = true;  // nobody knows which protocol it speaks
  bool ended_ = false;
  bool timed_out_ = false;
  Server& server_;
  io::Socket& socket_;
  SessionPtr session_;              // null: idle
  std::unique_ptr<Endpoint> told_;  // by a balancer: who asks
  std::uint64_t number_;
};

}  // namespace larder::http

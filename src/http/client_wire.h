// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "http/body.h"
#include "http/body_cutter.h"
#include "http/client_connection.h"
#include "http/request_writer.h"
#include "io/connecting.h"
#include "io/loop.h"
#include "io/socket.h"
#include "io/task.h"
#include "wire/http/head.h"

namespace larder::http {

// What a ClientConnection is: the call at hand, and the session of its socket.
//
//   kNew ─► kConnecting ─► kHead ─► kBody ─────► kOver ─► kIdle ─► kHead …
//                            │        │ give_up    ▲ │
//                            │        └► kDraining ┘ └──┐
//                            └──────────────────────────┴──────► kClosed (from any)
//
//   inbox   [head | body taken | body … ]     what is taken is consumed at the next pull, for the
//                              ▲ pull         reader still looks at it
//
// The session owns it as well, and may outlive the connection by a turn.
class ClientConnection::Wire final : public BodySource,
                                     private BodyReader,
                                     public std::enable_shared_from_this<Wire> {
 public:
  Wire(io::Loop& loop, const ClientTerms& terms, Owner& owner, ClientConnection& self)
      : loop_(loop), terms_(terms), owner_(&owner), self_(self) {}

  void start(const Outgoing& request, Call& call);
  void give_up();
  void close();
  void leave();  // its owner destroys the connection

  Pulled pull(std::size_t room) override;
  std::string_view trailer() const override { return cutter_.trailer(); }

  bool is_idle() const { return state_ == State::kNew || state_ == State::kIdle; }
  bool was_used() const { return calls_ > 1; }
  bool has_response() const { return has_response_; }
  bool has_sent() const;
  const CallTimes& times() const { return times_; }
  const io::Address& to() const { return terms_.to; }
  base::SteadyMs idle_since() const { return idle_since_; }

 private:
  enum class State : std::uint8_t {
    kNew,
    kConnecting,
    kHead,
    kBody,
    kDraining,
    kOver,  // the response is; not yet told
    kIdle,
    kClosed,
  };

  // ---- the connection
  void connect();
  void connected(base::Result<int> descriptor);
  bool send_preface(int fd) const;
  static io::Task run(std::shared_ptr<Wire> wire, io::Socket& socket);
  void attached(io::Socket& socket);
  io::Socket::Hear hears();
  void heard(io::Socket::Event event);
  void shut();
  void left();
  void tell_end();

  // ---- the call
  void body_ready() override;
  void send();
  void body_failed();
  void half_close();
  bool advance();
  bool read_head();
  bool take_head(std::size_t bytes);
  bool inform(std::size_t bytes);
  bool respond(const wire::http::Framing& framing, std::size_t bytes);
  void tell_reader_once();
  void consume_taken();
  PeerEnd peer_end() const;
  bool drain();
  void wake_later();
  void body_over(Pulled::State how);
  bool finish();
  bool is_good() const;
  void fail(CallFailure why);
  CallFailure why_it_ended() const;

  // ---- its time
  void mind_time();
  void look_at_time();
  std::optional<base::SteadyMs> deadline() const;

  io::Loop& loop_;
  const ClientTerms terms_;
  Owner* owner_;  // null: has left
  ClientConnection& self_;
  std::optional<io::Connecting> connecting_;
  io::Socket* socket_ = nullptr;
  State state_ = State::kNew;

  Call* call_ = nullptr;
  RequestWriter request_;
  wire::http::ResponseHead head_;
  BodyCutter cutter_;
  std::size_t searched_ = 0;  // of a head that is not whole
  std::size_t taken_ = 0;     // of the inbox
  std::uint64_t calls_ = 0;
  CallTimes times_;
  base::SteadyMs idle_since_ = 0;
  base::SteadyMs waits_since_ = 0;  // for the next part of what the deadline is about
  std::optional<io::Loop::Timers::iterator> timer_;
  base::SteadyMs timer_at_ = 0;
  unsigned interims_ = 0;
  Pulled::State last_ = Pulled::State::kEnd;  // what a pull says where there is nothing to pull
  bool reader_waits_ = false;
  bool responding_ = false;  // inside Call::responded: nothing moves
  bool in_session_ = false;
  bool starting_ = false;   // inside start: nothing is told
  bool is_paused_ = false;  // the session waits until the inbox has room
  bool has_response_ = false;
  bool has_sent_ = false;
  bool keep_alive_ = false;
  bool is_tunnel_ = false;
  bool peer_ended_ = false;
  bool end_told_ = false;
};

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/client_wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/limits.h"
#include "http/proxy_preface.h"

// The connection: how it is made, what its session hears, how it ends. The call that it carries is
// in client_call.cc.
namespace larder::http {

// ---- beginning

void ClientConnection::Wire::start(const Outgoing& request, Call& call) {
  LARDER_CHECK(is_idle());
  call_ = &call;
  ++calls_;
  request_.begin(request, *this);
  const base::SteadyMs now = loop_.steady_now();
  times_ = {.began = now, .connected = state_ == State::kIdle ? now : 0};
  has_response_ = has_sent_ = is_tunnel_ = false;
  searched_ = 0;
  interims_ = 0;
  if (state_ == State::kNew) return connect();
  state_ = State::kHead;
  starting_ = true;
  send();
  starting_ = false;
}

void ClientConnection::Wire::connect() {
  state_ = State::kConnecting;
  connecting_.emplace(loop_, terms_.to, terms_.from, terms_.connect_timeout_ms,
                      [this](base::Result<int> descriptor) { connected(std::move(descriptor)); });
}

void ClientConnection::Wire::connected(base::Result<int> descriptor) {
  const auto self = shared_from_this();
  const bool is_late = connecting_->timed_out();
  connecting_.reset();
  if (!descriptor) return fail(is_late ? CallFailure::kConnectTimeout : CallFailure::kConnect);
  times_.connected = loop_.steady_now();
  if (!send_preface(*descriptor)) {
    ::close(*descriptor);
    return fail(CallFailure::kConnect);
  }
  loop_.begin(
      *descriptor, [&self](io::Socket& socket) { return run(self, socket); },
      terms_.tls == nullptr ? io::Ssl() : terms_.tls->connect(terms_.server_name));
  if (socket_ == nullptr) fail(CallFailure::kConnect);
}

// Before TLS. Nothing else was sent: the kernel has room for it, or the peer is gone.
bool ClientConnection::Wire::send_preface(int fd) const {
  if (terms_.proxy_protocol == 0) return true;
  const std::string preface =
      format_proxy_preface(terms_.proxy_protocol, terms_.proxied_from, terms_.proxied_to);
  const ssize_t sent = ::send(fd, preface.data(), preface.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(preface.size());
}

// ---- the session

io::Task ClientConnection::Wire::run(std::shared_ptr<Wire> wire, io::Socket& socket) {
  wire->attached(socket);
  while (wire->state_ != State::kClosed) {
    auto listen = socket.listen(wire->hears());
    const io::Socket::Event event = co_await listen;
    wire->heard(event);
  }
  wire->left();
}

void ClientConnection::Wire::attached(io::Socket& socket) {
  socket_ = &socket;
  state_ = State::kHead;
  in_session_ = true;
  send();
  in_session_ = false;
}

io::Socket::Hear ClientConnection::Wire::hears() {
  is_paused_ = socket_->inbox().unread().size() >= limits::kPauseReceiveBytes;
  return peer_ended_ ? io::Socket::Hear::kNoBytes : io::Socket::Hear::kBytes;
}

void ClientConnection::Wire::heard(io::Socket::Event event) {
  in_session_ = true;
  if (event == io::Socket::Event::kWoken) {
    send();
  } else if (event == io::Socket::Event::kEnded && (peer_ended_ || is_paused_)) {
    fail(why_it_ended());  // cut by the loop
  } else {
    peer_ended_ = event == io::Socket::Event::kEnded;
    tell_reader_once();
  }
  while (advance()) {
  }
  mind_time();
  in_session_ = false;
}

// ---- the end

void ClientConnection::Wire::close() {
  call_ = nullptr;
  shut();
}

void ClientConnection::Wire::leave() {
  owner_ = nullptr;
  close();
}

// The session returns; there is nobody in a hurry but the loop, if it does not listen.
void ClientConnection::Wire::shut() {
  if (state_ == State::kClosed) return;
  const auto self = shared_from_this();
  const bool was_busy = state_ != State::kIdle && state_ != State::kOver;
  has_sent_ = has_sent();
  state_ = State::kClosed;
  request_.stop();
  connecting_.reset();
  if (timer_) loop_.cancel(*std::exchange(timer_, std::nullopt));
  if (socket_ == nullptr) return tell_end();
  io::Socket& socket = *socket_;
  if (!in_session_) socket.wake();
  if (was_busy) socket.cut();
}

void ClientConnection::Wire::left() {
  socket_ = nullptr;
  tell_end();
}

void ClientConnection::Wire::tell_end() {
  if (std::exchange(end_told_, true)) return;
  loop_.post([self = shared_from_this()] {
    if (self->owner_ != nullptr) self->owner_->has_ended(self->self_);
  });
}

// ---- time

// One timer for all that is waited for: mostly it finds that its time has been put off. Nobody says
// when the last byte of a request has gone, and a response may have less time than that had.
void ClientConnection::Wire::mind_time() {
  const auto due = deadline();
  if (!due || (timer_ && timer_at_ <= *due)) return;
  if (timer_) loop_.cancel(*timer_);
  timer_at_ = std::min(*due, loop_.steady_now() + terms_.response_timeout_ms);
  timer_ = loop_.after(timer_at_ - loop_.steady_now(), [this] { look_at_time(); });
}

void ClientConnection::Wire::look_at_time() {
  timer_.reset();
  const auto due = deadline();
  if (!due) return;
  if (*due > loop_.steady_now()) return mind_time();
  const auto self = shared_from_this();
  fail(socket_->has_shaken_hands() ? CallFailure::kTimeout : CallFailure::kConnectTimeout);
}

std::optional<base::SteadyMs> ClientConnection::Wire::deadline() const {
  if (socket_ == nullptr) return std::nullopt;
  const base::SteadyMs sent = socket_->last_progress();
  const base::SteadyMs received = socket_->last_received();
  switch (state_) {
    case State::kHead:
      if (!socket_->has_shaken_hands()) return times_.began + terms_.connect_timeout_ms;
      if (!socket_->outbox().empty()) {
        return std::max(sent, times_.connected) + terms_.send_timeout_ms;
      }
      if (!request_.is_done()) return std::nullopt;  // the client's turn
      return std::max({sent, waits_since_, times_.began}) + terms_.response_timeout_ms;
    case State::kBody:
      if (!reader_waits_) return std::nullopt;
      return std::max({is_tunnel_ ? sent : 0, received, waits_since_}) + terms_.response_timeout_ms;
    case State::kDraining: return std::max(received, waits_since_) + terms_.response_timeout_ms;
    default: return std::nullopt;
  }
}

}  // namespace larder::http

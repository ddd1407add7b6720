// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include <utility>

#include "base/limits.h"
#include "http/client_wire.h"

// The call that a connection carries: its request goes out, its response comes in.
namespace larder::http {

// ---- the request

void ClientConnection::Wire::body_ready() {
  const auto self = shared_from_this();
  if (socket_ != nullptr) send();
}

void ClientConnection::Wire::send() {
  if (state_ != State::kHead && state_ != State::kBody) return;
  if (socket_->has_failed_to_send()) return request_.stop();  // what it says is still of interest
  io::Outbox& outbox = socket_->outbox();
  if (!request_.write(outbox)) return body_failed();
  if (outbox.full()) socket_->wake_below(limits::kRefillBytes);
  socket_->send();
  has_sent_ = true;
  if (is_tunnel_ && request_.is_done()) half_close();
  mind_time();
}

// Nothing is told inside start.
void ClientConnection::Wire::body_failed() {
  if (!starting_) return fail(CallFailure::kRequestBody);
  loop_.post([self = shared_from_this(), call = calls_] {
    if (self->calls_ == call && self->call_ != nullptr) self->fail(CallFailure::kRequestBody);
  });
}

void ClientConnection::Wire::half_close() {
  if (terms_.tls != nullptr) return;  // which knows none
  if (socket_->outbox().empty()) {
    ::shutdown(socket_->fd(), SHUT_WR);
  } else {
    socket_->wake_below(1);
  }
}

bool ClientConnection::Wire::has_sent() const {
  return has_sent_ && (socket_ == nullptr || socket_->has_shaken_hands());
}

// ---- the response

bool ClientConnection::Wire::advance() {
  switch (state_) {
    case State::kHead: return read_head();
    case State::kDraining: return drain();
    case State::kOver: return finish();
    case State::kIdle:
      if (!socket_->inbox().empty() || peer_ended_ || loop_.stopping()) shut();
      return false;
    default: return false;
  }
}

bool ClientConnection::Wire::read_head() {
  const std::string_view unread = socket_->inbox().unread();
  if (unread.empty()) {
    if (peer_ended_) fail(why_it_ended());
    return false;
  }
  has_response_ = true;
  const auto parsed = wire::http::parse_response_head(unread, head_, searched_);
  if (parsed.state == wire::http::HeadParsed::State::kWhole) return take_head(parsed.consumed);
  searched_ = unread.size();
  if (parsed.state == wire::http::HeadParsed::State::kFault || peer_ended_) {
    fail(CallFailure::kMalformed);
  }
  return false;
}

bool ClientConnection::Wire::take_head(std::size_t bytes) {
  constexpr unsigned kSwitching = 101;
  searched_ = 0;
  if (head_.status / 100 == 1 && head_.status != kSwitching) return inform(bytes);
  is_tunnel_ = head_.status == kSwitching;
  const auto framed = wire::http::frame(head_, request_.method());
  if (framed.fault != wire::http::Fault::kNone || (is_tunnel_ && !request_.wants_upgrade())) {
    fail(CallFailure::kMalformed);
    return false;
  }
  using Kind = wire::http::Framing::Kind;
  return respond(is_tunnel_ ? wire::http::Framing{.kind = Kind::kUntilClose} : framed.framing,
                 bytes);
}

bool ClientConnection::Wire::inform(std::size_t bytes) {
  constexpr unsigned kContinue = 100;
  waits_since_ = loop_.steady_now();
  if (++interims_ > limits::kMaxInterimResponses) {
    fail(CallFailure::kMalformed);
    return false;
  }
  if (head_.status != kContinue) call_->informed(head_);
  if (state_ != State::kHead) return false;
  socket_->inbox().consume(bytes);
  return true;
}

bool ClientConnection::Wire::respond(const wire::http::Framing& framing, std::size_t bytes) {
  times_.head = loop_.steady_now();
  keep_alive_ = framing.keep_alive && request_.is_done();
  if (!is_tunnel_) request_.stop();
  cutter_.begin(framing);
  state_ = State::kBody;
  last_ = Pulled::State::kFailed;
  taken_ = bytes;
  reader_waits_ = false;
  responding_ = true;
  std::exchange(call_, nullptr)->responded(head_, *this);
  responding_ = false;
  socket_->inbox().consume(std::exchange(taken_, 0));
  if (is_tunnel_ && state_ == State::kBody) {
    request_.begin_tunnel(*this);
    send();
  }
  return state_ != State::kBody;
}

Pulled ClientConnection::Wire::pull(std::size_t room) {
  if (state_ == State::kBody && !responding_) consume_taken();
  if (state_ != State::kBody) return {.state = last_};
  const std::string_view unread = socket_->inbox().unread().substr(taken_);
  const BodyCutter::Cut cut = cutter_.cut(unread, room, peer_end());
  taken_ += cut.taken;
  reader_waits_ = cut.state == Pulled::State::kLater;
  if (reader_waits_) {
    waits_since_ = loop_.steady_now();
    if (!in_session_) mind_time();
  } else if (cut.state != Pulled::State::kBytes) {
    body_over(cut.state);
  }
  return {.state = cut.state, .bytes = cut.bytes};
}

// The session may go on with receiving, which moves what is left.
void ClientConnection::Wire::consume_taken() {
  io::Inbox& inbox = socket_->inbox();
  inbox.consume(std::exchange(taken_, 0));
  if (in_session_ || !is_paused_ || inbox.unread().size() >= limits::kPauseReceiveBytes) return;
  is_paused_ = false;
  socket_->wake();
}

void ClientConnection::Wire::tell_reader_once() {
  if (std::exchange(reader_waits_, false)) tell_reader();
}

PeerEnd ClientConnection::Wire::peer_end() const {
  if (!peer_ended_) return PeerEnd::kNone;
  return is_tunnel_ || socket_->ended_well() ? PeerEnd::kWell : PeerEnd::kCut;
}

// ---- its end

// Whoever pulls must not find another call under his hands: not told inside of that.
// The request's body may be gone by then.
void ClientConnection::Wire::body_over(Pulled::State how) {
  request_.stop();
  last_ = how;
  state_ = State::kOver;
  wake_later();
}

void ClientConnection::Wire::wake_later() {
  if (in_session_) return;
  loop_.post([self = shared_from_this()] {
    if (self->socket_ != nullptr) self->socket_->wake();
  });
}

bool ClientConnection::Wire::finish() {
  times_.end = loop_.steady_now();
  read_by(nullptr);
  socket_->inbox().consume(std::exchange(taken_, 0));
  if (!is_good()) {
    shut();
    return false;
  }
  state_ = State::kIdle;
  idle_since_ = loop_.steady_now();
  if (owner_ != nullptr) owner_->is_idle(self_);
  return true;
}

// Whether another call may go where this one went: nothing about it is in doubt.
bool ClientConnection::Wire::is_good() const {
  return last_ == Pulled::State::kEnd && keep_alive_ && !peer_ended_ && !loop_.stopping() &&
         socket_->inbox().empty() && socket_->outbox().empty();
}

void ClientConnection::Wire::give_up() {
  if (state_ == State::kIdle || state_ == State::kNew || state_ == State::kOver) return;
  call_ = nullptr;
  reader_waits_ = false;
  read_by(nullptr);
  const auto rest = cutter_.rest();
  const bool is_near = keep_alive_ && rest && *rest <= limits::kDrainBodyBytes;
  if (state_ != State::kBody || !is_near || peer_ended_) return shut();
  request_.stop();
  state_ = State::kDraining;
  waits_since_ = loop_.steady_now();
  wake_later();
}

bool ClientConnection::Wire::drain() {
  io::Inbox& inbox = socket_->inbox();
  inbox.consume(std::exchange(taken_, 0));
  inbox.consume(cutter_.cut(inbox.unread(), limits::kDrainBodyBytes, PeerEnd::kNone).taken);
  if (cutter_.rest() == 0) {
    body_over(Pulled::State::kEnd);
  } else if (peer_ended_) {
    shut();
  }
  return state_ == State::kOver;
}

void ClientConnection::Wire::fail(CallFailure why) {
  Call* const call = std::exchange(call_, nullptr);
  times_.end = loop_.steady_now();
  shut();
  if (call != nullptr) call->failed(why);
  tell_reader_once();
}

CallFailure ClientConnection::Wire::why_it_ended() const {
  if (!socket_->has_shaken_hands()) return CallFailure::kTls;
  return has_response_ ? CallFailure::kMalformed : CallFailure::kClosed;
}

}  // namespace larder::http

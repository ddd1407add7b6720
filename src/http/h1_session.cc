// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h1_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/limits.h"

namespace larder::http {
namespace {

constexpr unsigned kSwitchingProtocols = 101;

// To its client the connection looks broken, not ended. Of TCP; a unix socket only ends.
void reset(int fd) {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  [[maybe_unused]] const int done = ::connect(fd, &nobody, sizeof nobody);
}

}  // namespace

// ---- life

struct H1Session::Spares {
  ~Spares() {
    for (H1Session* session : sessions) delete session;
  }
  std::vector<H1Session*> sessions;

  static std::vector<H1Session*>& of_thread() {
    static thread_local Spares spares;
    return spares.sessions;
  }
};

H1Session* H1Session::take(Connection& connection) {
  auto& spares = Spares::of_thread();
  H1Session* session = nullptr;
  if (spares.empty()) {
    session = new H1Session;
  } else {
    session = spares.back();
    spares.pop_back();
  }
  session->connection_ = &connection;
  connection.fill(session->client_);
  return session;
}

void H1Session::release() noexcept {
  end();
  auto& spares = Spares::of_thread();
  if (spares.size() == limits::kIdleHttpSessions) {
    delete this;
  } else {
    spares.push_back(this);
  }
}

void H1Session::end() {
  if (exchange_) finish(false);
  head_.fields.clear();
  std::string().swap(kept_head_);
  std::string().swap(rooted_path_);
  head_is_kept_ = expects_continue_ = bytes_came_ = false;
  state_ = State::kHead;
}

// ---- what it does next

Next H1Session::go_on() {
  is_running_ = true;
  has_answered_ = false;
  std::optional<Next> next;
  while (!next) next = step();
  is_running_ = false;
  return *next;
}

std::optional<Next> H1Session::step() {
  switch (state_) {
    case State::kHead: return take_head();
    case State::kExchange: return go_on_with_exchange();
    case State::kDrain: return drain();
    case State::kClosing: return Next::kClose;
  }
  return Next::kClose;
}

// Others run first; then it goes on.
Next H1Session::yield() {
  connection_->wait_for(Connection::Wait::kNothing);
  connection_->wake_later();
  return Next::kWait;
}

void H1Session::bytes_came() {
  bytes_came_ = true;
  if (state_ == State::kExchange) connection_->wait_for(Connection::Wait::kNothing);
}

// ---- kExchange

void H1Session::open_exchange() {
  state_ = State::kExchange;
  response_.reset();
  body_.begin(inbox(), framing_);
  make_request();
  if (wants_tunnel()) body_.may_become_tunnel();
  if (request_body() != nullptr) keep_head();
  exchange_ = connection_->server().handler.open(*this);
  exchange_->start();
}

bool H1Session::wants_tunnel() const {
  return request_.wants_upgrade || request_.method == "CONNECT";
}

std::optional<Next> H1Session::go_on_with_exchange() {
  hear_client();
  if (state_ != State::kExchange) return std::nullopt;
  response_.pump(outbox(), [this] { return loop().turn_is_long(); });
  switch (response_.state()) {
    case H1Response::State::kNone: return wait_for_exchange();
    case H1Response::State::kBody:
      if (response_.waits()) return wait_for_exchange();
      keep_head();
      return outbox().full() ? Next::kAgain : yield();
    case H1Response::State::kEnd: return end_response();
    case H1Response::State::kCut: break;
  }
  if (response_.ends_with_connection()) reset(connection_->socket().fd());
  finish(false);
  state_ = State::kClosing;
  return std::nullopt;
}

// What has come from it, or that nothing more will.
void H1Session::hear_client() {
  const bool has_ended = connection_->has_ended();
  if (has_ended && !response_.is_tunnel()) {
    finish(false);
    state_ = State::kClosing;
    return;
  }
  if (has_ended) body_.client_ended();
  const bool was_too_slow = connection_->take_timeout();
  if (was_too_slow) body_.fail();
  if (!std::exchange(bytes_came_, false) && !has_ended && !was_too_slow) return;
  keep_head();
  body_.settle();
  body_.tell();
}

Next H1Session::wait_for_exchange() {
  keep_head();
  const bool waits_for_body = body_.is_waited_for() && !body_.at_end() && !body_.is_tunnel();
  connection_->wait_for(waits_for_body ? Connection::Wait::kBody : Connection::Wait::kNothing);
  return connection_->has_ended() ? Next::kWait : Next::kHear;
}

// All of the response is in the outbox. Only once most of it has left it is over.
std::optional<Next> H1Session::end_response() {
  if (outbox().full()) {
    keep_head();
    return Next::kAgain;
  }
  if (response_.is_tunnel() && !connection_->has_ended()) return end_tunnel();
  finish(true);
  return std::nullopt;
}

// Nothing more goes to the client, but it may still send.
std::optional<Next> H1Session::end_tunnel() {
  io::Socket& socket = connection_->socket();
  if (!outbox().empty()) return Next::kFlush;
  if (!std::exchange(is_half_closed_, true)) ::shutdown(socket.fd(), SHUT_WR);
  return wait_for_exchange();
}

void H1Session::finish(bool whole) {
  body_.settle();
  body_.read_by(nullptr);
  response_.drop_source();
  const std::uint64_t unsent = whole ? 0 : outbox().unsent();
  const Sent sent{.status = response_.status(),
                  .head_bytes = response_.head_bytes(),
                  .body_bytes = response_.body_bytes() - std::min(response_.body_bytes(), unsent),
                  .received_bytes = body_.received(),
                  .whole = whole};
  const std::unique_ptr<Exchange> exchange = std::move(exchange_);
  exchange->over(sent);
  if (!head_is_kept_) inbox().consume(head_bytes_);
  has_answered_ = true;
  keeps_alive_ = response_.keeps_alive();
  skipped_ = 0;
  state_ = State::kDrain;
}

// ---- kDrain

std::optional<Next> H1Session::drain() {
  state_ = keeps_alive_ ? State::kHead : State::kClosing;
  if (body_.at_end()) return std::nullopt;
  const bool is_late = connection_->take_timeout() || connection_->has_ended();
  skipped_ += body_.skip(limits::kMaxUnreadBodyBytes - skipped_);
  if (body_.at_end() && skipped_ <= limits::kMaxUnreadBodyBytes) return std::nullopt;
  const bool is_enough = skipped_ > limits::kMaxUnreadBodyBytes || body_.has_failed();
  if (is_late || is_enough || expects_continue_ || response_.is_tunnel()) {
    state_ = State::kClosing;
    return std::nullopt;
  }
  state_ = State::kDrain;
  connection_->wait_for(Connection::Wait::kDrain);
  return Next::kHear;
}

// ---- for the exchange

BodySource* H1Session::request_body() {
  return request_.has_body || wants_tunnel() ? &body_ : nullptr;
}

void H1Session::inform(unsigned status, std::string_view field_lines) {
  if (head_.version == wire::http::Version::k10 || response_.has_begun()) return;
  if (status == 100) expects_continue_ = false;
  H1Response::write_interim(outbox(), status, field_lines);
  changed();
}

void H1Session::respond(Response&& response) {
  LARDER_CHECK(!response_.has_begun());
  if (response.status == kSwitchingProtocols && !request_.wants_upgrade) return abort();
  response_.begin(outbox(), std::move(response),
                  {.is_head = request_.method == "HEAD",
                   .is_connect = request_.method == "CONNECT",
                   .is_10 = head_.version == wire::http::Version::k10,
                   .keep_alive = may_keep_alive()},
                  *this);
  body_.becomes_tunnel(response_.is_tunnel());
  changed();
}

void H1Session::abort() {
  response_.abort();
  changed();
}

bool H1Session::may_keep_alive() const {
  return framing_.keep_alive && connection_->may_have_more_requests() && !body_.has_failed() &&
         can_skip_body();
}

// Whether what nobody reads of the body is worth waiting for. Nobody knows whether a client that
// was not told to go on sends it.
bool H1Session::can_skip_body() const {
  if (body_.at_end()) return true;
  return !expects_continue_ && body_.left().value_or(0) <= limits::kMaxUnreadBodyBytes;
}

void H1Session::changed() {
  if (!is_running_) connection_->wake_later();
}

void H1Session::body_ready() {
  response_.more_has_come();
  connection_->wake_later();
}

void H1Session::body_is_wanted() {
  if (!expects_continue_ || response_.has_begun()) return;
  inform(100, {});
}

// A full inbox hears nothing until its session listens again.
void H1Session::body_was_taken() {
  if (!is_running_) connection_->wake_later();
}

}  // namespace larder::http

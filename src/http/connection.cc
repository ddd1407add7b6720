// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/connection.h"

#include <arpa/inet.h>
#include <nghttp2/nghttp2.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/h1_session.h"
#include "http/h2_session.h"
#include "io/loop.h"
#include "wire/http/proxy_protocol.h"

namespace larder::http {
namespace {

Endpoint endpoint_of(base::Result<io::Address> address) {
  return address ? Endpoint(*address) : Endpoint();
}

// What a balancer writes is a number of IPv4 or IPv6, or the parser would have refused it.
std::unique_ptr<Endpoint> endpoint_of(const std::string& host, std::uint16_t port) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    return std::make_unique<Endpoint>(io::Address::from(&v4, sizeof v4));
  }
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return nullptr;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  return std::make_unique<Endpoint>(io::Address::from(&v6, sizeof v6));
}

}  // namespace

Connection::Connection(Server& server, io::Socket& socket)
    : peer_(endpoint_of(io::Address::peer_of(socket.fd()))),
      needs_preface_(server.terms.proxy_protocol),
      server_(server),
      socket_(socket),
      number_(server.counts.connections.fetch_add(1, std::memory_order_relaxed) + 1) {
  ServerLoop::enter(socket.loop(), *this);
  socket.drain_on_stop();
}

Connection::~Connection() {
  session_.reset();
  loop().leave(*this);
}

// ---- what it does next

Next Connection::go_on() {
  if (session_) return go_on_with_session();
  if (!socket_.inbox().empty()) return begin();
  if (is_over() || take_timeout()) return Next::kClose;
  wait_for(Wait::kRequest);
  return Next::kHear;
}

// Whether no request will come any more. When the loop stops, one that has arrived is answered.
bool Connection::is_over() const {
  char first = 0;
  const auto has_arrived = [&] {
    return ::recv(socket_.fd(), &first, sizeof first, MSG_PEEK | MSG_DONTWAIT) > 0;
  };
  return ended_ || (socket_.loop().stopping() && !has_arrived());
}

Next Connection::begin() {
  if (needs_preface_ && !believes_peer()) return Next::kClose;
  if (needs_preface_ && !take_preface()) return Next::kClose;
  const bool may_be_http2 = is_new_ && terms().http2 && !needs_preface_;
  const bool is_http2 = may_be_http2 && begins_http2();
  if (needs_preface_ || socket_.inbox().empty() || (may_be_http2 && is_new_)) {
    const bool has_nothing = socket_.inbox().empty() && is_over();
    if (ended_ || has_nothing || take_timeout()) return Next::kClose;
    wait_for(Wait::kHead);
    return Next::kHear;
  }
  if (is_http2) {
    session_.reset(H2Session::make(*this));
  } else {
    session_.reset(H1Session::take(*this));
  }
  return go_on_with_session();
}

// Whether the first bytes are HTTP/2's; still new: they may yet become that.
bool Connection::begins_http2() {
  constexpr std::string_view kMagic = NGHTTP2_CLIENT_MAGIC;
  const std::string_view unread = socket_.inbox().unread();
  const std::string_view begin = unread.substr(0, kMagic.size());
  const bool fits = kMagic.starts_with(begin);
  is_new_ = fits && begin.size() < kMagic.size();
  return fits && !is_new_;
}

Next Connection::go_on_with_session() {
  const Next next = session_->go_on();
  if (next != Next::kHear || !session_->is_idle()) return next;
  session_.reset();
  return socket_.inbox().empty() && is_over() ? Next::kClose : next;
}

bool Connection::believes_peer() const {
  const io::Address peer = peer_.address();
  return std::ranges::any_of(terms().trusted,
                             [&](const io::Network& network) { return network.contains(peer); });
}

// → false: it is none.
bool Connection::take_preface() {
  using State = wire::http::ProxyPreface::State;
  const auto preface = wire::http::parse_proxy_preface(socket_.inbox().unread());
  if (preface.state != State::kWhole) return preface.state == State::kPartial;
  if (!preface.is_local) told_ = endpoint_of(preface.source_host, preface.source_port);
  socket_.inbox().consume(preface.consumed);
  needs_preface_ = false;
  return true;
}

void Connection::heard(io::Socket::Event event) {
  if (event == io::Socket::Event::kEnded) {
    // Twice is a connection that was cut while it waited for nobody's bytes.
    if (ended_) socket_.cut();
    ended_ = true;
  }
  if (session_ && event != io::Socket::Event::kWoken) session_->bytes_came();
}

void Connection::fill(Client& client) const {
  if (!local_.is_known()) local_ = endpoint_of(io::Address::bound_to(socket_.fd()));
  client.peer = peer_.address();
  client.local = local_.address();
  client.address = told_ ? told_->address() : client.peer;
  client.connection = number_;
  io::TlsFacts facts = socket_.tls_facts();
  client.encrypted = !facts.version.empty();
  client.server_name = std::move(facts.server_name);
  client.tls_version = std::move(facts.version);
  client.cipher = std::move(facts.cipher);
  client.certificate_subject = std::move(facts.peer_subject);
}

bool Connection::may_have_more_requests() const {
  if (socket_.loop().stopping()) return false;
  return terms().requests_per_connection == 0 || requests_ < terms().requests_per_connection;
}

// ---- deadlines

std::int64_t Connection::ms_of(Wait what) const {
  switch (what) {
    case Wait::kNothing: return 0;
    case Wait::kRequest: return terms().keep_alive_timeout_ms;
    case Wait::kHead: return terms().head_timeout_ms;
    case Wait::kBody:
    case Wait::kDrain: return terms().body_timeout_ms;
    case Wait::kSend: return terms().send_timeout_ms;
  }
  return 0;
}

void Connection::wait_for(Wait what) {
  if (what == waits_for_ && what != Wait::kSend) return;
  waits_for_ = what;
  if (what == Wait::kNothing) return ServerLoop::no_deadline(*this);
  loop().set_deadline(*this, ms_of(what));
}

io::Socket::Flush Connection::flush(Next next) {
  const bool everything = next == Next::kClose || next == Next::kFlush;
  if (everything ? unsent() != 0 : socket_.outbox().full()) {
    unsent_ = unsent();
    wait_for(Wait::kSend);
  }
  return everything ? socket_.flush_everything() : socket_.flush();
}

// One that had to wait has put the session's own deadline aside.
bool Connection::may_listen(Next next) const {
  return (next == Next::kHear || next == Next::kWait) && waits_for_ != Wait::kSend;
}

void Connection::send_stalls() {
  if (unsent() == unsent_) return socket_.cut();
  unsent_ = unsent();
  wait_for(Wait::kSend);
}

void Connection::deadline_passed() {
  switch (std::exchange(waits_for_, Wait::kNothing)) {
    case Wait::kNothing: return;
    case Wait::kRequest: (session_ ? timed_out_ : ended_) = true; return socket_.wake();
    case Wait::kSend: return send_stalls();
    case Wait::kHead:
    case Wait::kBody:
    case Wait::kDrain: break;
  }
  server_.counts.timeouts.fetch_add(1, std::memory_order_relaxed);
  timed_out_ = true;
  socket_.wake();
}

void Connection::visited() {
  if (session_) session_->visited();
}

}  // namespace larder::http

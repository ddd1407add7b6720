// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "io/socket.h"

#include <linux/tcp.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "io/carrier.h"
#include "io/loop.h"

namespace larder::io {

// ---- the session's side

bool Socket::Read::await_ready() { return socket_.new_bytes_ || socket_.gone(); }

void Socket::Read::await_suspend(std::coroutine_handle<> session) {
  socket_.reader_ = session;
  socket_.want_bytes();
}

bool Socket::Read::await_resume() { return std::exchange(socket_.new_bytes_, false); }

bool Socket::Listen::hears_bytes() const {
  return what_ == Hear::kBytes && socket_.inbox_.unread().size() < limits::kPauseReceiveBytes;
}

bool Socket::Listen::await_ready() {
  if (socket_.woken_ || socket_.closing_ || socket_.cut_) return true;
  return hears_bytes() && (socket_.new_bytes_ || socket_.ended_);
}

void Socket::Listen::await_suspend(std::coroutine_handle<> session) {
  socket_.reader_ = session;
  socket_.listens_ = true;
  socket_.listens_to_wake_ = !hears_bytes();
  if (!socket_.listens_to_wake_) socket_.want_bytes();
}

Socket::Event Socket::Listen::await_resume() {
  socket_.listens_ = socket_.listens_to_wake_ = false;
  if (std::exchange(socket_.woken_, false)) return Event::kWoken;
  return std::exchange(socket_.new_bytes_, false) ? Event::kBytes : Event::kEnded;
}

void Socket::wake() {
  woken_ = true;
  if (reader_ && listens_) resume(reader_);
}

void Socket::Receive::await_suspend(std::coroutine_handle<> session) {
  LARDER_CHECK(socket_.inbox_.empty() && !room_.empty());
  socket_.reader_ = session;
  socket_.want_direct(room_, behind_);
}

std::size_t Socket::Receive::await_resume() { return std::exchange(socket_.direct_bytes_, 0); }

bool Socket::Flush::await_ready() {
  socket_.wait_for_everything_ = everything_;
  socket_.want_sent();
  if (socket_.send_failed_ || socket_.closing_) return true;
  return everything_ ? socket_.nothing_unsent() : !socket_.outbox_.full();
}

void Socket::Flush::await_suspend(std::coroutine_handle<> session) { socket_.writer_ = session; }

bool Socket::Flush::await_resume() { return !socket_.send_failed_; }

void Socket::Yield::await_suspend(std::coroutine_handle<> session) {
  socket_.loop_.traffic_.yields.add();
  socket_.loop_.post([&socket = socket_, session] { socket.resume_session(session); });
}

void Socket::start(Task task) {
  last_received_ = loop_.steady_now();
  session_ = std::move(task);
  session_.start();
  after_session_ran();
  if (shakes_hands() && !closing_) want_bytes();  // no session asks for those
}

void Socket::resume(std::coroutine_handle<>& waiter) {
  std::exchange(waiter, nullptr).resume();
  after_session_ran();
}

void Socket::after_session_ran() {
  if (!session_.done() || closing_) return;
  if (tls_) say_end();
  closing_ = true;
  loop_.close(*this);
}

// ---- receiving

void Socket::want_bytes() {
  if (accounted_inbox_ != 0) {
    inbox_.settle();
    account_inbox();
  }
  const bool holds_enough = kept_bytes() >= limits::kHandshakeBytes;
  if (receiving_ != Receiving::kOff || holds_enough) return;
  receiving_ = Receiving::kStreaming;
  carrier_.start_receive(*this);
}

void Socket::want_direct(std::span<char> room, Behind behind) {
  account_inbox();
  direct_room_ = room;
  direct_behind_ = behind;
  if (tls_) return want_bytes();
  if (receiving_ == Receiving::kOff) {
    receiving_ = Receiving::kDirect;
    carrier_.receive_direct(*this, room);
  } else if (receiving_ == Receiving::kStreaming) {
    receiving_ = Receiving::kStopping;
    carrier_.stop_receive(*this);
  }
}

void Socket::expect_large() {
  if (tls_) return;  // the kernel's bytes have no place of their own
  short_reads_left_ = limits::kShortReads;
  if (receiving_ != Receiving::kStreaming) return;
  receiving_ = Receiving::kStopping;
  carrier_.stop_receive(*this);
}

void Socket::received(std::string_view lent) {
  last_received_ = loop_.steady_now();
  loop_.traffic_.received_bytes.add(lent.size());
  if (closing_) return;
  last_received_ = loop_.steady_now();
  if (tls_) return received_records(lent);
  // What comes of a stream that is being stopped was read before.
  if (expects_large() && receiving_ != Receiving::kStopping) --short_reads_left_;
  deliver(lent);
  pause_when_full();
}

void Socket::deliver(std::string_view bytes) {
  inbox_.deliver(bytes);
  new_bytes_ = true;
  if (waits_for_bytes() && direct_room_.empty()) resume(reader_);
  inbox_.settle();
}

void Socket::pause_when_full() {
  const bool enough = inbox_.unread().size() >= limits::kPauseReceiveBytes;
  account_inbox();
  if (enough && loop_.inboxes_own_too_much()) return cut();
  if (enough && !waits_for_bytes() && receiving_ == Receiving::kStreaming) {
    receiving_ = Receiving::kStopping;
    carrier_.stop_receive(*this);
  }
}

void Socket::account_inbox() {
  const std::size_t own = inbox_.own_bytes() + kept_bytes();
  const std::size_t before = std::exchange(accounted_inbox_, own);
  loop_.inbox_changed(before, accounted_inbox_);
}

// The session may ask for more before this returns, and must find that nothing is under way.
void Socket::received_last(std::string_view lent) {
  receiving_ = Receiving::kOff;
  received(lent);
  if (receiving_ == Receiving::kOff) go_on_receiving();
}

void Socket::receive_stopped() {
  receiving_ = Receiving::kOff;
  go_on_receiving();
}

void Socket::go_on_receiving() {
  if (closing_ || (!waits_for_bytes() && !shakes_hands())) return;
  if (direct_room_.empty()) {
    want_bytes();
  } else if (inbox_.empty()) {
    want_direct(direct_room_, direct_behind_);
  } else {
    received_early();
  }
}

void Socket::renew_receive() {
  receiving_ = Receiving::kStopping;
  carrier_.stop_receive(*this);
}

// Bytes that arrived while the stream was being stopped for a direct receive.
void Socket::received_early() {
  const std::string_view early = inbox_.unread().substr(0, direct_room_.size());
  std::memcpy(direct_room_.data(), early.data(), early.size());
  const std::size_t bytes = early.size();
  inbox_.consume(bytes);
  new_bytes_ = !inbox_.empty();
  end_direct(bytes, {});
}

void Socket::received_direct(std::size_t bytes, std::string_view lent_behind) {
  last_received_ = loop_.steady_now();
  loop_.traffic_.received_bytes.add(bytes + lent_behind.size());
  end_direct(bytes, lent_behind);
}

void Socket::end_direct(std::size_t bytes, std::string_view lent_behind) {
  receiving_ = Receiving::kOff;
  direct_room_ = {};
  direct_bytes_ = bytes;
  last_received_ = loop_.steady_now();
  if (!lent_behind.empty()) inbox_.deliver(lent_behind);
  if (reader_) resume(reader_);
  if (lent_behind.empty()) return;
  inbox_.settle();
  account_inbox();
}

void Socket::ended() {
  ended_ = true;
  if (kept_bytes() != 0 && !cut_) {  // they come before the end
    receiving_ = Receiving::kOff;
    return;
  }
  if (reader_ && !direct_room_.empty() && !inbox_.empty()) return received_early();
  receiving_ = Receiving::kOff;
  direct_room_ = {};
  if (hears_end()) resume(reader_);
  if (writer_ && shakes_hands()) send_failed();  // no record will ever take it along
}

void Socket::stop_reading() { ::shutdown(fd_, SHUT_RD); }

std::optional<base::SteadyMs> Socket::idle_since() const {
  if (!reader_ || cut_ || gone() || !outbox_.empty()) return std::nullopt;
  return last_received_;
}

void Socket::cut() {
  cut_ = true;
  ::shutdown(fd_, SHUT_RDWR);
  if (reader_ && listens_to_wake_) resume(reader_);  // nothing may be under way that would end
}

namespace {

constexpr std::uint8_t kTcpClose = 7;  // of the kernel's states, which <linux/tcp.h> does not name

}  // namespace

bool Socket::ended_well() const {
  if (cut_) return false;
  if (tls_) return tls_->state() == TlsStream::State::kEnded;
  tcp_info info{};
  socklen_t size = sizeof info;
  const bool is_tcp = ::getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
  return !is_tcp || info.tcpi_state != kTcpClose;
}

bool Socket::may_close() {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (cut_ || send_failed_ || ::getsockopt(fd_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) {
    return true;  // a unix socket's bytes are with the peer already
  }
  const bool all_taken = info.tcpi_unacked == 0 && info.tcpi_notsent_bytes == 0;
  if (all_taken || info.tcpi_state == kTcpClose) return true;
  // Not even our end is sent before: requests that arrive behind it are answered by a reset, too.
  if (lingers_since_ == 0) lingers_since_ = loop_.steady_now();
  return loop_.steady_now() - lingers_since_ >= limits::kLingerMs;
}

ConnectionFacts Socket::facts() const {
  using Doing = ConnectionFacts::Doing;
  ConnectionFacts facts{.fd = fd_, .silent_ms = loop_.steady_now() - last_received_};
  if (closing_) {
    facts.doing = Doing::kClosing;
  } else if (reader_) {
    facts.doing = direct_room_.empty() ? Doing::kReading : Doing::kReceiving;
  } else {
    facts.doing = writer_ ? Doing::kSending : Doing::kAnswering;
  }
  if (const auto peer = Address::peer_of(fd_)) facts.peer = *peer;
  if (const auto local = Address::bound_to(fd_)) facts.local = *local;
  return facts;
}

// ---- sending

void Socket::want_sent() {
  if (sending_ || send_failed_ || closing_) return;
  if (tls_) encrypt();
  if (outgoing().empty()) return;
  sending_ = true;
  last_progress_ = loop_.steady_now();
  loop_.sending(*this);
  carrier_.send(*this);
}

void Socket::sent(std::size_t bytes) {
  loop_.traffic_.sent_bytes.add(bytes);
  outgoing().sent(bytes);
  if (tls_) encrypt();
  last_progress_ = loop_.steady_now();
  const bool enough = wait_for_everything_ ? nothing_unsent() : !outbox_.full();
  if (writer_ && enough) resume(writer_);
  if (outbox_.unsent() < wake_below_) wake_for_room();
}

void Socket::wake_for_room() {
  wake_below_ = 0;
  wake();
}

void Socket::sends_nothing_now() {
  sending_ = false;
  base::ListNode<SendingSockets>::unlink();
}

void Socket::send_failed() {
  send_failed_ = true;
  sends_nothing_now();
  if (writer_) resume(writer_);
  if (wake_below_ != 0) wake_for_room();
}

}  // namespace larder::io

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/list.h"
#include "io/connection_facts.h"
#include "io/inbox.h"
#include "io/outbox.h"
#include "io/task.h"
#include "io/tls_stream.h"

namespace larder::io {

class Carrier;
class Loop;
struct AllSockets;
struct SendingSockets;

// A send of several pieces, kept where the kernel can see it until it has completed.
struct SendHeader {
  msghdr message{};
  std::array<iovec, limits::kSendPieces> pieces{};
};

// The same for a direct receive that may go on behind its room.
struct ReceiveHeader {
  msghdr message{};
  std::array<iovec, 2> pieces{};
  std::array<char, limits::kBehindBytes> behind{};
};

// One connected stream socket and the session that speaks on it. Belongs to its loop; everything
// here runs on the loop's thread. A request that no connection brings has one as well, without a
// descriptor: its carrier says when it ends.
//
//                 ┌────────────── session (a Task) ──────────────┐
//   inbox() ─────►│ read, parse, execute, reply, flush           │─────► outbox()
//      ▲          └──────────────────────────────────────────────┘          │
//      │ received, ended                                    gather, sent    ▼
//   ───┴──────────────────────────── Carrier ──────────────────────────────────
//
// Receiving, by state and event (— cannot happen):
//
//   state      session waits in read   session busy, inbox full   receive(room)     peer ended
//   kOff       → kStreaming            kOff                       → kDirect         kOff
//   kStreaming kStreaming              → kStopping                → kStopping       kOff
//   kStopping  restart when stopped    kStopping                  direct when       kOff
//                                                                 stopped
//   kDirect    —                       —                          —                 kOff
//
// A stream that breaks off by itself (no buffers, interrupted) is taken for one that was stopped.
//
// A socket that expects large values reads little at once (short reads): what is left in the kernel
// can be received straight into its place.
//
// A direct receive may take in what comes right behind its room: that is in the inbox then.
//
// With TLS the kernel's bytes go through an engine: what the backend sends is its records, and what
// it receives is decrypted into the inbox, or into a value's place without a direct receive.
//
//   inbox, room ◄── TlsStream ◄── received          outbox ──► TlsStream ──► outgoing: gather, sent
//
// Life: open ──► session done, or cut() ──► closing (what is in flight ends) ──► freed by the loop
// at the end of the turn.
class Socket : public base::ListNode<AllSockets>, public base::ListNode<SendingSockets> {
 public:
  class Read;
  class Listen;
  class Receive;
  class Flush;
  class Yield;

  static constexpr int kNoDescriptor = -1;

  Socket(Loop& loop, Carrier& carrier, OutboxPool& pool, int fd, bool is_ours = false)
      : loop_(loop), carrier_(carrier), outbox_(pool), fd_(fd), is_ours_(is_ours) {}

  // Before it is started: it speaks TLS.
  void speak(std::unique_ptr<TlsStream> tls) { tls_ = std::move(tls); }

  Loop& loop() { return loop_; }
  Inbox& inbox() { return inbox_; }
  Outbox& outbox() { return outbox_; }

  // Each is awaited by its name: `auto read = socket.read(); co_await read;`

  // → true: the inbox holds bytes that it did not hold before; false: the peer has ended, or the
  // connection is to close.
  Read read();
  // Waits for bytes, as read, or for wake(), whichever comes first. While the inbox holds
  // kPauseReceiveBytes, or with kNoBytes, for wake() alone, and then also behind the peer's end.
  enum class Event : std::uint8_t { kBytes, kWoken, kEnded };
  enum class Hear : std::uint8_t { kBytes, kNoBytes };
  Listen listen(Hear what = Hear::kBytes);
  // On its loop: listen() returns, or the next one does.
  void wake();
  // Of an outbox that is full: wakes once, when less than `unsent` bytes are left, or nothing can
  // be sent any more.
  void wake_below(std::uint32_t unsent) { wake_below_ = unsent; }
  enum class Behind : std::uint8_t { kLeave, kTake };
  // Straight into `room`, past the inbox, which must be empty. → bytes received, 0 as in read.
  // kTake: once the room is full, some of what comes behind it may be in the inbox, for which no
  // read waits.
  Receive receive(std::span<char> room, Behind behind = Behind::kLeave);
  // A large value has come: more of them are expected, for some reads.
  void expect_large();
  bool expects_large() const { return short_reads_left_ != 0; }
  // Hands the outbox to the kernel. Waits only while the outbox is full; `everything` waits until
  // nothing is unsent. → false: nothing can be sent any more.
  Flush flush();
  Flush flush_everything();
  // Hands over what somebody else than the session has put into the outbox, and waits for nothing.
  void send() { want_sent(); }
  // Lets the loop's other sockets run. → false: the connection was cut meanwhile.
  Yield yield();

  // When the peer has taken something for the last time, while there was anything to send; when
  // something came.
  base::SteadyMs last_progress() const { return last_progress_; }
  base::SteadyMs last_received() const { return last_received_; }
  bool has_failed_to_send() const { return send_failed_; }
  // Whether it may speak with its peer: always, or since a handshake was done.
  bool has_shaken_hands() const { return !tls_ || tls_->was_open(); }
  // What is known since then; empty for plain bytes.
  TlsFacts tls_facts() const { return tls_ ? tls_->facts() : TlsFacts(); }
  // Of a peer that has ended: it meant to. Else it was reset, or cut off.
  bool ended_well() const;

  // Goes on with a session that waited for something that is not a socket's.
  void resume_session(std::coroutine_handle<> session) { resume(session); }

  // Ends the connection from our side at once: the session is resumed with the end.
  void cut();
  // Lets the session read what has arrived already, and then the end.
  void stop_reading();
  // Its session ends by itself when the loop stops: it is woken then, and may go on receiving.
  void drain_on_stop() { drains_on_stop_ = true; }
  // What the loop calls for that.
  void loop_stops() { is_ours_ || drains_on_stop_ ? wake() : stop_reading(); }

 private:
  friend class Loop;

  enum class Receiving : std::uint8_t { kOff, kStreaming, kStopping, kDirect };

  // ---- what a carrier calls
 public:
  int fd() const { return fd_; }
  bool is_connection() const { return fd_ != kNoDescriptor; }
  bool is_ours() const { return is_ours_; }  // we have made the connection
  void received(std::string_view lent);      // streaming
  // With the last bytes of a stream that is over without an end: both of these, in one.
  void received_last(std::string_view lent);
  void receive_stopped();  // by Backend::stop_receive, or the stream broke off by itself
  void received_direct(std::size_t bytes, std::string_view lent_behind);
  std::span<char> direct_room() const { return direct_room_; }
  bool takes_behind() const { return direct_behind_ == Behind::kTake; }
  void ended();  // end of stream, or an error: nothing more will be received
  // What is to be sent as it is: the outbox, or the records that it has become.
  Outbox& outgoing() { return tls_ ? tls_->records() : outbox_; }
  std::size_t gather(std::span<iovec> into) { return outgoing().gather(into); }
  void sent(std::size_t bytes);
  void send_failed();
  void sends_nothing_now();
  bool closing() const { return closing_; }  // the session is done
  ConnectionFacts facts() const;
  // What it flushes now is to go as a whole; of a session that flushes once so, this is the end.
  bool flushes_everything() const { return wait_for_everything_; }

  // ---- what the loop calls
  // Whether all that was sent has arrived, or never will. A close while requests come in is a
  // reset, which throws away what the peer's kernel has not taken.
  bool may_close();
  // Since when the peer has kept the session waiting for a byte; nothing: it does not.
  std::optional<base::SteadyMs> idle_since() const;
  bool waits_for_stream() const { return reader_ && receiving_ == Receiving::kStreaming; }
  // Ends the stream and begins it again, which tells what the old one has missed.
  void renew_receive();
  // A step, with what was kept for it.
  void go_on_with_handshake();

  // Free for the backend's use.
  enum class Splices : std::uint8_t { kUnknown, kYes, kNo };
  struct BackendState {
    int slot = -1;                            // io_uring: of its registered file; or a carrier's
    std::uint32_t interest = 0;               // epoll: the events that the kernel watches for
    std::uint8_t in_flight = 0;               // io_uring: operations that the kernel still owns
    std::uint8_t sends = 0;                   // io_uring: without a registered file, modulo 256
    bool shut = false;                        // io_uring: release has begun
    bool is_unix = false;                     // io_uring
    bool streaming = false;                   // epoll: receives into the loop's buffer, or
    bool direct = false;                      //        straight into direct_room()
    Splices splices = Splices::kUnknown;      // both: the sender's
    std::unique_ptr<SendHeader> send_header;  // io_uring: of a send of several pieces
    std::unique_ptr<ReceiveHeader> receive_header;  // io_uring: of a direct receive that takes more
  };
  BackendState backend_state;

 private:
  void start(Task task);
  // A session that listens to no bytes waits for none.
  bool waits_for_bytes() const { return reader_ && !listens_to_wake_; }
  bool hears_end() const { return waits_for_bytes() || (reader_ && cut_); }
  void want_bytes();
  void want_direct(std::span<char> room, Behind behind);
  void want_sent();
  bool nothing_unsent() { return outbox_.empty() && outgoing().empty(); }
  void deliver(std::string_view bytes);
  void pause_when_full();
  void received_early();
  void end_direct(std::size_t bytes, std::string_view lent_behind);
  void go_on_receiving();
  void wake_for_room();
  void resume(std::coroutine_handle<>& waiter);
  void after_session_ran();
  void account_inbox();
  bool gone() const { return ended_ || closing_; }

  // ---- TLS (socket_tls.cc)
  void received_records(std::string_view lent);
  void keep_for_handshake(std::string_view lent);
  void decrypt(std::string_view records);
  void tls_over();
  void encrypt();
  void say_end();
  bool shakes_hands() const { return tls_ && tls_->state() == TlsStream::State::kHandshake; }
  std::size_t kept_bytes() const { return tls_ ? tls_->kept_bytes() : 0; }

  Loop& loop_;
  Carrier& carrier_;
  Inbox inbox_;
  Outbox outbox_;
  std::unique_ptr<TlsStream> tls_;  // null: plain bytes
  Task session_;
  std::coroutine_handle<> reader_;  // waits in read or receive
  std::coroutine_handle<> writer_;  // waits in flush
  std::span<char> direct_room_;
  std::size_t direct_bytes_ = 0;
  std::size_t accounted_inbox_ = 0;
  base::SteadyMs last_progress_ = 0;  // of sending
  base::SteadyMs last_received_ = 0;
  int fd_;
  std::uint32_t wake_below_ = 0;  // bytes of the outbox; 0: nobody waits for that
  const bool is_ours_;
  Receiving receiving_ = Receiving::kOff;
  Behind direct_behind_ = Behind::kLeave;
  std::uint8_t short_reads_left_ = 0;
  bool new_bytes_ = false;  // delivered since the last read
  bool ended_ = false;
  bool send_failed_ = false;
  bool sending_ = false;
  bool wait_for_everything_ = false;
  bool closing_ = false;
  bool cut_ = false;
  bool listens_ = false;          // wake() resumes the reader
  bool listens_to_wake_ = false;  // and nothing else does, but a cut
  bool woken_ = false;
  bool drains_on_stop_ = false;
  base::SteadyMs lingers_since_ = 0;  // 0: not closing, or nothing was left to be taken
};

// ---- awaitables

class Socket::Read {
 public:
  explicit Read(Socket& socket) : socket_(socket) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> session);
  bool await_resume();

 private:
  Socket& socket_;
};

class Socket::Listen {
 public:
  Listen(Socket& socket, Hear what) : socket_(socket), what_(what) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> session);
  Event await_resume();

 private:
  bool hears_bytes() const;

  Socket& socket_;
  Hear what_;
};

class Socket::Receive {
 public:
  Receive(Socket& socket, std::span<char> room, Behind behind)
      : socket_(socket), room_(room), behind_(behind) {}
  bool await_ready() { return socket_.gone(); }
  void await_suspend(std::coroutine_handle<> session);
  std::size_t await_resume();

 private:
  Socket& socket_;
  std::span<char> room_;
  Behind behind_;
};

class Socket::Flush {
 public:
  Flush(Socket& socket, bool everything) : socket_(socket), everything_(everything) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> session);
  bool await_resume();

 private:
  Socket& socket_;
  bool everything_;
};

class Socket::Yield {
 public:
  explicit Yield(Socket& socket) : socket_(socket) {}
  bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<> session);
  bool await_resume() { return !socket_.cut_; }

 private:
  Socket& socket_;
};

inline Socket::Read Socket::read() { return Read(*this); }
inline Socket::Listen Socket::listen(Hear what) { return {*this, what}; }
inline Socket::Receive Socket::receive(std::span<char> room, Behind behind) {
  return {*this, room, behind};
}
inline Socket::Flush Socket::flush() { return {*this, false}; }
inline Socket::Flush Socket::flush_everything() { return {*this, true}; }
inline Socket::Yield Socket::yield() { return Yield(*this); }

}  // namespace larder::io

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/list.h"
#include "io/outbox.h"
#include "io/tls.h"

namespace larder::io {

class Socket;
struct OpenHandshakes;
struct ReadyHandshakes;

// One connection's engine: records on the wire's side, plain bytes on the session's. It does no
// input and no output itself.
//
//   wire ──lend──►  ┌──────────┐ ──read────►  inbox, or a value's own place
//                   │ OpenSSL  │
//   wire ◄─records─ └──────────┘ ◄─encrypt──  outbox: copied pieces, pinned values in their place
//
//   kHandshake ──► kOpen ──► kEnded (the peer has said so; we may still send)
//        └───────────┴─────► kFailed (an alert may be in the records)
//
// What is lent is read at once, but for half a record, which OpenSSL keeps. Idle, it owns no
// buffer.
class TlsStream : public base::ListNode<OpenHandshakes>, public base::ListNode<ReadyHandshakes> {
 public:
  enum class State : std::uint8_t { kHandshake, kOpen, kEnded, kFailed };

  // `counts` may be null: nobody counts.
  TlsStream(Socket& socket, Ssl ssl, TlsCounts* counts, OutboxPool& pool);
  ~TlsStream();
  static void* operator new(std::size_t bytes);
  static void operator delete(void* stream) noexcept;

  State state() const { return state_; }
  bool was_open() const { return was_open_; }
  TlsFacts facts() const;
  bool over() const { return state_ == State::kEnded || state_ == State::kFailed; }

  // Of a client: what it has to say first is in the records.
  void greet();

  // ---- from the peer
  // `records` must stay until read() has brought 0.
  void lend(std::string_view records) { lent_ = records; }
  // Fills `room` as far as what was lent goes, and takes the handshake as far. → bytes; 0: there
  // are none, see state().
  std::size_t read(std::span<char> room);
  // For later: a handshake's turn has not come.
  void keep(std::string_view records) { kept_.append(records); }
  std::string take_kept() { return std::exchange(kept_, {}); }
  std::size_t kept_bytes() const { return kept_.size(); }

  // ---- to the peer
  // Makes records of what `plain` holds until enough of them wait to be sent; `scratch` is for one
  // of several pieces. Nothing before the handshake is done; after a failure `plain` is dropped.
  void encrypt(Outbox& plain, std::span<char> scratch);
  void say_end();  // close_notify
  Outbox& records() { return records_; }
  const Outbox& records() const { return records_; }

  // ---- of its handshake, for the loop
  Socket& socket() { return socket_; }
  base::SteadyMs began = 0;  // later by all the time that it was ready
  base::SteadyMs ready_since = 0;

 private:
  friend struct TlsBio;

  void fail();

  Socket& socket_;
  TlsCounts* counts_;
  Ssl ssl_;
  std::string_view lent_;
  std::string kept_;
  Outbox records_;
  State state_ = State::kHandshake;
  bool was_open_ = false;
};

// Handshakes of one loop that are not done, oldest first, and among them those that can go on.
//
//   open ──the peer's bytes are kept──► ready ──a step, kHandshakesPerTurn of them a turn──► open
//    └─ kHandshakeMs, but for the time that they are ready: cut
//
// A flood of them costs whoever speaks already no more than those steps.
struct Handshakes {
  base::List<TlsStream, OpenHandshakes> open;
  base::List<TlsStream, ReadyHandshakes> ready;

  void begin(TlsStream& stream, base::SteadyMs now) {
    stream.began = now;
    open.push_back(&stream);
  }
  void make_ready(TlsStream& stream, base::SteadyMs now) {
    if (stream.base::ListNode<ReadyHandshakes>::linked()) return;
    stream.ready_since = now;
    ready.push_back(&stream);
  }
  // Null: none can go on. That the others came first is not the peer's fault.
  TlsStream* take_ready(base::SteadyMs now) {
    TlsStream* const first = ready.front();
    if (first == nullptr) return nullptr;
    first->base::ListNode<ReadyHandshakes>::unlink();
    first->began += now - first->ready_since;
    return first;
  }
};

}  // namespace larder::io

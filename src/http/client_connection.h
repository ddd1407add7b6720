// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/body.h"
#include "io/address.h"
#include "io/loop.h"
#include "io/tls_origins.h"
#include "wire/http/head.h"

namespace larder::http {

// A request as it is sent to an origin.
struct Outgoing {
  std::string method;
  std::string target;          // origin form, with its query
  std::string field_lines;     // with Host; without what frames the body and is of the connection
  BodySource* body = nullptr;  // null: none; must outlive the call
  std::optional<std::uint64_t> body_bytes;  // nothing: chunked
  std::string upgrade = {};                 // not empty: the protocol that the client wants
};

// Why a call came to nothing.
enum class CallFailure : std::uint8_t {
  kConnect,  // refused, unreachable, reset before anything was sent
  kConnectTimeout,
  kTls,          // handshake, or a certificate that is not the origin's
  kClosed,       // the connection ended before the first byte of a response
  kTimeout,      // no progress: of the request, the head, or the body
  kMalformed,    // what came is no response
  kRequestBody,  // the client's body failed
};
std::string_view text_of(CallFailure failure) noexcept;

// Whoever has a request for an origin, told what comes of it, on the connection's loop. In this
// order: informed …, then responded or failed, once. Then the call is over for the connection when
// the body has said kEnd or kFailed, or ClientConnection::give_up is called.
class Call {
 public:
  virtual void informed(const wire::http::ResponseHead& head) = 0;  // 1xx, but for 100 and 101
  // Views of `head` are valid during this. `body` is the connection's, until the call is over.
  // With 101 it is what the origin sends from now on, and the request's body what it gets.
  virtual void responded(const wire::http::ResponseHead& head, BodySource& body) = 0;
  virtual void failed(CallFailure failure) = 0;

 protected:
  ~Call() = default;
};

struct ClientTerms {
  io::Address to;
  std::optional<io::Address> from;      // bind to it first
  const io::TlsOrigins* tls = nullptr;  // null: plain
  std::string server_name = {};         // of TLS: what is asked for by SNI, and verified
  std::int64_t connect_timeout_ms = 3'000;
  std::int64_t send_timeout_ms = 60'000;
  std::int64_t response_timeout_ms = 60'000;  // from the request to its head; between two reads
  int proxy_protocol = 0;                     // 1 or 2: the preface that is sent
  // Whom it names: who came, and where. Nothing: the connection is our own (UNKNOWN, LOCAL).
  std::optional<io::Address> proxied_from = {};
  std::optional<io::Address> proxied_to = {};
};

// When things happened in a call, of the loop's clock; 0: not.
struct CallTimes {
  base::SteadyMs began = 0;
  base::SteadyMs connected = 0;  // as began, on a connection that was there
  base::SteadyMs head = 0;
  base::SteadyMs end = 0;
};

// One connection to an origin, which carries a call at a time (HTTP/1.1).
//
//   made ─► connecting ─► busy: head ─► body ─► idle ─► busy … ─► closed
//              └── failed ──┴───────────┴─────────┴───────────────►┘
//
// Of one loop. Its owner, a pool, is told when it is idle and when it has ended, and destroys it.
// Of a loop that stops none becomes idle.
class ClientConnection {
 public:
  class Owner {
   public:
    virtual void is_idle(ClientConnection& connection) = 0;  // may carry another call
    // Destroy it, not inside this call. Told once, whoever has ended it, and never inside a call.
    virtual void has_ended(ClientConnection& connection) = 0;

   protected:
    ~Owner() = default;
  };

  ClientConnection(io::Loop& loop, const ClientTerms& terms, Owner& owner);
  ~ClientConnection();

  // Must be new or idle. Views in `request` are not kept; its body is pulled as the origin takes
  // it, until the call is over. Nothing is told inside this call.
  void start(const Outgoing& request, Call& call);
  // The call's owner does not want the rest, and is told nothing more: the connection is closed
  // unless little is left.
  void give_up();
  void close();

  bool is_idle() const;
  bool was_used() const;  // it has carried a call before
  // Bytes of the call's response have come: nobody may send the request again.
  bool has_response() const;
  bool has_sent() const;  // some of the request may have reached the origin
  const CallTimes& times() const;
  const io::Address& to() const;
  base::SteadyMs idle_since() const;

 private:
  class Wire;                   // the socket's session
  std::shared_ptr<Wire> wire_;  // which the session has a share in
};

}  // namespace larder::http

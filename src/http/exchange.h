// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/pin.h"
#include "http/body.h"
#include "io/address.h"
#include "io/loop.h"
#include "wire/http/head.h"

namespace larder::http {

// Whom a connection is with.
struct Client {
  io::Address address;  // who asks: what a trusted balancer says, or the socket's peer
  io::Address peer;     // who is connected
  io::Address local;    // where it came in
  bool encrypted = false;
  std::string server_name = {};  // of TLS: SNI
  std::string tls_version = {};  // `TLSv1.3`
  std::string cipher = {};
  std::string certificate_subject = {};  // of the client's, where one was shown and is good
  std::uint64_t connection = 0;          // its number since the start
  std::uint64_t requests = 0;            // that came on it, this one included
};

// A request whose head is here. Views stay valid until the exchange is destroyed; those of HTTP/1
// move once, behind Exchange::start: look at them through Stream::request(), and keep none of a
// start() that has not responded.
struct Request {
  std::string_view method;
  std::string_view scheme;     // `http` or `https`: how it came in, whatever its target says
  std::string_view authority;  // of the target, :authority, or Host; empty: none (HTTP/1.0)
  std::string_view path;       // with its query; begins with /, or is `*`
  wire::http::Version version = wire::http::Version::k11;
  const wire::http::Fields* fields = nullptr;  // of HTTP/2 without pseudo-fields
  bool has_body = false;
  std::optional<std::uint64_t> body_bytes;  // has_body: declared; nothing: it is not known
  bool wants_upgrade = false;               // Upgrade, and Connection that lists it
  std::size_t head_bytes = 0;               // as received
};

// What is answered. Views need to be valid during Stream::respond only, but for what is pinned.
struct Response {
  unsigned status = 0;
  std::string_view reason = {};  // empty: the usual one
  // Lines of wire::http::FieldLines, one behind the other: all fields but for those that frame the
  // body and are of the connection, which the driver writes.
  std::span<const std::string_view> fields = {};
  // Of the body. Nothing: not known, and then it ends as the protocol can say so. Of HEAD and 304
  // what it would be.
  std::optional<std::uint64_t> body_bytes = {};
  // The body: one of these, or none. `whole` is copied, or sent from where it lies under `pin`.
  std::string_view whole = {};
  base::Pin pin = {};
  bool frozen = false;
  BodySource* body = nullptr;  // of the exchange; the driver pulls until it is over
  bool close = false;          // do not use the connection again
};

// How much of a response went out, once it is over.
struct Sent {
  unsigned status = 0;           // 0: nothing was said
  std::uint64_t head_bytes = 0;  // as sent; of HTTP/2 before compression
  std::uint64_t body_bytes = 0;
  std::uint64_t received_bytes = 0;  // of the request's body
  bool whole = false;                // false: the client left, or the body failed
};

// One request of a connection, as its handler sees it: what is asked, and where the answer goes.
// The driver of HTTP/1 has one at a time, that of HTTP/2 many.
class Stream {
 public:
  virtual const Request& request() const = 0;
  virtual const Client& client() const = 0;
  virtual io::Loop& loop() const = 0;
  // Null: it has none. The first pull tells a client that expects it to go on (100). Of a request
  // that wants a tunnel (wants_upgrade, CONNECT): there is one, from which nothing comes before.
  virtual BodySource* request_body() = 0;
  // An interim response (1xx, not 101).
  virtual void inform(unsigned status, std::string_view field_lines) = 0;
  // Once. Outside of Exchange::start nothing comes of it before this has returned: the exchange is
  // over later. With 101 (or 2xx of CONNECT) both bodies are from now on what the connection
  // carries, as it comes, and the request's ends when the client does.
  virtual void respond(Response&& response) = 0;
  // The response cannot be finished, or must not be: the client sees that it was cut off.
  virtual void abort() = 0;

 protected:
  ~Stream() = default;
};

// What a handler makes of one request. It has no coroutine: everything is a call, on the loop of
// its connection.
//
//   Handler::open ─► start ─► (waits for others) ─► Stream::respond ─► body pulled … ─► over
//                      └── may respond at once ──┘                                       │
//                                  client gone, at any time ─► over ◄────────────────────┘
//                                                               └─► destroyed
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void start() = 0;
  // The last call. What goes on for it elsewhere must have been given up when it is destroyed.
  virtual void over(const Sent& sent) = 0;
};

// Who answers requests: one for all loops. Called on any of them.
class Handler {
 public:
  virtual std::unique_ptr<Exchange> open(Stream& stream) = 0;
  // A request that is refused before it is one. → the response's fields and body may be told.
  struct Refusal {
    unsigned status = 400;
    std::string field_lines = {};
    std::string body = {};
  };
  virtual Refusal refuse(const Client& client, unsigned status, std::string_view why) = 0;

 protected:
  ~Handler() = default;
};

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/body.h"
#include "http/client_connection.h"
#include "io/address.h"
#include "io/loop.h"
#include "wire/http/head.h"

namespace larder::origin {

class Upstream;

// What one request is chosen a server by.
struct Choice {
  io::Address client = {};    // ip hash, PROXY protocol
  io::Address local = {};     // where the client came in: PROXY protocol
  std::string hash_key = {};  // consistent hash
  std::string sticky = {};    // what the cookie says; empty: there was none
};

// Why there is no response, when all that may be tried has been.
enum class FetchFailure : std::uint8_t {
  kNoServer,     // 502: none is in, or every one that was tried failed
  kConnect,      // 502
  kBadResponse,  // 502: malformed, or closed before a response
  kTimeout,      // 504
  kQueueFull,    // 503: every server has all the connections it may have
  kRequestBody,  // the client's own
};
unsigned status_of(FetchFailure failure) noexcept;
std::string_view text_of(FetchFailure failure) noexcept;

// What became of a fetch, for logs.
struct FetchFacts {
  std::string servers = {};   // `127.0.0.1:80, 127.0.0.1:81`: in the order in which they were tried
  std::string statuses = {};  // `502, 200`
  unsigned tries = 0;
  std::int64_t connect_ms = -1;  // of the last; -1: never
  std::int64_t head_ms = -1;
  std::int64_t end_ms = -1;
  std::string sticky = {};  // not empty: the cookie's value to set
};

// Whoever wants a response. Told as http::Call is; never inside Fetch::start.
class FetchReader {
 public:
  virtual void informed(const wire::http::ResponseHead& head) = 0;
  // `body` lives as long as the fetch.
  virtual void responded(const wire::http::ResponseHead& head, http::BodySource& body) = 0;
  virtual void failed(FetchFailure failure) = 0;

 protected:
  ~FetchReader() = default;
};

// One request on its way to an upstream: at the next server where the one before failed, but only
// as long as nobody can have acted on it twice (a safe method, or nothing was sent), nothing of a
// body has been pulled, and no byte of a response has come. A connection that was idle and turns
// out to be closed is replaced by a new one to the same server, once, which counts for no failure.
//
//   start ─► choose a server ─► connection: idle one, new one, or queue ─► call ─► responded
//              ▲ next server, while tries are left                          │ failed
//              └────────────────────────────────────────────────────────────┘ └─► failed
//
// Of one loop. Destroy it to give up.
class Fetch {
 public:
  virtual ~Fetch() = default;
  virtual FetchFacts facts() const = 0;
};

// On `loop`; `reader` must live as long as what is returned.
std::unique_ptr<Fetch> fetch(io::Loop& loop, std::shared_ptr<Upstream> upstream,
                             http::Outgoing request, Choice choice, FetchReader& reader);

}  // namespace larder::origin

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/body.h"
#include "http/exchange.h"
#include "io/outbox.h"

namespace larder::http {

// The response to one request, as it is written into the outbox of an HTTP/1 connection.
//
//   kNone ── begin ──┬── whole, or none ──────────────────► kEnd
//                    └── kBody ── pull … ── kEnd of it ───► kEnd
//                           └── kFailed, or not as long as was said ──► kCut
//
// The body is framed by one of: its length, chunks, the end of the connection.
class H1Response {
 public:
  enum class State : std::uint8_t { kNone, kBody, kEnd, kCut };
  // What the request, and what is known of the connection, make of it.
  struct Terms {
    bool is_head = false;     // the method: no body follows
    bool is_connect = false;  // and then 2xx is the begin of a tunnel
    bool is_10 = false;       // the client speaks HTTP/1.0
    bool upgrades = false;    // it asked for another protocol
    bool keep_alive = false;  // the connection may be used again
  };

  void reset();
  // `reader` is told when its source has more.
  void begin(io::Outbox& outbox, Response&& response, const Terms& terms, BodyReader& reader);
  static std::size_t write_interim(io::Outbox& outbox, unsigned status, std::string_view lines);
  // Pulls once, and on until the source or the outbox has had enough, or `is_long` says so.
  template <class IsLong>
  void pump(io::Outbox& outbox, IsLong is_long) {
    while (state_ == State::kBody && !outbox.full() && !waits_) {
      pull(outbox);
      if (is_long()) return;
    }
  }
  void more_has_come() { waits_ = false; }
  void abort() {
    state_ = State::kCut;
    drop_source();
  }
  // Nothing is pulled any more, and nobody told.
  void drop_source() {
    if (source_ != nullptr) source_->read_by(nullptr);
    source_ = nullptr;
  }

  State state() const { return state_; }
  bool has_begun() const { return state_ != State::kNone; }
  bool waits() const { return waits_; }  // for its source
  bool keeps_alive() const { return keeps_alive_; }
  bool is_tunnel() const { return is_tunnel_; }
  // Its client cannot see where it was cut, unless the connection is reset.
  bool ends_with_connection() const { return framing_ == Framing::kUntilClose; }
  unsigned status() const { return status_; }
  std::uint64_t head_bytes() const { return head_bytes_; }
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class Framing : std::uint8_t { kNothing, kLength, kChunked, kUntilClose };

  void choose_framing(const Response& response, const Terms& terms);
  void write_head(io::Outbox& outbox, const Response& response, const Terms& terms);
  void write_framing(io::Outbox& outbox, const Terms& terms) const;
  void write_body(io::Outbox& outbox, Response& response);
  void pull(io::Outbox& outbox);
  void add(io::Outbox& outbox, std::string_view bytes, base::Pin pin, bool frozen);
  void end(io::Outbox& outbox, std::string_view trailer);

  BodySource* source_ = nullptr;
  std::optional<std::uint64_t> length_;  // as it is declared
  std::uint64_t head_bytes_ = 0;
  std::uint64_t body_bytes_ = 0;
  unsigned status_ = 0;
  State state_ = State::kNone;
  Framing framing_ = Framing::kNothing;
  bool waits_ = false;
  bool keeps_alive_ = false;
  bool is_tunnel_ = false;
};

}  // namespace larder::http

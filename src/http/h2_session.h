// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/list.h"
#include "http/connection.h"
#include "http/h2_reset_streams.h"
#include "http/h2_stream.h"
#include "http/session.h"

namespace larder::http {

// An HTTP/2 connection: nghttp2 between inbox and outbox, and a stream for each request.
//
//   inbox ─► mem_recv ─► callbacks ─► H2Stream ─► exchange
//   outbox ◄─ mem_send ◄─ what streams have submitted, and read() of their bodies
//
// nghttp2 keeps the rules of frames and of messages. Here are the bounds: bytes of a head, bytes
// nobody pulled, streams reset and frames that carry nothing in a time. Whoever is beyond them is
// told to be calm, and closed.
class H2Session final : public Session {
 public:
  static H2Session* make(Connection& connection) { return new H2Session(connection); }

  Next go_on() override;
  void bytes_came() override {}
  void visited() override;
  bool is_idle() const override { return false; }
  void release() noexcept override { delete this; }

  // ---- for its streams
  Connection& connection() { return connection_; }
  Server& server() { return connection_.server(); }
  io::Outbox& outbox() { return connection_.socket().outbox(); }
  nghttp2_session* wire() { return wire_.get(); }
  Client& client() { return client_; }
  std::vector<nghttp2_nv>& fields() { return fields_; }  // for one head, while it is written
  base::SteadyMs now() { return connection_.socket().loop().steady_now(); }
  // Something is to be sent: now, or when whoever is on the stack has returned.
  void changed();

 private:
  friend struct H2Callbacks;
  struct WireDeleter {
    void operator()(nghttp2_session* wire) const noexcept { nghttp2_session_del(wire); }
  };
  enum class Farewell : std::uint8_t { kNone, kNoticed, kSaid };

  explicit H2Session(Connection& connection);
  ~H2Session();

  bool receive();
  bool send();
  Next wait();
  void say_farewell();
  void name_last_stream();
  void leave(std::uint32_t error);
  void count_reset();
  void count_control();
  void begin_calm_time();

  // ---- from nghttp2
  void begin_frame(const nghttp2_frame_hd& head);
  int begin_head(const nghttp2_frame& frame);
  int add_field(const nghttp2_frame& frame, std::string_view name, std::string_view value);
  void frame_came(const nghttp2_frame& frame);
  void head_came(const nghttp2_frame& frame);
  void frame_went(const nghttp2_frame& frame);
  void close_stream(std::int32_t id, std::uint32_t error);
  H2Stream* find(std::int32_t id) const;

  Connection& connection_;
  std::unique_ptr<nghttp2_session, WireDeleter> wire_;
  base::List<H2Stream, StreamList> streams_;
  std::int32_t last_stream_ = 0;  // the highest that a client has begun, or has tried to
  H2ResetStreams reset_streams_;
  Client client_;
  H2Block block_;
  std::vector<nghttp2_nv> fields_;
  base::SteadyMs calm_began_ = 0;
  std::uint32_t resets_ = 0;  // since then
  std::uint32_t controls_ = 0;
  Farewell farewell_ = Farewell::kNone;
  bool is_running_ = false;
  bool is_in_head_ = false;  // it has begun, and is not here
  bool has_failed_ = false;
};

}  // namespace larder::http

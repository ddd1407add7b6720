// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/connection.h"
#include "http/exchange.h"
#include "http/h1_request_body.h"
#include "http/h1_response.h"
#include "wire/http/head.h"

namespace larder::http {

// The requests of an HTTP/1 connection, one after the other, while there are any.
//
//   kHead ──whole──► kExchange ──response and its body are out──► kDrain ──► kHead
//     │                  │                                          │ the rest of the request's
//     ├─ fault ─► refused, kClosing            client gone, cut ─►  │ body, as far as it is short
//     └─ nothing unread: idle, and given back   kClosing            └─ too long: kClosing
//
// A head is read where it lies, in the inbox. An exchange that has not answered when it has been
// started gets a copy of it, and so does one whose request has a body.
class H1Session final : public Session, public Stream, private BodyReader, private H1BodyOwner {
 public:
  static H1Session* take(Connection& connection);

  Next go_on() override;
  void bytes_came() override;
  void visited() override {}
  bool is_idle() const override { return state_ == State::kHead; }
  void release() noexcept override;  // kept for the next request, or deleted

  // ---- for the exchange
  const Request& request() const override { return request_; }
  const Client& client() const override { return client_; }
  io::Loop& loop() const override { return connection_->socket().loop(); }
  BodySource* request_body() override;
  void inform(unsigned status, std::string_view field_lines) override;
  void respond(Response&& response) override;
  void abort() override;

 private:
  enum class State : std::uint8_t { kHead, kExchange, kDrain, kClosing };

  struct Spares;

  H1Session() : body_(*this) {}
  void end();
  std::optional<Next> step();  // nothing: there is another
  Next yield();

  // ---- kHead (h1_request.cc)
  std::optional<Next> take_head();
  Next wait_for_head();
  std::optional<Next> take_request(std::size_t head_bytes);
  wire::http::Fault read_target();
  bool understands_expectation();
  bool wants_upgrade() const;
  void make_request();
  std::string_view path();
  void keep_head();
  Next refuse(wire::http::Fault fault);
  Next refuse(unsigned status, std::string_view why);

  // ---- kExchange
  void open_exchange();
  bool wants_tunnel() const;
  std::optional<Next> go_on_with_exchange();
  void hear_client();
  Next wait_for_exchange();
  std::optional<Next> end_response();
  std::optional<Next> end_tunnel();
  void finish(bool whole);
  bool may_keep_alive() const;
  bool can_skip_body() const;

  // ---- kDrain
  std::optional<Next> drain();

  // ---- from bodies and the exchange
  void body_ready() override;
  void body_is_wanted() override;
  void body_was_taken() override;
  void changed();

  io::Inbox& inbox() { return connection_->socket().inbox(); }
  io::Outbox& outbox() { return connection_->socket().outbox(); }

  Connection* connection_ = nullptr;
  wire::http::RequestHead head_;
  wire::http::Framing framing_;
  wire::http::Target target_;
  std::string rooted_path_;  // of a target that leaves out the / before its query
  std::string kept_head_;
  std::size_t head_bytes_ = 0;
  Request request_;
  Client client_;
  H1RequestBody body_;
  H1Response response_;
  std::unique_ptr<Exchange> exchange_;
  std::size_t skipped_ = 0;  // of a body that nobody wanted
  State state_ = State::kHead;
  bool head_is_kept_ = false;
  bool expects_continue_ = false;  // and has not been told to go on
  bool is_running_ = false;        // go_on looks at everything before it returns
  bool has_answered_ = false;      // since it began to
  bool bytes_came_ = false;
  bool keeps_alive_ = false;
  bool is_half_closed_ = false;  // a tunnel: by us
};

}  // namespace larder::http

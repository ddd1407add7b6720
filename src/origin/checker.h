// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "http/client_connection.h"
#include "io/loop.h"
#include "origin/server.h"
#include "origin/terms.h"

namespace larder::origin {

// Checks one server for as long as it lives, each time on a connection of its own.
//
//   ask ─► responded, failed, or too late ─► told(good) ── interval ──► ask …
//
// Of one loop.
class Checker final : private http::Call, public http::ClientConnection::Owner {
 public:
  using Told = std::function<void(Server& server, bool good)>;

  Checker(io::Loop& loop, std::shared_ptr<Server> server, TermsPtr terms, Told told);
  ~Checker();
  Checker(const Checker&) = delete;
  Checker& operator=(const Checker&) = delete;

  // From the next check on.
  void update(TermsPtr terms) { terms_ = std::move(terms); }

 private:
  const HealthCheck& check() const { return terms_->options.check; }
  void ask();
  void finish(bool good);
  void rest();
  void then(std::int64_t delay_ms, void (Checker::*step)());
  void time_out() { finish(false); }
  bool is_good(unsigned status) const;
  http::Outgoing request() const;

  void informed(const wire::http::ResponseHead& /*head*/) override {}
  void responded(const wire::http::ResponseHead& head, http::BodySource& body) override;
  void failed(http::CallFailure /*failure*/) override { finish(false); }
  void is_idle(http::ClientConnection& /*connection*/) override {}
  void has_ended(http::ClientConnection& /*connection*/) override {}

  io::Loop& loop_;
  const std::shared_ptr<Server> server_;
  TermsPtr terms_;
  TermsPtr asked_by_;  // what connection_ is made by
  const Told told_;
  std::unique_ptr<http::ClientConnection> connection_;
  bool asking_ = false;
  std::optional<io::Loop::Timers::iterator> timer_;  // the end of this check, or the next one
};

}  // namespace larder::origin

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/client_connection.h"
#include "origin/fetch.h"
#include "origin/fetch_bodies.h"
#include "origin/pool.h"
#include "origin/upstream_at_work.h"

namespace larder::origin {

// Whether a method may be repeated without anybody noticing (RFC 9110, 9.2.1).
bool is_safe(std::string_view method) noexcept;

// The states of fetch.h's picture:
//
//   choosing ─┬─ server ─► calling ─┬─► responded ─► body ends
//      ▲      ├─ queued ── woken ─► calling, or failed
//      │      │               └─ too late ─► failed
//      │      └─ none ─► failed         │
//      └──── next server ◄── may go on ─┴─ failed
class FetchAtWork final : public Fetch, private http::Call {
 public:
  FetchAtWork(io::Loop& loop, std::shared_ptr<Upstream> upstream, http::Outgoing request,
              Choice choice, FetchReader& reader);
  ~FetchAtWork() override;
  void start();
  FetchFacts facts() const override { return facts_; }

 private:
  // Brings what a Waiter is told to the fetch, as long as there is one.
  class Summons;

  void choose();
  bool may_try_again() const;
  Given queue();
  void wait();
  void summoned();
  void call(std::shared_ptr<Server> server);
  void send(Slot slot, Pool::Age age);
  void fail(FetchFailure failure);

  void informed(const wire::http::ResponseHead& head) override { reader_.informed(head); }
  void responded(const wire::http::ResponseHead& head, http::BodySource& body) override;
  void failed(http::CallFailure failure) override;

  bool may_replace(http::CallFailure failure) const;
  bool may_go_on(http::CallFailure failure) const;
  bool nobody_acted(http::CallFailure failure) const;
  void note_status(unsigned status);
  void note_times();
  void body_ended();
  void stop_timer();

  io::Loop& loop_;
  const std::shared_ptr<Upstream> upstream_;
  const TermsPtr terms_;
  const Choice choice_;
  FetchReader& reader_;
  RequestBody request_body_;
  http::Outgoing request_;
  const bool is_safe_;
  const base::SteadyMs began_;
  Tried tried_;
  std::shared_ptr<Server> server_;  // the last one that was tried
  bool replaced_ = false;           // an idle connection to it, by a new one
  bool inside_start_ = false;
  std::optional<FetchFailure> failure_;  // of the last try
  Pool::Lease lease_;
  std::shared_ptr<Summons> summons_;                 // null: not queued
  std::optional<io::Loop::Timers::iterator> timer_;  // the end of the queue, or a failure to tell
  ResponseBody response_body_;
  FetchFacts facts_;
};

}  // namespace larder::origin

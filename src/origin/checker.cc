// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/checker.h"

#include <algorithm>
#include <string>
#include <utility>

namespace larder::origin {
namespace {

constexpr unsigned kLeastGoodStatus = 200;
constexpr unsigned kMostGoodStatus = 399;

// As it is configured: a name, or a number.
std::string host_of(const Server& server) {
  if (server.address.is_unix()) return "localhost";
  if (server.host == server.address.host()) return server.text;
  return server.host + ":" + std::to_string(server.address.port());
}

}  // namespace

Checker::Checker(io::Loop& loop, std::shared_ptr<Server> server, TermsPtr terms, Told told)
    : loop_(loop), server_(std::move(server)), terms_(std::move(terms)), told_(std::move(told)) {
  then(1, &Checker::ask);
}

Checker::~Checker() {
  if (timer_) loop_.cancel(*timer_);
}

void Checker::then(std::int64_t delay_ms, void (Checker::*step)()) {
  if (timer_) loop_.cancel(*timer_);
  timer_ = loop_.after(delay_ms, [this, step] {
    timer_.reset();
    (this->*step)();
  });
}

http::Outgoing Checker::request() const {
  wire::http::FieldLines lines;
  lines.add(wire::http::Name::kHost, check().host.empty() ? host_of(*server_) : check().host);
  lines.add(wire::http::Name::kUserAgent, "larder-check");
  return {.method = "GET",
          .target = check().path,
          .field_lines = std::string(lines.text()),
          .body_bytes = {}};
}

void Checker::ask() {
  asked_by_ = terms_;
  connection_ = std::make_unique<http::ClientConnection>(
      loop_, connection_terms(*server_, *asked_by_, nullptr), *this);
  asking_ = true;
  then(check().timeout_ms, &Checker::time_out);
  connection_->start(request(), *this);
}

bool Checker::is_good(unsigned status) const {
  if (check().statuses.empty()) return status >= kLeastGoodStatus && status <= kMostGoodStatus;
  return std::ranges::find(check().statuses, status) != check().statuses.end();
}

void Checker::responded(const wire::http::ResponseHead& head, http::BodySource& /*body*/) {
  finish(is_good(head.status));
}

void Checker::finish(bool good) {
  if (!std::exchange(asking_, false)) return;
  then(1, &Checker::rest);
  told_(*server_, good);
}

// Not when it finishes: its connection may be calling.
void Checker::rest() {
  connection_.reset();
  then(check().interval_ms, &Checker::ask);
}

}  // namespace larder::origin

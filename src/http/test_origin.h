// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/client_connection.h"
#include "http/test_call.h"
#include "io/test_listener.h"
#include "io/test_loop.h"

namespace larder::http {

// A connection to an origin that the test plays, on a loop whose clock stands.
class OriginTest : public io::BackendTest {
 protected:
  void SetUp() override {
    BackendTest::SetUp();
    if (IsSkipped()) return;
    io::LoopOptions stopped_clock = options();
    stopped_clock.steady_now = []() noexcept { return now_ms(); };
    loop_.emplace(stopped_clock);
    terms_.to = listener_.address();
  }
  void TearDown() override {
    connection_.reset();
    loop_.reset();
  }

  static base::SteadyMs& now_ms() {
    static base::SteadyMs now = 1'000'000;
    return now;
  }
  void pass_time(std::int64_t ms) {
    now_ms() += ms;
    loop_->settle();
  }

  void begin(const Outgoing& request, TestCall& call) {
    if (!connection_) connection_.emplace(**loop_, terms_, owner_);
    connection_->start(request, call);
    EXPECT_FALSE(call.is_over()) << "told inside start";
  }
  // The same, and the origin has the request's head.
  io::Peer begin_at_origin(const Outgoing& request, TestCall& call) {
    begin(request, call);
    io::Peer origin = listener_.accept();
    receive_head(origin);
    return origin;
  }
  std::string receive_head(io::Peer& origin) {
    std::string head;
    EXPECT_TRUE(loop_->turn_until([&] {
      head += origin.receive_now();
      return head.find("\r\n\r\n") != std::string::npos;
    }));
    return head;
  }
  bool is_over(const TestCall& call) {
    return loop_->turn_until([&] { return call.is_over(); });
  }
  bool is_idle() {
    return loop_->turn_until([&] { return owner_.idle != 0; });
  }
  bool has_ended() {
    return loop_->turn_until([&] { return owner_.ended != 0; });
  }
  // It has nothing to do any more. → whether it may carry another call.
  bool is_kept() {
    EXPECT_TRUE(loop_->turn_until([&] { return owner_.ended + owner_.idle != 0; }));
    loop_->settle();
    return owner_.ended == 0;
  }
  void renew() {
    connection_.reset();
    owner_ = {};
  }

  static Outgoing get() { return with_method("GET"); }
  static Outgoing with_method(const std::string& method) {
    Outgoing request;
    request.method = method;
    request.target = "/a?b";
    request.field_lines = "Host: origin\r\n";
    return request;
  }
  static Outgoing post(BodySource& body, std::optional<std::uint64_t> bytes) {
    Outgoing request = with_method("POST");
    request.body = &body;
    request.body_bytes = bytes;
    return request;
  }

  io::TestListener listener_;
  std::optional<io::SteppedLoop> loop_;
  ClientTerms terms_;
  TestOwner owner_;
  std::optional<ClientConnection> connection_;
};

}  // namespace larder::http

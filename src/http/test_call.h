// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/body.h"
#include "http/client_connection.h"

// Both ends of a call, as a test plays them.
namespace larder::http {

// A body that a test gives, as much of it as it says is there.
class GivenBody final : public BodySource {
 public:
  explicit GivenBody(std::string bytes) : bytes_(std::move(bytes)), here_(bytes_.size()) {}

  Pulled pull(std::size_t room) override {
    const std::size_t now = std::min({room, piece, here_ - pulled});
    pulled += now;
    if (now != 0) {
      return {Pulled::State::kBytes, std::string_view(bytes_).substr(pulled - now, now)};
    }
    return {.state = pulled == bytes_.size() ? last : Pulled::State::kLater};
  }
  std::string_view trailer() const override { return fields; }
  void come(std::size_t bytes) {
    here_ += bytes;
    tell_reader();
  }
  void hold_back(std::size_t from) { here_ = from; }

  std::size_t piece = static_cast<std::size_t>(-1);  // the most that one pull brings
  std::size_t pulled = 0;
  Pulled::State last = Pulled::State::kEnd;
  std::string fields;

 private:
  std::string bytes_;
  std::size_t here_;
};

// What a call came to. Reads the body as it comes, unless it is told to wait.
class TestCall final : public Call, private BodyReader {
 public:
  void informed(const wire::http::ResponseHead& head) override {
    informed_of += std::to_string(head.status) + ' ';
    if (on_informed) on_informed();
  }
  void responded(const wire::http::ResponseHead& head, BodySource& source) override {
    EXPECT_EQ(status, 0U);
    status = head.status;
    first_field = head.fields.empty() ? "" : head.fields.begin()->name;
    source_ = &source;
    source.read_by(this);
    if (reads) read();
    EXPECT_TRUE(head.fields.empty() || first_field == head.fields.begin()->name);
    if (on_responded) on_responded();
  }
  void failed(CallFailure why) override {
    EXPECT_FALSE(failure);
    failure = why;
    if (on_failed) on_failed();
  }
  // As far as it goes.
  void read() {
    while (!is_over()) {
      const Pulled pulled = source_->pull(room);
      if (pulled.state == Pulled::State::kLater) return;
      EXPECT_TRUE(pulled.state != Pulled::State::kBytes ||
                  (!pulled.bytes.empty() && pulled.bytes.size() <= room));
      body += pulled.bytes;
      if (pulled.state == Pulled::State::kBytes) continue;
      end = pulled.state;
      trailer = source_->trailer();
    }
  }
  bool is_over() const { return failure || end; }
  bool is_whole() const { return end == Pulled::State::kEnd; }

  bool reads = true;
  std::size_t room = 64 * 1024;
  std::function<void()> on_informed, on_responded, on_failed;

  std::string informed_of;
  unsigned status = 0;
  std::string first_field;
  std::string body;
  std::string trailer;
  std::optional<Pulled::State> end;
  std::optional<CallFailure> failure;

 private:
  void body_ready() override {
    if (reads) read();
  }
  BodySource* source_ = nullptr;
};

struct TestOwner final : ClientConnection::Owner {
  void is_idle(ClientConnection&) override { ++idle; }
  void has_ended(ClientConnection&) override { ++ended; }
  int idle = 0;
  int ended = 0;
};

}  // namespace larder::http

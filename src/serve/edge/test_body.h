// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "http/body.h"

namespace larder::serve::edge {

// A body that is here, in pieces of `piece` bytes, each of which is first said to come later when
// `slow`; it ends, or fails when `fails`.
class GivenBody final : public http::BodySource {
 public:
  explicit GivenBody(std::string bytes, std::size_t piece = 1 << 20, bool slow = false)
      : bytes_(std::move(bytes)), piece_(piece), slow_(slow) {}

  http::Pulled pull(std::size_t room) override {
    using State = http::Pulled::State;
    EXPECT_GT(room, 0U);
    if (slow_ && !std::exchange(is_ready_, !is_ready_)) return {.state = State::kLater};
    const std::string_view rest = std::string_view(bytes_).substr(at_);
    if (rest.empty()) return {.state = fails_ ? State::kFailed : State::kEnd};
    const std::string_view part = rest.substr(0, std::min(room, piece_));
    at_ += part.size();
    return {.state = State::kBytes, .bytes = part};
  }
  std::string_view trailer() const override { return trailer_; }
  void fail_at_the_end() { fails_ = true; }
  void end_with(std::string trailer) { trailer_ = std::move(trailer); }
  void tell() { tell_reader(); }

 private:
  std::string bytes_;
  std::size_t piece_;
  bool slow_;
  bool is_ready_ = false;
  bool fails_ = false;
  std::size_t at_ = 0;
  std::string trailer_;
};

// All of a body that is never late without having been asked twice.
struct PulledBody {
  std::string bytes;
  http::Pulled::State end = http::Pulled::State::kLater;
};
inline PulledBody pull_all(http::BodySource& from, std::size_t room = 1 << 20) {
  PulledBody all;
  for (int late = 0; late < 1000;) {
    const http::Pulled pulled = from.pull(room);
    all.end = pulled.state;
    switch (pulled.state) {
      case http::Pulled::State::kBytes:
        EXPECT_LE(pulled.bytes.size(), room);
        EXPECT_FALSE(pulled.bytes.empty());
        all.bytes += pulled.bytes;
        late = 0;
        break;
      case http::Pulled::State::kLater: ++late; break;
      case http::Pulled::State::kEnd:
      case http::Pulled::State::kFailed: return all;
    }
  }
  return all;
}

struct TestReader final : public http::BodyReader {
  void body_ready() override { ++told; }
  int told = 0;
};

}  // namespace larder::serve::edge

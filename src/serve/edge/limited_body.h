// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/body.h"

namespace larder::serve::edge {

// A request's body as long as it is no longer than it may be: then it fails, and `is_too_long` says
// that 413 is the answer. For one whose length was not declared.
class LimitedBody final : public http::BodySource, private http::BodyReader {
 public:
  // `from` must live as long as this. `most` 0: any number.
  LimitedBody(http::BodySource& from, std::uint64_t most) : from_(from), most_(most) {
    from_.read_by(this);
  }
  ~LimitedBody() override { from_.read_by(nullptr); }

  http::Pulled pull(std::size_t room) override {
    using State = http::Pulled::State;
    if (is_too_long_) return {.state = State::kFailed};
    http::Pulled pulled = from_.pull(room);
    if (pulled.state == State::kBytes) count_ += pulled.bytes.size();
    is_too_long_ = most_ != 0 && count_ > most_;
    if (is_too_long_) return {.state = State::kFailed};
    return pulled;
  }
  std::string_view trailer() const override { return from_.trailer(); }
  bool is_too_long() const { return is_too_long_; }
  std::uint64_t count() const { return count_; }

 private:
  void body_ready() override { tell_reader(); }

  http::BodySource& from_;
  std::uint64_t most_;
  std::uint64_t count_ = 0;
  bool is_too_long_ = false;
};

}  // namespace larder::serve::edge

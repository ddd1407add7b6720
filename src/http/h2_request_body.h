// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "http/body.h"

namespace larder::http {

class H2BodyOwner {
 public:
  virtual void body_is_wanted() = 0;                   // the first pull
  virtual void body_was_taken(std::size_t bytes) = 0;  // the client may send so many more

 protected:
  ~H2BodyOwner() = default;
};

// The body of a request of HTTP/2: what has come of it and nobody has pulled, no more than its
// stream's window.
class H2RequestBody final : public BodySource {
 public:
  explicit H2RequestBody(H2BodyOwner& owner) : owner_(owner) {}

  void add(std::string_view bytes) {
    kept_.append(bytes);
    received_ += bytes.size();
  }
  void end(std::string trailer = {}) {
    ended_ = true;
    trailer_ = std::move(trailer);
  }
  void fail() { failed_ = true; }
  void tell() {
    if (std::exchange(waited_for_, false)) tell_reader();
  }

  Pulled pull(std::size_t room) override {
    if (!std::exchange(pulled_, true)) owner_.body_is_wanted();
    settle();
    waited_for_ = false;
    if (failed_) return {.state = Pulled::State::kFailed};
    const std::string_view here = std::string_view(kept_).substr(begin_);
    if (!here.empty()) {
      taken_ = std::min(room, here.size());
      return {.state = Pulled::State::kBytes, .bytes = here.substr(0, taken_)};
    }
    waited_for_ = !ended_;
    return {.state = ended_ ? Pulled::State::kEnd : Pulled::State::kLater};
  }
  std::string_view trailer() const override { return trailer_; }

  bool is_at_end() const { return ended_; }
  bool is_waited_for() const { return waited_for_; }
  bool was_pulled() const { return pulled_; }
  std::uint64_t received() const { return received_; }
  std::size_t kept_bytes() const { return kept_.size() - begin_; }

 private:
  void settle() {
    if (taken_ == 0) return;
    begin_ += taken_;
    if (begin_ == kept_.size()) {
      std::string().swap(kept_);
      begin_ = 0;
    }
    owner_.body_was_taken(std::exchange(taken_, 0));
  }

  H2BodyOwner& owner_;
  std::string kept_;
  std::size_t begin_ = 0;
  std::size_t taken_ = 0;  // by the last pull
  std::string trailer_;
  std::uint64_t received_ = 0;
  bool ended_ = false;
  bool failed_ = false;
  bool pulled_ = false;
  bool waited_for_ = false;
};

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "http/body.h"

namespace larder::origin {

// A client's body on its way to an origin: knows whether any of it was taken, for then nobody else
// can be sent the whole.
class RequestBody final : public http::BodySource, private http::BodyReader {
 public:
  explicit RequestBody(http::BodySource* from);
  ~RequestBody() override;
  http::Pulled pull(std::size_t room) override;
  std::string_view trailer() const override { return from_->trailer(); }
  bool was_pulled() const { return was_pulled_; }

 private:
  void body_ready() override { tell_reader(); }

  http::BodySource* from_;  // null: there is no body
  bool was_pulled_ = false;
};

// An origin's body on its way to whoever fetches. It outlives the call, of which the origin's own
// is: once it has ended it says so without asking.
class ResponseBody final : public http::BodySource, private http::BodyReader {
 public:
  explicit ResponseBody(std::function<void()> ended) : ended_(std::move(ended)) {}
  ~ResponseBody() override { close(); }
  void open(http::BodySource& from);
  void close();  // nothing more is pulled
  http::Pulled pull(std::size_t room) override;
  std::string_view trailer() const override { return trailer_; }
  bool is_over() const { return from_ == nullptr; }

 private:
  void body_ready() override { tell_reader(); }
  void end(http::Pulled::State how);

  const std::function<void()> ended_;  // the last byte, or none more, was pulled
  http::BodySource* from_ = nullptr;
  http::Pulled::State end_ = http::Pulled::State::kFailed;
  std::string trailer_;
};

}  // namespace larder::origin

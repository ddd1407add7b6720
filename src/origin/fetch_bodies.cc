// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/fetch_bodies.h"

#include <utility>

namespace larder::origin {

RequestBody::RequestBody(http::BodySource* from) : from_(from) {
  if (from_ != nullptr) from_->read_by(this);
}

RequestBody::~RequestBody() {
  if (from_ != nullptr) from_->read_by(nullptr);
}

http::Pulled RequestBody::pull(std::size_t room) {
  http::Pulled pulled = from_->pull(room);
  was_pulled_ = was_pulled_ || pulled.state == http::Pulled::State::kBytes;
  return pulled;
}

void ResponseBody::open(http::BodySource& from) {
  from_ = &from;
  from_->read_by(this);
}

void ResponseBody::close() {
  if (from_ != nullptr) from_->read_by(nullptr);
  from_ = nullptr;
}

http::Pulled ResponseBody::pull(std::size_t room) {
  if (from_ == nullptr) return {.state = end_};
  http::Pulled pulled = from_->pull(room);
  const bool is_last =
      pulled.state == http::Pulled::State::kEnd || pulled.state == http::Pulled::State::kFailed;
  if (is_last) end(pulled.state);
  return pulled;
}

void ResponseBody::end(http::Pulled::State how) {
  end_ = how;
  if (how == http::Pulled::State::kEnd) trailer_ = from_->trailer();
  close();
  ended_();
}

}  // namespace larder::origin

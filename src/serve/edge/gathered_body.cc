// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/gathered_body.h"

#include <utility>

namespace larder::serve::edge {

using State = http::Pulled::State;

GatheredBody::GatheredBody(http::BodySource& from, std::size_t most, std::function<void()> ready)
    : from_(from), most_(most), ready_(std::move(ready)) {
  from_.read_by(this);
}

std::optional<std::uint64_t> GatheredBody::whole_bytes() const {
  if (end_ != State::kEnd) return std::nullopt;
  return gathered_.size();
}

void GatheredBody::body_ready() {
  if (ready_) return gather();
  tell_reader();
}

void GatheredBody::gather() {
  while (gathered_.size() < most_) {
    const http::Pulled pulled = from_.pull(most_ - gathered_.size());
    if (pulled.state == State::kLater) return;
    if (pulled.state != State::kBytes) {
      end_ = pulled.state;
      break;
    }
    gathered_ += pulled.bytes;
  }
  std::exchange(ready_, nullptr)();
}

http::Pulled GatheredBody::pull(std::size_t room) {
  const std::string_view left = std::string_view(gathered_).substr(pulled_);
  if (!left.empty()) {
    const std::string_view part = left.substr(0, room);
    pulled_ += part.size();
    return {.state = State::kBytes, .bytes = part};
  }
  if (end_ != State::kBytes) return {.state = end_};
  return from_.pull(room);
}

}  // namespace larder::serve::edge

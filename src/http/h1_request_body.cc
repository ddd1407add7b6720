// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h1_request_body.h"

#include <algorithm>
#include <utility>

#include "http/trailer_lines.h"

namespace larder::http {

using Kind = wire::http::Framing::Kind;
using Decoded = wire::http::ChunkDecoder::Step::State;

void H1RequestBody::begin(io::Inbox& inbox, const wire::http::Framing& framing) {
  inbox_ = &inbox;
  framing_ = framing;
  if (framing.kind == Kind::kChunked) decoder_ = {};
  trailer_.clear();
  taken_ = run_left_ = 0;
  received_ = 0;
  ended_ = framing.kind != Kind::kChunked && framing.length == 0;
  failed_ = pulled_ = waited_for_ = is_tunnel_ = may_tunnel_ = client_ended_ = false;
  read_by(nullptr);
}

Pulled H1RequestBody::pull(std::size_t room) {
  if (!std::exchange(pulled_, true)) owner_.body_is_wanted();
  settle();
  Pulled pulled = next(room);
  waited_for_ = pulled.state == Pulled::State::kLater;
  return pulled;
}

Pulled H1RequestBody::next(std::size_t room) {
  if (failed_) return {.state = Pulled::State::kFailed};
  if (ended_) return next_of_tunnel(room);
  Pulled pulled = framing_.kind == Kind::kChunked ? next_of_chunks(room) : next_of_length(room);
  if (pulled.state != Pulled::State::kLater || !client_ended_) return pulled;
  failed_ = true;
  return {.state = Pulled::State::kFailed};
}

Pulled H1RequestBody::next_of_length(std::size_t room) {
  const std::uint64_t left = framing_.length - received_;
  const std::size_t here = std::min(room, inbox_->unread().size());
  Pulled pulled = take(static_cast<std::size_t>(std::min<std::uint64_t>(left, here)));
  if (received_ == framing_.length) end();
  return pulled;
}

Pulled H1RequestBody::next_of_chunks(std::size_t room) {
  if (run_left_ != 0) return take_run(room);
  for (;;) {
    const std::string_view unread = inbox_->unread();
    const auto step = decoder_.decode(unread);
    if (step.state == Decoded::kFault) {
      failed_ = true;
      return {.state = Pulled::State::kFailed};
    }
    if (!step.body.empty()) {
      const auto before = static_cast<std::size_t>(step.body.data() - unread.data());
      run_left_ = step.body.size();
      inbox_->consume(before);
      return take_run(room);
    }
    inbox_->consume(step.consumed);
    if (step.state == Decoded::kEnd) {
      end();
      return next_of_tunnel(room);
    }
    if (step.consumed == 0) return {.state = Pulled::State::kLater};
  }
}

Pulled H1RequestBody::take_run(std::size_t room) {
  const std::size_t now = std::min(room, run_left_);
  run_left_ -= now;
  return take(now);
}

Pulled H1RequestBody::next_of_tunnel(std::size_t room) {
  if (is_tunnel_) {
    Pulled pulled = take(std::min(room, inbox_->unread().size()));
    if (pulled.state == Pulled::State::kBytes || !client_ended_) return pulled;
  } else if (may_tunnel_) {
    return {.state = Pulled::State::kLater};
  }
  return {.state = Pulled::State::kEnd};
}

Pulled H1RequestBody::take(std::size_t bytes) {
  if (bytes == 0) return {.state = Pulled::State::kLater};
  taken_ = bytes;
  received_ += bytes;
  return {.state = Pulled::State::kBytes, .bytes = inbox_->unread().substr(0, bytes)};
}

void H1RequestBody::end() {
  ended_ = true;
  if (framing_.kind == Kind::kChunked) trailer_ = trailer_lines_of(decoder_.trailer());
}

void H1RequestBody::settle() {
  if (taken_ == 0) return;
  inbox_->consume(std::exchange(taken_, 0));
  owner_.body_was_taken();
}

std::size_t H1RequestBody::skip(std::size_t room) {
  std::size_t skipped = 0;
  settle();
  while (!at_end() && skipped <= room) {
    const Pulled pulled = next(room + 1 - skipped);
    if (pulled.state != Pulled::State::kBytes) break;
    skipped += pulled.bytes.size();
    settle();
  }
  return skipped;
}

void H1RequestBody::tell() {
  if (std::exchange(waited_for_, false)) tell_reader();
}

std::optional<std::uint64_t> H1RequestBody::left() const {
  if (ended_) return 0;
  if (framing_.kind == Kind::kChunked) return std::nullopt;
  return framing_.length - received_;
}

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/body_cutter.h"

#include <algorithm>

#include "http/trailer_lines.h"

namespace larder::http {
namespace {

using Kind = wire::http::Framing::Kind;
using State = Pulled::State;

std::size_t least(std::size_t a, std::size_t b, std::uint64_t c) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(std::min(a, b), c));
}

// Nothing is here, and more has to come.
State without_bytes(PeerEnd end) { return end == PeerEnd::kNone ? State::kLater : State::kFailed; }

}  // namespace

void BodyCutter::begin(const wire::http::Framing& framing) {
  framing_ = framing;
  left_ = framing.length;
  run_left_ = 0;
  if (framing.kind == Kind::kChunked) {
    chunks_ = wire::http::ChunkDecoder(wire::http::LateFields::kTaken);
  }
  trailer_.clear();
}

BodyCutter::Cut BodyCutter::cut(std::string_view unread, std::size_t room, PeerEnd end) {
  switch (framing_.kind) {
    case Kind::kNone: break;
    case Kind::kLength: return cut_length(unread, room, end);
    case Kind::kChunked: return cut_chunked(unread, room, end);
    case Kind::kUntilClose: return cut_until_close(unread, room, end);
  }
  return {.state = State::kEnd};
}

BodyCutter::Cut BodyCutter::cut_length(std::string_view unread, std::size_t room, PeerEnd end) {
  if (left_ == 0) return {.state = State::kEnd};
  const std::size_t bytes = least(unread.size(), room, left_);
  if (bytes == 0) return {.state = without_bytes(end)};
  left_ -= bytes;
  return {State::kBytes, unread.substr(0, bytes), bytes};
}

BodyCutter::Cut BodyCutter::cut_chunked(std::string_view unread, std::size_t room, PeerEnd end) {
  if (run_left_ != 0) {
    const std::size_t bytes = std::min(run_left_, room);
    run_left_ -= bytes;
    return {State::kBytes, unread.substr(0, bytes), bytes};
  }
  const auto step = chunks_.decode(unread);
  using Step = wire::http::ChunkDecoder::Step;
  if (step.state == Step::State::kFault) return {.state = State::kFailed, .taken = step.consumed};
  if (!step.body.empty()) {
    const std::size_t bytes = std::min(step.body.size(), room);
    run_left_ = step.body.size() - bytes;
    return {State::kBytes, step.body.substr(0, bytes), step.consumed - run_left_};
  }
  if (step.state == Step::State::kMore) return {without_bytes(end), {}, step.consumed};
  trailer_ = trailer_lines_of(chunks_.trailer());
  return {State::kEnd, {}, step.consumed};
}

BodyCutter::Cut BodyCutter::cut_until_close(std::string_view unread, std::size_t room,
                                            PeerEnd end) const {
  const std::string_view bytes = unread.substr(0, room);
  if (!bytes.empty()) return {State::kBytes, bytes, bytes.size()};
  return {.state = end == PeerEnd::kWell ? State::kEnd : without_bytes(end)};
}

std::optional<std::uint64_t> BodyCutter::rest() const {
  if (framing_.kind == Kind::kNone) return 0;
  if (framing_.kind == Kind::kLength) return left_;
  return std::nullopt;
}

}  // namespace larder::http

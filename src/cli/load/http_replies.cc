// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/http_replies.h"

#include <algorithm>
#include <string>

namespace larder::cli::load {
namespace {

using wire::http::Framing;
using wire::http::HeadParsed;

bool is_hit(unsigned status) { return (status >= 200 && status < 300) || status == 304; }
bool is_miss(unsigned status) { return status == 404 || status == 410; }

}  // namespace

std::size_t HttpReplies::step(std::string_view bytes) {
  if (status_ == 0) return step_head(bytes);
  return chunks_ ? step_chunks(bytes) : step_body(bytes);
}

std::size_t HttpReplies::step_head(std::string_view bytes) {
  const HeadParsed parsed = wire::http::parse_response_head(bytes, head_);
  if (parsed.state == HeadParsed::State::kPartial) return 0;
  if (parsed.state == HeadParsed::State::kFault) {
    return fail(std::string(wire::http::text_of(parsed.fault)) + ": ", bytes);
  }
  if (head_.status < 200) return parsed.consumed;
  const auto [fault, framing] = wire::http::frame(head_, "GET");
  if (fault != wire::http::Fault::kNone) {
    return fail(std::string(wire::http::text_of(fault)) + ": ", bytes);
  }
  if (framing.kind == Framing::Kind::kUntilClose) {
    return fail("a body that ends with its connection: ", bytes);
  }
  status_ = head_.status;
  body_left_ = framing.length;
  if (framing.kind == Framing::Kind::kChunked) {
    chunks_.emplace();
  } else if (body_left_ == 0) {
    body_over();
  }
  return parsed.consumed;
}

std::size_t HttpReplies::step_body(std::string_view bytes) {
  const std::size_t taken = std::min<std::uint64_t>(body_left_, bytes.size());
  body_left_ -= taken;
  if (body_left_ == 0) body_over();
  return taken;
}

std::size_t HttpReplies::step_chunks(std::string_view bytes) {
  using State = wire::http::ChunkDecoder::Step::State;
  const auto [state, consumed, body] = chunks_->decode(bytes);
  if (state == State::kFault) return fail("a chunk that is none: ", bytes);
  if (state == State::kEnd) {
    chunks_.reset();
    body_over();
  }
  return consumed;
}

void HttpReplies::body_over() {
  const unsigned status = status_;
  status_ = 0;
  if (!is_hit(status) && !is_miss(status)) {
    return count_error("status " + std::to_string(status));
  }
  (is_hit(status) ? tally().hits : tally().misses).add(1);
  answered();
}

}  // namespace larder::cli::load

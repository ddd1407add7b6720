// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/request_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/limits.h"

namespace larder::http {
namespace {

// Of a method whose request is expected to have a body: none has to be said (RFC 9110, 8.6).
bool expects_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

void append_pulled(Pulled&& pulled, io::Outbox& outbox) {
  if (!pulled.pin || pulled.bytes.size() < limits::kPinReplyBytes) {
    outbox.append(pulled.bytes);
  } else if (pulled.frozen) {
    outbox.append_frozen(pulled.bytes, std::move(pulled.pin));
  } else {
    outbox.append_pinned(pulled.bytes, std::move(pulled.pin));
  }
}

void append_chunk_size(std::size_t bytes, io::Outbox& outbox) {
  std::array<char, 2 * sizeof bytes + 2> line;
  char* end = std::to_chars(line.data(), line.data() + line.size(), bytes, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  outbox.append({line.data(), end});
}

}  // namespace

void RequestWriter::begin(const Outgoing& request, BodyReader& reader) {
  stop();
  method_ = request.method;
  write_head(request);
  stage_ = Stage::kBody;
  coding_ = request.body_bytes ? Coding::kCounted : Coding::kChunked;
  left_ = request.body_bytes.value_or(0);
  if (!request.upgrade.empty()) {
    upgrade_ = request.body;
  } else {
    read(request.body, reader);
  }
}

void RequestWriter::begin_tunnel(BodyReader& reader) {
  stage_ = Stage::kBody;
  coding_ = Coding::kRaw;
  read(std::exchange(upgrade_, nullptr), reader);
}

void RequestWriter::read(BodySource* body, BodyReader& reader) {
  body_ = body;
  if (body_ != nullptr) body_->read_by(&reader);
}

void RequestWriter::write_head(const Outgoing& request) {
  const bool is_chunked = request.body != nullptr && !request.body_bytes;
  const bool is_counted = request.body_bytes || expects_body(request.method);
  constexpr std::size_t kOthersBytes = 128;  // the first line's rest, and what frames a body
  head_.reserve(request.target.size() + request.field_lines.size() + kOthersBytes);
  head_.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  head_.append(request.field_lines);
  if (!request.upgrade.empty()) {
    head_.append("Connection: Upgrade\r\nUpgrade: ").append(request.upgrade).append("\r\n");
  } else if (is_chunked) {
    head_.append("Transfer-Encoding: chunked\r\n");
  } else if (is_counted) {
    const std::uint64_t bytes = request.body_bytes.value_or(0);
    head_.append("Content-Length: ").append(std::to_string(bytes)).append("\r\n");
  }
  head_.append("\r\n");
}

bool RequestWriter::write(io::Outbox& outbox) {
  if (stage_ != Stage::kBody) return true;
  outbox.append(std::exchange(head_, {}));
  if (body_ == nullptr) return end(outbox);
  while (stage_ == Stage::kBody && !outbox.full()) {
    BodySource* const body = body_;
    Pulled pulled = body->pull(limits::kBodyPullBytes);
    if (body != body_) return true;  // stopped meanwhile
    switch (pulled.state) {
      case Pulled::State::kLater: return !has_all() || end(outbox);
      case Pulled::State::kFailed: return false;
      case Pulled::State::kEnd: return end(outbox);
      case Pulled::State::kBytes: break;
    }
    if (!append(std::move(pulled), outbox)) return false;
  }
  return true;
}

bool RequestWriter::append(Pulled&& pulled, io::Outbox& outbox) {
  if (coding_ == Coding::kCounted && pulled.bytes.size() > left_) return false;
  if (coding_ == Coding::kCounted) left_ -= pulled.bytes.size();
  if (coding_ == Coding::kChunked) append_chunk_size(pulled.bytes.size(), outbox);
  append_pulled(std::move(pulled), outbox);
  if (coding_ == Coding::kChunked) outbox.append("\r\n");
  return true;
}

bool RequestWriter::end(io::Outbox& outbox) {
  const bool has_body = body_ != nullptr;
  const bool is_whole = !has_body || coding_ != Coding::kCounted || left_ == 0;
  if (has_body && coding_ == Coding::kChunked) {
    outbox.append("0\r\n");
    outbox.append(body_->trailer());
    outbox.append("\r\n");
  }
  leave_body();
  stage_ = Stage::kDone;
  return is_whole;
}

void RequestWriter::leave_body() {
  if (body_ != nullptr) std::exchange(body_, nullptr)->read_by(nullptr);
}

void RequestWriter::stop() {
  leave_body();
  upgrade_ = nullptr;
  head_.clear();
  if (stage_ == Stage::kBody) stage_ = Stage::kStopped;
}

}  // namespace larder::http

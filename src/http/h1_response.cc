// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h1_response.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/limits.h"
#include "http/response_lines.h"

namespace larder::http {
namespace {

constexpr unsigned kSwitchingProtocols = 101;
constexpr unsigned kUpgradeRequired = 426;

bool never_has_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

void append_number(io::Outbox& outbox, std::uint64_t number, int base) {
  constexpr std::size_t kDigits = 20;
  char* const room = outbox.room(kDigits);
  outbox.appended(
      static_cast<std::size_t>(std::to_chars(room, room + kDigits, number, base).ptr - room));
}

void append_status_line(io::Outbox& outbox, unsigned status, std::string_view reason) {
  outbox.append("HTTP/1.1 ");
  append_number(outbox, status, 10);
  outbox.append(" ");
  const std::string_view said = reason.empty() ? wire::http::reason_of(status) : reason;
  if (!said.empty()) outbox.append(said);
  outbox.append("\r\n");
}

void append_allowed(io::Outbox& outbox, std::string_view lines, bool with_upgrade) {
  while (!lines.empty()) outbox.append(take_allowed(lines, with_upgrade));
}

}  // namespace

void H1Response::reset() { *this = {}; }

std::size_t H1Response::write_interim(io::Outbox& outbox, unsigned status, std::string_view lines) {
  const std::size_t before = outbox.unsent();
  append_status_line(outbox, status, {});
  append_allowed(outbox, lines, false);
  outbox.append("\r\n");
  return outbox.unsent() - before;
}

void H1Response::begin(io::Outbox& outbox, Response&& response, const Terms& terms,
                       BodyReader& reader) {
  status_ = response.status;
  choose_framing(response, terms);
  const std::size_t before = outbox.unsent();
  write_head(outbox, response, terms);
  head_bytes_ = outbox.unsent() - before;
  state_ = State::kBody;
  if (framing_ == Framing::kNothing) {
    state_ = State::kEnd;
  } else if (response.body != nullptr) {
    source_ = response.body;
    source_->read_by(&reader);
  } else {
    write_body(outbox, response);
  }
}

// ---- the head

void H1Response::choose_framing(const Response& response, const Terms& terms) {
  is_tunnel_ = status_ == kSwitchingProtocols || (terms.is_connect && status_ / 100 == 2);
  const bool has_whole = !response.whole.empty();
  length_ = response.body_bytes;
  if (!length_ && has_whole) length_ = response.whole.size();
  keeps_alive_ = terms.keep_alive && !response.close && !is_tunnel_;
  if (is_tunnel_) {
    framing_ = response.body != nullptr ? Framing::kUntilClose : Framing::kNothing;
  } else if (never_has_body(status_) || terms.is_head) {
    framing_ = Framing::kNothing;
    if (status_ == 204) length_.reset();
  } else if (length_ || response.body == nullptr) {
    framing_ = Framing::kLength;
    if (!length_) length_ = 0;
  } else {
    framing_ = terms.is_10 ? Framing::kUntilClose : Framing::kChunked;
    if (terms.is_10) keeps_alive_ = false;
  }
}

void H1Response::write_head(io::Outbox& outbox, const Response& response, const Terms& terms) {
  const bool with_upgrade = status_ == kSwitchingProtocols || status_ == kUpgradeRequired;
  append_status_line(outbox, status_, response.reason);
  for (const std::string_view lines : response.fields) append_allowed(outbox, lines, with_upgrade);
  write_framing(outbox, terms);
  if (with_upgrade) outbox.append("Connection: upgrade\r\n");
  outbox.append("\r\n");
}

void H1Response::write_framing(io::Outbox& outbox, const Terms& terms) const {
  if (is_tunnel_) return;
  if (length_) {
    outbox.append("Content-Length: ");
    append_number(outbox, *length_, 10);
    outbox.append("\r\n");
  } else if (framing_ == Framing::kChunked) {
    outbox.append("Transfer-Encoding: chunked\r\n");
  }
  if (!keeps_alive_) {
    outbox.append("Connection: close\r\n");
  } else if (terms.is_10) {
    outbox.append("Connection: keep-alive\r\n");
  }
}

// ---- the body

void H1Response::write_body(io::Outbox& outbox, Response& response) {
  if (!response.whole.empty()) {
    add(outbox, response.whole, std::move(response.pin), response.frozen);
  }
  if (state_ == State::kBody) end(outbox, {});
}

void H1Response::pull(io::Outbox& outbox) {
  Pulled pulled = source_->pull(limits::kFullOutboxBytes - outbox.unsent());
  switch (pulled.state) {
    case Pulled::State::kBytes:
      return add(outbox, pulled.bytes, std::move(pulled.pin), pulled.frozen);
    case Pulled::State::kLater: waits_ = true; return;
    case Pulled::State::kEnd: end(outbox, source_->trailer()); return drop_source();
    case Pulled::State::kFailed: return abort();
  }
}

// Of a body that is longer than was said nothing goes out beyond that.
void H1Response::add(io::Outbox& outbox, std::string_view bytes, base::Pin pin, bool frozen) {
  const bool is_length = framing_ == Framing::kLength;
  const bool is_longer = is_length && bytes.size() > *length_ - body_bytes_;
  if (is_longer) bytes = bytes.substr(0, *length_ - body_bytes_);
  if (framing_ == Framing::kChunked) {
    append_number(outbox, bytes.size(), 16);
    outbox.append("\r\n");
  }
  if (!pin || bytes.size() < limits::kPinReplyBytes) {
    outbox.append(bytes);
  } else if (frozen) {
    outbox.append_frozen(bytes, std::move(pin));
  } else {
    outbox.append_pinned(bytes, std::move(pin));
  }
  if (framing_ == Framing::kChunked) outbox.append("\r\n");
  body_bytes_ += bytes.size();
  if (is_longer) abort();
}

void H1Response::end(io::Outbox& outbox, std::string_view trailer) {
  if (framing_ == Framing::kLength && body_bytes_ != *length_) return abort();
  state_ = State::kEnd;
  if (framing_ != Framing::kChunked) return;
  outbox.append("0\r\n");
  append_allowed(outbox, trailer, false);
  outbox.append("\r\n");
}

}  // namespace larder::http

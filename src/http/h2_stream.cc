// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h2_stream.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <utility>

#include "base/check.h"
#include "base/limits.h"
#include "http/expectation.h"
#include "http/h2_session.h"
#include "http/response_lines.h"

namespace larder::http {
namespace {

ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t room,
                  std::uint32_t* flags, nghttp2_data_source* source, void*) {
  return static_cast<H2Stream*>(source->ptr)->read(room, *flags);
}

std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

bool never_has_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

// Room for the digits of a number, which a head is written from.
class Digits {
 public:
  explicit Digits(std::uint64_t number)
      : end_(std::to_chars(digits_.data(), digits_.data() + digits_.size(), number).ptr) {}
  std::string_view text() const { return {digits_.data(), end_}; }

 private:
  std::array<char, 20> digits_;
  char* end_;
};

}  // namespace

H2Stream::~H2Stream() { drop_source(); }

const Client& H2Stream::client() const { return session_.client(); }
io::Loop& H2Stream::loop() const { return session_.connection().socket().loop(); }

// ---- the request

void H2Stream::head_came(const H2Block& block, bool ends) {
  Server& server = session_.server();
  session_.client().requests = session_.connection().count_request();
  server.counts.requests.fetch_add(1, std::memory_order_relaxed);
  moved_ = session_.now();
  const bool is_encrypted = session_.client().encrypted;
  using wire::http::Fault;
  Fault fault = head_.read(block, is_encrypted ? "https" : "http", ends);
  if (ends) body_.end();
  if (block.is_too_large(session_.connection().terms().head_bytes)) fault = Fault::kHeadTooLarge;
  if (fault != Fault::kNone) return refuse(status_of(fault), text_of(fault));
  open_exchange();
}

void H2Stream::open_exchange() {
  constexpr unsigned kExpectationFailed = 417;
  const Expectation expected = expectation_of(*request().fields);
  if (expected == Expectation::kUnknown) {
    return refuse(kExpectationFailed, "an unknown expectation");
  }
  const bool comes_body = request().has_body && request().body_bytes != 0;
  expects_continue_ = comes_body && expected == Expectation::kContinue;
  exchange_ = session_.server().handler.open(*this);
  exchange_->start();
}

void H2Stream::refuse(unsigned status, std::string_view why) {
  Server& server = session_.server();
  server.counts.refused_heads.fetch_add(1, std::memory_order_relaxed);
  const Handler::Refusal refusal = server.handler.refuse(client(), status, why);
  const std::array<std::string_view, 1> fields{refusal.field_lines};
  respond({.status = refusal.status,
           .fields = fields,
           .body_bytes = refusal.body.size(),
           .whole = refusal.body});
}

void H2Stream::trailer_came(const H2Block& block) {
  if (block.is_too_large(limits::kMaxTrailerBytes)) {
    body_.fail();
  } else {
    body_.end(H2Head::trailer_of(block));
  }
  body_.tell();
}

void H2Stream::data_came(std::string_view bytes) {
  moved_ = session_.now();
  if (exchange_ == nullptr) {
    nghttp2_session_consume(session_.wire(), id_, bytes.size());
    return;
  }
  body_.add(bytes);
  body_.tell();
}

void H2Stream::request_ended() {
  body_.end();
  body_.tell();
}

void H2Stream::body_is_wanted() {
  if (std::exchange(expects_continue_, false) && answer_ == Answer::kNone) inform(100, {});
}

void H2Stream::body_was_taken(std::size_t bytes) {
  moved_ = session_.now();
  nghttp2_session_consume(session_.wire(), id_, bytes);
  session_.changed();
}

// ---- the response's head

void H2Stream::add(std::string_view name, std::string_view value) {
  session_.fields().push_back({.name = octets(name),
                               .value = octets(value),
                               .namelen = name.size(),
                               .valuelen = value.size(),
                               .flags = NGHTTP2_NV_FLAG_NONE});
  constexpr std::size_t kOfEach = 4;  // as a line would have
  sent_.head_bytes += name.size() + value.size() + kOfEach;
}

void H2Stream::add_lines(std::string_view lines) {
  while (!lines.empty()) {
    wire::http::LineReader reader(take_allowed(lines, false));
    while (reader.next()) add(reader.name(), reader.value());
  }
}

void H2Stream::inform(unsigned status, std::string_view field_lines) {
  if (answer_ != Answer::kNone || was_reset_) return;
  const Digits digits(status);
  auto& fields = session_.fields();
  fields.clear();
  add(":status", digits.text());
  add_lines(field_lines);
  nghttp2_submit_headers(session_.wire(), NGHTTP2_FLAG_NONE, id_, nullptr, fields.data(),
                         fields.size(), nullptr);
  session_.changed();
}

void H2Stream::respond(Response&& response) {
  LARDER_CHECK(answer_ == Answer::kNone);
  if (was_reset_) return;
  if (response.status < 200) return abort();  // 101 means nothing here
  sent_.status = response.status;
  length_ = response.body_bytes;
  const bool has_whole = !response.whole.empty();
  if (!length_ && (has_whole || response.body == nullptr)) length_ = response.whole.size();
  const bool says_no_length = response.status == 204 ||
                              (response.body == nullptr && !has_whole && !response.body_bytes &&
                               (request().method == "HEAD" || response.status == 304)) ||
                              (request().method == "CONNECT" && response.status < 300);
  if (says_no_length) length_.reset();
  const bool has_body = !never_has_body(response.status) && request().method != "HEAD" &&
                        (has_whole || response.body != nullptr || length_.value_or(0) != 0);
  if (has_body) keep_body(response);
  answer_ = has_body ? Answer::kBody : Answer::kEnd;
  moved_ = session_.now();
  submit(response, has_body);
  session_.changed();
}

void H2Stream::keep_body(Response& response) {
  if (response.body != nullptr) {
    source_ = response.body;
    source_->read_by(this);
  } else if (response.pin && response.whole.size() >= limits::kPinReplyBytes) {
    whole_ = response.whole;
    pin_ = SharedPin(std::move(response.pin));
    frozen_ = response.frozen;
  } else {
    kept_ = response.whole;
    whole_ = kept_;
  }
}

void H2Stream::submit(const Response& response, bool has_body) {
  const Digits status(response.status);
  const Digits length(length_.value_or(0));
  auto& fields = session_.fields();
  fields.clear();
  add(":status", status.text());
  for (const std::string_view lines : response.fields) add_lines(lines);
  if (length_) add("content-length", length.text());
  const nghttp2_data_provider body{.source = {.ptr = this}, .read_callback = read_body};
  const int result = nghttp2_submit_response(session_.wire(), id_, fields.data(), fields.size(),
                                             has_body ? &body : nullptr);
  if (result != 0) reset(NGHTTP2_INTERNAL_ERROR);
}

// ---- the response's body

ssize_t H2Stream::read(std::size_t room, std::uint32_t& flags) {
  moved_ = session_.now();
  return source_ != nullptr ? take_pulled(room, flags) : take_whole(room, flags);
}

ssize_t H2Stream::take_whole(std::size_t room, std::uint32_t& flags) {
  piece_ = {.state = Pulled::State::kBytes, .bytes = whole_.substr(0, room), .frozen = frozen_};
  if (pin_) piece_.pin = pin_.share();
  whole_.remove_prefix(piece_.bytes.size());
  if (whole_.empty()) {
    if (sent_.body_bytes + piece_.bytes.size() != length_) return fail();
    flags |= NGHTTP2_DATA_FLAG_EOF;
    answer_ = Answer::kEnd;
  }
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  return static_cast<ssize_t>(piece_.bytes.size());
}

ssize_t H2Stream::take_pulled(std::size_t room, std::uint32_t& flags) {
  piece_ = source_->pull(room);
  switch (piece_.state) {
    case Pulled::State::kBytes: break;
    case Pulled::State::kLater: waits_ = true; return NGHTTP2_ERR_DEFERRED;
    case Pulled::State::kEnd: return end_body(flags, source_->trailer());
    case Pulled::State::kFailed: return fail();
  }
  if (length_ && piece_.bytes.size() > *length_ - sent_.body_bytes) return fail();
  flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  return static_cast<ssize_t>(piece_.bytes.size());
}

ssize_t H2Stream::end_body(std::uint32_t& flags, std::string_view trailer) {
  if (length_ && sent_.body_bytes != *length_) return fail();
  answer_ = Answer::kEnd;
  flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!trailer.empty()) {
    flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    submit_trailer(trailer);
  }
  drop_source();
  return 0;
}

void H2Stream::submit_trailer(std::string_view lines) {
  auto& fields = session_.fields();
  fields.clear();
  add_lines(lines);
  nghttp2_submit_trailer(session_.wire(), id_, fields.data(), fields.size());
}

// The client is told by a reset that what it has is not the whole.
ssize_t H2Stream::fail() {
  was_reset_ = true;
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

void H2Stream::write(std::string_view frame_head) {
  io::Outbox& outbox = session_.outbox();
  outbox.append(frame_head);
  sent_.body_bytes += piece_.bytes.size();
  if (piece_.bytes.size() < limits::kPinReplyBytes || !piece_.pin) {
    outbox.append(piece_.bytes);
    piece_.pin.drop();
  } else if (piece_.frozen) {
    outbox.append_frozen(piece_.bytes, std::move(piece_.pin));
  } else {
    outbox.append_pinned(piece_.bytes, std::move(piece_.pin));
  }
}

void H2Stream::body_ready() {
  if (!std::exchange(waits_, false)) return;
  moved_ = session_.now();
  nghttp2_session_resume_data(session_.wire(), id_);
  session_.connection().wake_later();
}

void H2Stream::drop_source() {
  if (source_ != nullptr) source_->read_by(nullptr);
  source_ = nullptr;
}

// ---- its end

// Whoever has its answer need not send the rest.
void H2Stream::response_ended() {
  if (body_.is_at_end()) return;
  nghttp2_submit_rst_stream(session_.wire(), NGHTTP2_FLAG_NONE, id_, NGHTTP2_NO_ERROR);
}

void H2Stream::reset(std::uint32_t error) {
  was_reset_ = true;
  nghttp2_submit_rst_stream(session_.wire(), NGHTTP2_FLAG_NONE, id_, error);
  session_.changed();
}

void H2Stream::closed(std::uint32_t error) {
  if (const std::size_t unread = body_.kept_bytes(); unread != 0) {
    nghttp2_session_consume_connection(session_.wire(), unread);
  }
  body_.read_by(nullptr);
  drop_source();
  if (!exchange_) return;
  sent_.received_bytes = body_.received();
  sent_.whole = answer_ == Answer::kEnd && error == NGHTTP2_NO_ERROR && !was_reset_;
  exchange_->over(sent_);
  exchange_.reset();
}

// A reader without a window, or an upload without a byte.
void H2Stream::look_at(base::SteadyMs now) {
  const ServerTerms& terms = session_.connection().terms();
  if (body_.is_waited_for() && now - moved_ >= terms.body_timeout_ms) {
    session_.server().counts.timeouts.fetch_add(1, std::memory_order_relaxed);
    body_.fail();
    body_.tell();
  }
  const bool has_more = answer_ == Answer::kBody && !waits_;
  if (has_more && now - moved_ >= terms.send_timeout_ms) reset(NGHTTP2_CANCEL);
}

}  // namespace larder::http

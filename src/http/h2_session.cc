// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h2_session.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/check.h"
#include "base/limits.h"
#include "http/h2_callbacks.h"
#include "http/h2_memory.h"

namespace larder::http {
namespace {

nghttp2_option* options() {
  static nghttp2_option* const kOptions = [] {
    nghttp2_option* made = nullptr;
    LARDER_CHECK(nghttp2_option_new(&made) == 0);
    nghttp2_option_set_no_auto_window_update(made, 1);
    nghttp2_option_set_no_closed_streams(made, 1);
    nghttp2_option_set_max_outbound_ack(made, limits::kHttp2Acks);
    return made;
  }();
  return kOptions;
}

}  // namespace

H2Session::H2Session(Connection& connection) : connection_(connection) {
  nghttp2_session* wire = nullptr;
  LARDER_CHECK(nghttp2_session_server_new3(&wire, h2_callbacks(), this, options(), h2_memory()) ==
               0);
  wire_.reset(wire);
  connection.fill(client_);
  const ServerTerms& terms = connection.terms();
  const std::array settings{
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, terms.streams},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits::kHttp2StreamBytes},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
                             static_cast<std::uint32_t>(terms.head_bytes)}};
  nghttp2_submit_settings(wire, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(wire, NGHTTP2_FLAG_NONE, 0, limits::kHttp2BodyBytes);
  server().counts.http2_connections.fetch_add(1, std::memory_order_relaxed);
  begin_calm_time();
}

H2Session::~H2Session() {
  while (H2Stream* const stream = streams_.front()) close_stream(stream->id(), NGHTTP2_CANCEL);
}

// ---- what it does next

Next H2Session::go_on() {
  if (connection_.has_ended() || has_failed_) return Next::kClose;
  is_running_ = true;
  if (connection_.take_timeout()) leave(NGHTTP2_NO_ERROR);
  say_farewell();
  const bool received_all = receive();
  const bool sent_all = send();
  is_running_ = false;
  if (outbox().full()) return Next::kAgain;
  if (received_all && sent_all) return wait();
  connection_.wait_for(Connection::Wait::kNothing);
  connection_.wake_later();
  return Next::kWait;
}

// → false: the turn is long, and there is more.
bool H2Session::receive() {
  io::Inbox& inbox = connection_.socket().inbox();
  while (!inbox.empty() && !has_failed_ && !outbox().full()) {
    const std::string_view now = inbox.unread().substr(0, limits::kReceiveBufferBytes);
    const ssize_t taken = nghttp2_session_mem_recv(
        wire(), reinterpret_cast<const std::uint8_t*>(now.data()), now.size());
    if (taken < 0) {
      leave(taken == NGHTTP2_ERR_FLOODED ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
      inbox.consume(inbox.unread().size());
      return true;
    }
    inbox.consume(static_cast<std::size_t>(taken));
    if (connection_.socket().loop().turn_is_long()) return inbox.empty();
  }
  return true;
}

// → false: the turn is long, and there is more.
bool H2Session::send() {
  const std::uint8_t* bytes = nullptr;
  while (!outbox().full()) {
    const std::size_t before = outbox().unsent();
    const ssize_t count = nghttp2_session_mem_send(wire(), &bytes);
    if (count > 0) {
      outbox().append({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count)});
    }
    has_failed_ = has_failed_ || count < 0;
    if (count <= 0 && outbox().unsent() == before) return true;
    if (connection_.socket().loop().turn_is_long()) return false;
  }
  return true;
}

Next H2Session::wait() {
  using Wait = Connection::Wait;
  const bool is_done = !nghttp2_session_want_read(wire()) && !nghttp2_session_want_write(wire());
  if (has_failed_ || is_done) return Next::kClose;
  connection_.wait_for(is_in_head_        ? Wait::kHead
                       : streams_.empty() ? Wait::kRequest
                                          : Wait::kNothing);
  return Next::kHear;
}

void H2Session::changed() {
  if (!is_running_) connection_.wake_later();
}

// ---- its end

// At first that no more streams are to come; and once that has arrived, which the answer to a PING
// behind it tells, which one was the last (RFC 9113, 6.8).
void H2Session::say_farewell() {
  if (farewell_ != Farewell::kNone || connection_.may_have_more_requests()) return;
  farewell_ = Farewell::kNoticed;
  nghttp2_submit_shutdown_notice(wire());
  nghttp2_submit_ping(wire(), NGHTTP2_FLAG_NONE, nullptr);
}

void H2Session::name_last_stream() {
  farewell_ = Farewell::kSaid;
  nghttp2_submit_goaway(wire(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(wire()),
                        NGHTTP2_NO_ERROR, nullptr, 0);
  changed();
}

void H2Session::visited() {
  const base::SteadyMs now_ms = now();
  streams_.for_each([now_ms](H2Stream* stream) { stream->look_at(now_ms); });
  if (farewell_ == Farewell::kNoticed) {  // a client that answers no PING
    name_last_stream();
  } else if (!connection_.may_have_more_requests()) {
    changed();
  }
}

// GOAWAY, and nothing is received any more.
void H2Session::leave(std::uint32_t error) {
  nghttp2_session_terminate_session(wire(), error);
  changed();
}

void H2Session::begin_calm_time() {
  calm_began_ = now();
  resets_ = controls_ = 0;
}

void H2Session::count_reset() {
  if (now() - calm_began_ > limits::kHttp2CalmMs) begin_calm_time();
  server().counts.http2_resets.fetch_add(1, std::memory_order_relaxed);
  if (++resets_ == limits::kHttp2Resets) leave(NGHTTP2_ENHANCE_YOUR_CALM);
}

void H2Session::count_control() {
  if (now() - calm_began_ > limits::kHttp2CalmMs) begin_calm_time();
  if (++controls_ == limits::kHttp2Controls) leave(NGHTTP2_ENHANCE_YOUR_CALM);
}

// ---- from nghttp2

H2Stream* H2Session::find(std::int32_t id) const {
  return static_cast<H2Stream*>(nghttp2_session_get_stream_user_data(wire_.get(), id));
}

// A stream that is over, or was passed by, does not begin (RFC 9113, 5.1.1). nghttp2 would overlook
// that: it keeps no closed streams, which would be memory of an idle connection.
void H2Session::begin_frame(const nghttp2_frame_hd& head) {
  if (head.type != NGHTTP2_HEADERS || farewell_ == Farewell::kSaid) return;
  const bool is_new = head.stream_id > last_stream_;
  last_stream_ = std::max(last_stream_, head.stream_id);
  if (is_new || find(head.stream_id) != nullptr) return;
  if (!reset_streams_.may_have(head.stream_id)) leave(NGHTTP2_PROTOCOL_ERROR);
}

int H2Session::begin_head(const nghttp2_frame& frame) {
  block_.begin();
  is_in_head_ = true;
  if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  auto* const stream = new H2Stream(*this, frame.hd.stream_id);
  streams_.push_back(stream);
  nghttp2_session_set_stream_user_data(wire(), frame.hd.stream_id, stream);
  return 0;
}

// Far beyond the bound nothing is decoded any more that could be.
int H2Session::add_field(const nghttp2_frame& frame, std::string_view name,
                         std::string_view value) {
  const bool is_trailer = frame.headers.cat != NGHTTP2_HCAT_REQUEST;
  const std::size_t most = is_trailer ? limits::kMaxTrailerBytes : connection_.terms().head_bytes;
  block_.add(name, value, most);
  const bool is_hopeless = block_.bytes() > limits::kHttp2HeadTimes * most;
  return is_hopeless ? NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE : 0;
}

void H2Session::frame_came(const nghttp2_frame& frame) {
  const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  switch (frame.hd.type) {
    case NGHTTP2_HEADERS: return head_came(frame);
    case NGHTTP2_DATA:
      if (frame.hd.length == 0 && !ends) count_control();
      if (H2Stream* const stream = find(frame.hd.stream_id); stream != nullptr && ends) {
        stream->request_ended();
      }
      return;
    case NGHTTP2_RST_STREAM: return count_reset();
    case NGHTTP2_PING:
      if (farewell_ != Farewell::kNoticed || (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) break;
      return name_last_stream();
    default: break;
  }
  count_control();
}

void H2Session::head_came(const nghttp2_frame& frame) {
  is_in_head_ = false;
  const bool ends = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  H2Stream* const stream = find(frame.hd.stream_id);
  if (stream == nullptr) return;
  if (frame.headers.cat == NGHTTP2_HCAT_REQUEST) {
    stream->head_came(block_, ends);
  } else if (ends) {
    stream->trailer_came(block_);
  }
  block_.shrink();
}

void H2Session::frame_went(const nghttp2_frame& frame) {
  if (frame.hd.type == NGHTTP2_RST_STREAM) reset_streams_.add(frame.hd.stream_id);
  if (frame.hd.type == NGHTTP2_RST_STREAM && frame.rst_stream.error_code != NGHTTP2_NO_ERROR) {
    return count_reset();
  }
  const bool may_end = frame.hd.type == NGHTTP2_HEADERS || frame.hd.type == NGHTTP2_DATA;
  if (!may_end || (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return;
  if (H2Stream* const stream = find(frame.hd.stream_id)) stream->response_ended();
}

void H2Session::close_stream(std::int32_t id, std::uint32_t error) {
  is_in_head_ = false;
  H2Stream* const stream = find(id);
  if (stream == nullptr) return;
  nghttp2_session_set_stream_user_data(wire(), id, nullptr);
  stream->unlink();
  const std::unique_ptr<H2Stream> owned(stream);
  stream->closed(error);
}

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "http/h2_callbacks.h"

#include <string_view>

#include "base/check.h"
#include "http/h2_session.h"

namespace larder::http {
namespace {

constexpr std::size_t kFrameHeadBytes = 9;

H2Session& session_of(void* user) { return *static_cast<H2Session*>(user); }

std::string_view text_of(const std::uint8_t* bytes, std::size_t count) {
  return {reinterpret_cast<const char*>(bytes), count};
}

}  // namespace

struct H2Callbacks {
  static int begin_frame(nghttp2_session*, const nghttp2_frame_hd* head, void* user) {
    session_of(user).begin_frame(*head);
    return 0;
  }
  // A stream that was refused before it began, or is to be reset.
  static int invalid_frame(nghttp2_session*, const nghttp2_frame* frame, int, void* user) {
    session_of(user).reset_streams_.add(frame->hd.stream_id);
    return 0;
  }
  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    return session_of(user).begin_head(*frame);
  }
  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_bytes, const std::uint8_t* value, std::size_t value_bytes,
                    std::uint8_t, void* user) {
    return session_of(user).add_field(*frame, text_of(name, name_bytes),
                                      text_of(value, value_bytes));
  }
  // nghttp2 would leave it out; whoever sends such a field does not mean well.
  static int invalid_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t*,
                            std::size_t, const std::uint8_t*, std::size_t, std::uint8_t, void*) {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  static int frame_recv(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    session_of(user).frame_came(*frame);
    return 0;
  }
  static int frame_send(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    session_of(user).frame_went(*frame);
    return 0;
  }
  static int data_chunk(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                        std::size_t count, void* user) {
    H2Session& session = session_of(user);
    if (H2Stream* const stream = session.find(id)) {
      stream->data_came(text_of(bytes, count));
    } else {
      nghttp2_session_consume_connection(session.wire(), count);
    }
    return 0;
  }
  static int stream_close(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
    session_of(user).close_stream(id, error);
    return 0;
  }
  static int send_data(nghttp2_session*, nghttp2_frame* frame, const std::uint8_t* head,
                       std::size_t, nghttp2_data_source* source, void*) {
    LARDER_CHECK(frame->data.padlen == 0);
    static_cast<H2Stream*>(source->ptr)->write(text_of(head, kFrameHeadBytes));
    return NGHTTP2_ERR_PAUSE;  // the session looks at its outbox before the next one
  }
};

const nghttp2_session_callbacks* h2_callbacks() {
  static const nghttp2_session_callbacks* const kCallbacks = [] {
    nghttp2_session_callbacks* made = nullptr;
    LARDER_CHECK(nghttp2_session_callbacks_new(&made) == 0);
    nghttp2_session_callbacks_set_on_begin_frame_callback(made, H2Callbacks::begin_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(made, H2Callbacks::invalid_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, H2Callbacks::begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, H2Callbacks::header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(made, H2Callbacks::invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, H2Callbacks::frame_recv);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, H2Callbacks::frame_send);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, H2Callbacks::data_chunk);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, H2Callbacks::stream_close);
    nghttp2_session_callbacks_set_send_data_callback(made, H2Callbacks::send_data);
    return made;
  }();
  return kCallbacks;
}

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/test_talk.h"

namespace larder::http {

// The client's side of an HTTP/2 connection, with nghttp2's own notion of it.
class H2Client {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  struct Reply {
    std::string head;                   // `:status=200;a=b;`
    std::vector<std::string> informed;  // heads of interim responses
    std::string body;
    std::string trailer;
    bool ended = false;
    bool closed = false;
    std::uint32_t error = 0;
  };

  explicit H2Client(Talk& talk, io::Transport transport = io::Transport::kUnix,
                    bool takes_window = true)
      : talk_(talk), peer_(talk.connect(transport)), takes_window_(takes_window) {
    nghttp2_session_callbacks* calls = nullptr;
    nghttp2_session_callbacks_new(&calls);
    nghttp2_session_callbacks_set_on_header_callback(calls, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(calls, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(calls, on_close);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_no_http_messaging(option, 1);
    nghttp2_session_client_new2(&wire_, calls, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(calls);
    nghttp2_submit_settings(wire_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~H2Client() { nghttp2_session_del(wire_); }
  H2Client(const H2Client&) = delete;
  H2Client& operator=(const H2Client&) = delete;

  static Fields get(const std::string& path, Fields more = {}) {
    Fields fields{{":method", "GET"}, {":scheme", "http"}, {":authority", "h"}, {":path", path}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  }
  static Fields post(const std::string& path, Fields more = {}) {
    Fields fields = get(path, std::move(more));
    fields[0].second = "POST";
    return fields;
  }
  std::int32_t ask(const Fields& fields) {
    const auto lines = wired(fields);
    const std::int32_t id =
        nghttp2_submit_request(wire_, nullptr, lines.data(), lines.size(), nullptr, nullptr);
    replies[id];
    return id;
  }
  // A request with a body, which add() and end() are for.
  std::int32_t begin(const Fields& fields) {
    const auto lines = wired(fields);
    const nghttp2_data_provider body{.source = {.ptr = nullptr}, .read_callback = read};
    const std::int32_t id =
        nghttp2_submit_request(wire_, nullptr, lines.data(), lines.size(), &body, nullptr);
    replies[id];
    bodies_[id];
    return id;
  }
  void add(std::int32_t id, std::string_view bytes) {
    bodies_[id].text += bytes;
    nghttp2_session_resume_data(wire_, id);
  }
  void end(std::int32_t id, Fields trailer = {}) {
    bodies_[id].ends = true;
    bodies_[id].trailer = std::move(trailer);
    nghttp2_session_resume_data(wire_, id);
  }
  void reset(std::int32_t id) {
    nghttp2_submit_rst_stream(wire_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
  }

  // Bytes go both ways until nothing happens any more.
  void settle() {
    for (int quiet = 0; quiet < 3;) {
      const bool moved = exchange();
      talk_.loop.settle();
      quiet = exchange() || moved ? 0 : quiet + 1;
    }
  }
  bool turn_until(const std::function<bool()>& happened) {
    return talk_.loop.turn_until([&] {
      exchange();
      return happened();
    });
  }
  const Reply& get_reply(std::int32_t id) {
    EXPECT_TRUE(turn_until([&] { return replies[id].closed || goaway >= 0; }));
    return replies[id];
  }

  // → whether a byte moved.
  bool exchange() {
    const std::uint8_t* bytes = nullptr;
    for (ssize_t count = 0; (count = nghttp2_session_mem_send(wire_, &bytes)) > 0;) {
      unsent_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
    }
    const std::size_t sent = peer_.send_now(unsent_);
    unsent_.erase(0, sent);
    const std::string got = peer_.receive_now();
    if (!got.empty()) {
      nghttp2_session_mem_recv(wire_, reinterpret_cast<const std::uint8_t*>(got.data()),
                               got.size());
    }
    return sent != 0 || !got.empty();
  }

  io::Peer& peer() { return peer_; }
  nghttp2_session* wire() { return wire_; }
  std::map<std::int32_t, Reply> replies;
  std::int64_t goaway = -1;                // its error
  std::vector<std::int32_t> last_streams;  // that each GOAWAY has named
  std::size_t held = 0;                    // bytes of bodies for which no window was given back

 private:
  struct Body {
    std::string text;
    Fields trailer;
    bool ends = false;
  };

  static std::uint8_t* octets(const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  }
  static std::vector<nghttp2_nv> wired(const Fields& fields) {
    std::vector<nghttp2_nv> lines;
    for (const auto& [name, value] : fields) {
      lines.push_back(
          {octets(name), octets(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    return lines;
  }
  static H2Client& self(void* user) { return *static_cast<H2Client*>(user); }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_bytes, const std::uint8_t* value, std::size_t value_bytes,
                       std::uint8_t, void* user) {
    std::string& block = self(user).block_;
    block.append(reinterpret_cast<const char*>(name), name_bytes).append("=");
    block.append(reinterpret_cast<const char*>(value), value_bytes).append(";");
    static_cast<void>(frame);
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_GOAWAY) {
      self(user).goaway = frame->goaway.error_code;
      self(user).last_streams.push_back(frame->goaway.last_stream_id);
    }
    Reply& reply = self(user).replies[frame->hd.stream_id];
    if (frame->hd.type == NGHTTP2_HEADERS) {
      std::string block = std::exchange(self(user).block_, {});
      if (block.starts_with(":status=1")) {
        reply.informed.push_back(std::move(block));
      } else {
        (reply.head.empty() ? reply.head : reply.trailer) = std::move(block);
      }
    }
    const bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (may_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) reply.ended = true;
    return 0;
  }
  static int on_data(nghttp2_session* wire, std::uint8_t, std::int32_t id,
                     const std::uint8_t* bytes, std::size_t count, void* user) {
    self(user).replies[id].body.append(reinterpret_cast<const char*>(bytes), count);
    if (self(user).takes_window_) {
      nghttp2_session_consume(wire, id, count);
    } else {
      self(user).held += count;
    }
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t error, void* user) {
    self(user).replies[id].closed = true;
    self(user).replies[id].error = error;
    return 0;
  }
  static ssize_t read(nghttp2_session* wire, std::int32_t id, std::uint8_t* into, std::size_t room,
                      std::uint32_t* flags, nghttp2_data_source*, void* user) {
    Body& body = self(user).bodies_[id];
    const std::size_t now = std::min(room, body.text.size());
    std::ranges::copy_n(body.text.begin(), static_cast<std::ptrdiff_t>(now), into);
    body.text.erase(0, now);
    if (body.text.empty() && body.ends) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!body.trailer.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto lines = wired(body.trailer);
        nghttp2_submit_trailer(wire, id, lines.data(), lines.size());
      }
    } else if (now == 0) {
      return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(now);
  }

  Talk& talk_;
  io::Peer peer_;
  bool takes_window_;
  nghttp2_session* wire_ = nullptr;
  std::map<std::int32_t, Body> bodies_;
  std::string block_;
  std::string unsent_;
};

}  // namespace larder::http

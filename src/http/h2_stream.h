// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/list.h"
#include "http/exchange.h"
#include "http/h2_head.h"
#include "http/h2_request_body.h"
#include "http/shared_pin.h"

namespace larder::http {

class H2Session;
struct StreamList;

// One request of an HTTP/2 connection and its response. Its session makes it when a head begins,
// and destroys it when nghttp2 has closed the stream.
//
//   head ─► refused ──────────────────────────┐
//     └───► exchange ─► respond ─► data … ─► closed by both sides, or reset ─► over, destroyed
//
// Bodies go out frame by frame as nghttp2 asks for them: what flow control and the outbox allow.
class H2Stream final : public Stream,
                       public base::ListNode<StreamList>,
                       private BodyReader,
                       private H2BodyOwner {
 public:
  H2Stream(H2Session& session, std::int32_t id) : session_(session), id_(id), body_(*this) {}
  ~H2Stream();

  // ---- from the session
  void head_came(const H2Block& block, bool ends);
  void trailer_came(const H2Block& block);
  void data_came(std::string_view bytes);
  void request_ended();
  // The response's last frame has been written.
  void response_ended();
  void closed(std::uint32_t error);
  // The next piece of the body for a frame of at most `room` bytes.
  ssize_t read(std::size_t room, std::uint32_t& flags);
  // That piece, behind the head of its frame.
  void write(std::string_view frame_head);
  // Gives up what has not moved for too long.
  void look_at(base::SteadyMs now);
  std::int32_t id() const { return id_; }

  // ---- for the exchange
  const Request& request() const override { return head_.request(); }
  const Client& client() const override;
  io::Loop& loop() const override;
  BodySource* request_body() override { return request().has_body ? &body_ : nullptr; }
  void inform(unsigned status, std::string_view field_lines) override;
  void respond(Response&& response) override;
  void abort() override { reset(NGHTTP2_INTERNAL_ERROR); }

 private:
  enum class Answer : std::uint8_t { kNone, kBody, kEnd };

  void open_exchange();
  void refuse(unsigned status, std::string_view why);
  void add_lines(std::string_view lines);
  void add(std::string_view name, std::string_view value);
  void keep_body(Response& response);
  void submit(const Response& response, bool has_body);
  void submit_trailer(std::string_view lines);
  ssize_t take_whole(std::size_t room, std::uint32_t& flags);
  ssize_t take_pulled(std::size_t room, std::uint32_t& flags);
  ssize_t end_body(std::uint32_t& flags, std::string_view trailer);
  ssize_t fail();
  void drop_source();
  void reset(std::uint32_t error);

  void body_ready() override;
  void body_is_wanted() override;
  void body_was_taken(std::size_t bytes) override;

  H2Session& session_;
  std::int32_t id_;
  H2Head head_;
  H2RequestBody body_;
  std::unique_ptr<Exchange> exchange_;
  std::string kept_;  // of a whole body that nobody pins
  std::string_view whole_;
  SharedPin pin_;  // of whole_
  BodySource* source_ = nullptr;
  Pulled piece_;  // that the next frame carries
  std::optional<std::uint64_t> length_;
  Sent sent_;
  base::SteadyMs moved_ = 0;  // when it last had something from its client, or for it
  Answer answer_ = Answer::kNone;
  bool expects_continue_ = false;
  bool waits_ = false;  // for its source
  bool frozen_ = false;
  bool was_reset_ = false;
};

}  // namespace larder::http

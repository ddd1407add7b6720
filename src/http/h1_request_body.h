// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/body.h"
#include "io/inbox.h"
#include "wire/http/head.h"

namespace larder::http {

// What a request body needs of its connection.
class H1BodyOwner {
 public:
  virtual void body_is_wanted() = 0;  // the first pull: a client that waits for 100 may send
  virtual void body_was_taken() = 0;  // there is room in the inbox again

 protected:
  ~H1BodyOwner() = default;
};

// The body of an HTTP/1 request, pulled from the inbox of its connection, where it lies.
//
//   inbox:  [taken | run left | not decoded .....]
//            │        └ of a chunk, that the last pull had no room for
//            └ by the last pull: consumed by the next one, or by settle()
//
// Of a connection that has become a tunnel it is all that comes behind the body.
class H1RequestBody final : public BodySource {
 public:
  explicit H1RequestBody(H1BodyOwner& owner) : owner_(owner) {}

  void begin(io::Inbox& inbox, const wire::http::Framing& framing);
  // Whether the response to come may make a tunnel of the connection, and whether it has.
  void may_become_tunnel() { may_tunnel_ = true; }
  void becomes_tunnel(bool does) {
    is_tunnel_ = does;
    may_tunnel_ = false;
  }
  // Nothing more will come: the client has ended, or was too slow.
  void fail() { failed_ = true; }
  void client_ended() { client_ended_ = true; }

  Pulled pull(std::size_t room) override;
  std::string_view trailer() const override { return trailer_; }

  // Gives back what was taken: views of the last pull end here.
  void settle();
  // Drops what has come of it, `room` bytes at most. → dropped.
  std::size_t skip(std::size_t room);
  // Tells its reader that more has come, if that waits for it.
  void tell();

  bool is_tunnel() const { return is_tunnel_; }
  bool at_end() const { return ended_ && !is_tunnel_; }
  bool has_failed() const { return failed_; }
  bool is_waited_for() const { return waited_for_; }
  bool was_pulled() const { return pulled_; }
  std::uint64_t received() const { return received_; }
  // More than that may come; nothing: nobody knows.
  std::optional<std::uint64_t> left() const;

 private:
  Pulled next(std::size_t room);
  Pulled next_of_length(std::size_t room);
  Pulled next_of_chunks(std::size_t room);
  Pulled next_of_tunnel(std::size_t room);
  Pulled take(std::size_t bytes);
  Pulled take_run(std::size_t room);
  void end();

  io::Inbox* inbox_ = nullptr;
  H1BodyOwner& owner_;
  wire::http::Framing framing_;
  wire::http::ChunkDecoder decoder_;
  std::string trailer_;
  std::size_t taken_ = 0;
  std::size_t run_left_ = 0;
  std::uint64_t received_ = 0;
  bool ended_ = true;
  bool failed_ = false;
  bool pulled_ = false;
  bool waited_for_ = false;
  bool is_tunnel_ = false;
  bool may_tunnel_ = false;
  bool client_ended_ = false;
};

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/body.h"
#include "wire/http/head.h"

namespace larder::http {

// How the peer's side of a connection stands.
enum class PeerEnd : std::uint8_t {
  kNone,
  kWell,  // it has said that it ends
  kCut,   // reset, or TLS without its goodbye
};

// Cuts a response's body out of what a connection has received, as its framing says. It keeps no
// bytes.
class BodyCutter {
 public:
  void begin(const wire::http::Framing& framing);

  struct Cut {
    Pulled::State state = Pulled::State::kLater;
    std::string_view bytes = {};  // of `unread`, no more than `room`
    std::size_t taken = 0;        // of `unread`: done with
  };
  Cut cut(std::string_view unread, std::size_t room, PeerEnd end);

  // What is still to come; nothing: only its end will tell.
  std::optional<std::uint64_t> rest() const;
  std::string_view trailer() const { return trailer_; }

 private:
  Cut cut_length(std::string_view unread, std::size_t room, PeerEnd end);
  Cut cut_chunked(std::string_view unread, std::size_t room, PeerEnd end);
  Cut cut_until_close(std::string_view unread, std::size_t room, PeerEnd end) const;

  wire::http::Framing framing_;
  std::uint64_t left_ = 0;    // kLength
  std::size_t run_left_ = 0;  // kChunked: of a run that there was no room for
  wire::http::ChunkDecoder chunks_{wire::http::LateFields::kTaken};
  std::string trailer_;
};

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/limits.h"

// What stands before a request and before each part of a reply where they travel in datagrams.
//
//   datagram  request id 2 │ sequence 2 │ total 2 │ reserved 2 │ bytes of the message
//
// A message is cut into `total` datagrams, numbered from 0; put together again they are what a
// connection would carry. A reply has its request's id. Numbers are big-endian.
namespace larder::wire::memcache {

constexpr std::size_t kFrameHeadBytes = 8;
constexpr std::size_t kFrameBytes = limits::kMaxDatagramBytes - kFrameHeadBytes;  // of a message

struct FrameHead {
  std::uint16_t request_id = 0;
  std::uint16_t sequence = 0;
  std::uint16_t total = 1;
};

struct Frame {
  FrameHead head;
  std::string_view bytes;
};

// Nothing: there is no more than a head, at best.
std::optional<Frame> parse_frame(std::string_view datagram) noexcept;
// → the byte behind it.
char* write_frame_head(char* out, const FrameHead& head) noexcept;

// How many datagrams a message takes, which may be more than a head can say.
constexpr std::size_t frames_of(std::size_t message_bytes) noexcept {
  return (message_bytes + kFrameBytes - 1) / kFrameBytes;
}

}  // namespace larder::wire::memcache

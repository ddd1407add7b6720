// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/frame.h"

#include "wire/memcache/big_endian.h"

namespace larder::wire::memcache {

std::optional<Frame> parse_frame(std::string_view datagram) noexcept {
  if (datagram.size() <= kFrameHeadBytes) return std::nullopt;
  const FrameHead head{.request_id = read_number<std::uint16_t>(datagram.data()),
                       .sequence = read_number<std::uint16_t>(datagram.data() + 2),
                       .total = read_number<std::uint16_t>(datagram.data() + 4)};
  return Frame{head, datagram.substr(kFrameHeadBytes)};
}

char* write_frame_head(char* out, const FrameHead& head) noexcept {
  constexpr std::uint16_t kReserved = 0;
  for (const std::uint16_t number : {head.request_id, head.sequence, head.total, kReserved}) {
    out = put_number(out, number);
  }
  return out;
}

}  // namespace larder::wire::memcache

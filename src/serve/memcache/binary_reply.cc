// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/binary_reply.h"

namespace larder::serve::memcache {

namespace binary = ::larder::wire::memcache::binary;

void append_reply(io::Outbox& outbox, const binary::Request& request, binary::Status status,
                  const BinaryBody& body) {
  char* const out = outbox.room(binary::kHeadBytes);
  binary::write_head(out, {.opcode = request.opcode,
                           .status = status,
                           .opaque = request.opaque,
                           .cas = body.cas,
                           .extras_bytes = static_cast<std::uint8_t>(body.extras.size()),
                           .key_bytes = static_cast<std::uint16_t>(body.key.size()),
                           .value_bytes = static_cast<std::uint32_t>(body.value.size())});
  outbox.appended(binary::kHeadBytes);
  for (const std::string_view part : {body.extras, body.key, body.value}) {
    if (!part.empty()) outbox.append(part);
  }
}

}  // namespace larder::serve::memcache

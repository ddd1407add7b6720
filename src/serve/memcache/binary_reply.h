// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "io/outbox.h"
#include "wire/memcache/binary.h"

namespace larder::serve::memcache {

// What a binary reply tells beside its status.
struct BinaryBody {
  std::uint64_t cas = 0;
  std::string_view extras = {};
  std::string_view key = {};
  std::string_view value = {};
};

// Copies the reply to `request` into the outbox.
void append_reply(io::Outbox& outbox, const wire::memcache::binary::Request& request,
                  wire::memcache::binary::Status status, const BinaryBody& body);

}  // namespace larder::serve::memcache

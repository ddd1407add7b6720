// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cache/cache.h"
#include "io/socket.h"

namespace larder::serve::memcache {

enum class Next : std::uint8_t;

// An answer of more than fits into an outbox or a turn. The session keeps it, and its request,
// until all is said, and asks for more as others have run and the client has taken some.
class LongAnswer {
 public:
  virtual ~LongAnswer() = default;
  // Appends some. kGoOn: that was the rest. kDrain, kYield, kWait: there is more.
  virtual Next go_on(io::Socket& socket) = 0;
  // After kWait: tells `waiter` once, on any thread, when it may go on.
  virtual void wait(cache::Waiter& waiter) { waiter.ready(); }
};

}  // namespace larder::serve::memcache

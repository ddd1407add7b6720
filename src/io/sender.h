// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "io/faults.h"
#include "io/splice.h"

namespace larder::io {

class Socket;

// Sends by calls that return at once: what lies in frozen memory by reference, all else by a copy.
// One thread.
class Sender {
 public:
  enum class Outcome : std::uint8_t {
    kNothingLeft,
    kNotNow,  // the kernel has no room, or others want to be served: when there is room
    kFailed,
  };

  explicit Sender(Faults* faults) : faults_(faults) {}

  // What the socket's outbox holds; Socket::sent as it goes, which may bring more.
  Outcome send(Socket& socket);

 private:
  // → bytes, or -1 and errno.
  ssize_t send_some(Socket& socket);
  bool splices(Socket& socket) const;
  static ssize_t copy(int fd, std::span<iovec> pieces, bool more_follows);

  Faults* faults_;
  Splice splice_;
  bool can_splice_ = true;
};

}  // namespace larder::io

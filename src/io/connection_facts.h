// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "io/address.h"

namespace larder::io {

// A connection, or a listener, as its loop sees it.
struct ConnectionFacts {
  enum class Doing : std::uint8_t {
    kListening,
    kReading,    // waits for a request
    kReceiving,  // takes a value in
    kAnswering,
    kSending,
    kClosing,
  };
  int fd = -1;
  Doing doing = Doing::kListening;
  Address peer = {};           // of a listener: its own
  Address local = {};          // where it came in
  std::int64_t silent_ms = 0;  // since something came
};

}  // namespace larder::io

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace larder::cli::replay {

enum class Operation : std::uint8_t { kGet, kSet, kDelete };

// One request of a trace. An object's size in a trace is that of its key and its value together.
struct Request {
  Operation operation = Operation::kGet;
  std::int64_t time_ms = 0;       // only differences mean anything
  std::string_view key;           // fit for memcached; until the next request is asked for
  std::uint32_t value_bytes = 0;  // what is left of the object's size, or 0
  std::uint32_t ttl_s = 0;        // 0: the trace gives none
};

// Requests in their order: a file of them, or a generator.
class Trace {
 public:
  virtual ~Trace() = default;
  // False: there are no more. A failure: what is in the file is no trace of its kind.
  virtual base::Result<bool> next(Request& request) = 0;
  // Of all requests, how many have been read, 0 to 1; of an endless trace 0.
  virtual double share() const = 0;
};

}  // namespace larder::cli::replay

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/replay/trace.h"

namespace larder::cli::replay {

// A request of a trace that outlives the trace's next step; for tests.
struct Row {
  Operation operation;
  std::int64_t time_ms;
  std::string key;
  std::uint32_t value_bytes;
  std::uint32_t ttl_s;
  friend bool operator==(const Row&, const Row&) = default;
};

}  // namespace larder::cli::replay

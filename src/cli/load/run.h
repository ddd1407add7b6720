// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/load/histogram.h"
#include "cli/load/options.h"
#include "cli/load/tally.h"

namespace larder::cli::load {

// What a run measured, between two instants at which time, replies and processor time were read
// together.
struct Outcome {
  std::string server;  // its address
  double seconds = 0;
  Totals totals;
  Histogram latencies;              // ns
  std::uint64_t server_cpu_ns = 0;  // 0 unless its pid was given
  std::uint64_t client_cpu_ns = 0;
  std::uint64_t behind = 0;      // open loop: due, and not sent when the run ended
  std::uint64_t all_errors = 0;  // of filling and warm-up too
  std::string first_error;
};

// Connects, fills, warms up, measures. `options` have been checked.
base::Result<Outcome> run(const Options& options);

}  // namespace larder::cli::load

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "cli/load/options.h"
#include "cli/load/tally.h"
#include "io/address.h"

namespace larder::cli::load {

// What became of a pass over all keys.
struct Sweep {
  Totals totals;
  double seconds = 0;
  std::string first_error;
};

enum class Order : std::uint8_t { kAscending, kRandom };

// Sets every key once. The options' connections and threads share the keys, so that an ascending
// order is one of each thread's part. `seed` draws values and a random order.
base::Result<Sweep> set_keys(const Options& options, const Shape& shape, const io::Address& address,
                             Order order, std::uint64_t seed);

// Asks for every key once, without its value: the hits are what the server holds.
base::Result<Sweep> count_keys(const Options& options, Shape shape, const io::Address& address);

}  // namespace larder::cli::load

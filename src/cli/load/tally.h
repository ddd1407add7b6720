// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace larder::cli::load {

// Written by one thread, read by any: an addition that needs no lock on the bus.
class Counter {
 public:
  void add(std::uint64_t more) {
    count_.store(count_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
  std::uint64_t get() const { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_ = 0;
};

// Replies of one thread, by what they said.
struct Tally {
  Counter requests;  // answered, however
  Counter hits;      // keys
  Counter misses;    // keys
  Counter stored;
  Counter errors;  // requests that the server answered with an error
};

// The same at an instant, of any number of threads.
struct Totals {
  std::uint64_t requests = 0;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t stored = 0;
  std::uint64_t errors = 0;

  void add(const Tally& tally) {
    requests += tally.requests.get();
    hits += tally.hits.get();
    misses += tally.misses.get();
    stored += tally.stored.get();
    errors += tally.errors.get();
  }
  Totals since(const Totals& earlier) const {
    return {requests - earlier.requests, hits - earlier.hits, misses - earlier.misses,
            stored - earlier.stored, errors - earlier.errors};
  }
};

}  // namespace larder::cli::load

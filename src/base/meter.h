// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace larder::base {

// Counts what one thread does, for any other to read. It costs that thread what a plain number
// would, which a number that several write does not.
class Meter {
 public:
  void add(std::uint64_t by = 1) noexcept {
    count_.store(count_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  std::uint64_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_ = 0;
};

}  // namespace larder::base

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace larder::cli::load {

// When an open loop's requests are to be sent: at a constant rate, whatever the server does.
//
//   begin          + 1/rate       + 2/rate    …        intended(i) needs no memory, so what could
//     │ request 0    │ request 1    │ request 2        not be sent in time is only a number
class Schedule {
 public:
  Schedule(std::int64_t begin_ns, double per_second)
      : begin_ns_(begin_ns), interval_ns_(1e9 / per_second) {}

  std::int64_t intended_ns(std::uint64_t request) const {
    return begin_ns_ + static_cast<std::int64_t>(static_cast<double>(request) * interval_ns_);
  }
  // Of the request that is to be sent next.
  std::int64_t next_ns() const { return intended_ns(taken_); }
  bool is_due(std::int64_t now_ns) const { return next_ns() <= now_ns; }
  // Takes that request: its intended time.
  std::int64_t take() { return intended_ns(taken_++); }
  // Requests that were to be sent by now and were not taken.
  std::uint64_t behind(std::int64_t now_ns) const {
    if (!is_due(now_ns)) return 0;
    const double due = std::floor(static_cast<double>(now_ns - begin_ns_) / interval_ns_) + 1;
    return static_cast<std::uint64_t>(due) - taken_;
  }

 private:
  std::int64_t begin_ns_;
  double interval_ns_;
  std::uint64_t taken_ = 0;
};

}  // namespace larder::cli::load

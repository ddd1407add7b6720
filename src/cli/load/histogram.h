// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace larder::cli::load {

// How often each latency was seen: buckets that double in width whenever the value doubles.
//
//   value     0 … 511    512 … 1023    1024 … 2047    …    up to 2^40 ns (18 minutes)
//   width     1 (exact)  2             4                   each row of 256 buckets
//
// So a bucket is never wider than 1/256 of what is in it. Recording is one addition.
class Histogram {
 public:
  struct Bucket {
    std::uint64_t highest;  // value that is counted here
    std::uint64_t count;
  };

  void record(std::uint64_t value, std::uint64_t times = 1) {
    counts_[index(value)] += times;
    count_ += times;
    sum_ += value * times;
    if (value > max_) max_ = value;
  }
  void add(const Histogram& other);

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }  // exact
  double mean() const;
  // The smallest value that at least `share` (0 to 1) of all are not above, rounded up to its
  // bucket's highest.
  std::uint64_t percentile(double share) const;
  // Calls `visit(Bucket)` for each bucket that is not empty, lowest first.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] != 0) visit(Bucket{highest_in(i), counts_[i]});
    }
  }

 private:
  static constexpr unsigned kExactBits = 9;
  static constexpr unsigned kValueBits = 40;
  static constexpr std::size_t kRow = std::size_t{1} << (kExactBits - 1);
  static constexpr std::uint64_t kMaxValue = (std::uint64_t{1} << kValueBits) - 1;

  static std::size_t index(std::uint64_t value) {
    if (value > kMaxValue) value = kMaxValue;
    const auto bits = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = bits > kExactBits ? bits - kExactBits : 0;
    return shift * kRow + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t highest_in(std::size_t index);

  std::array<std::uint64_t, (kValueBits - kExactBits + 2) * kRow> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace larder::cli::load

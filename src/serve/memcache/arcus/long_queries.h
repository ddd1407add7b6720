// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "serve/memcache/arcus/operation.h"

namespace larder::serve::memcache::arcus {

// `lqdetect`: commands that touch many elements, which others have to wait for.
//
//   session: is_long(operation's elements)? ── no: done, after one relaxed load
//                │ yes
//                ▼
//   add ─► counted; the first kLongQuerySamples different ones of its operation are kept:
//
//          09:41:08.000123 127.0.0.1 <4000> lop get user:17 0..-1
//
// As in the original two queries are the same that have the same arguments, whatever their keys;
// those of all elements of a set or a map, that have the same key.
// Any thread.
class LongQueries {
 public:
  struct Query {
    Operation operation;
    std::uint64_t elements;
    std::string_view key;
    std::string_view arguments;  // behind the key
  };

  static constexpr std::uint32_t kThreshold = 4000;

  // As long as it is off, none is.
  bool is_long(std::uint64_t elements) const {
    return elements >= threshold_.load(std::memory_order_relaxed);
  }
  void add(std::string_view client, const Query& query);

  bool start(std::uint32_t threshold);  // false: it was on
  bool stop();                          // false: it was off
  // Lines, a tab before each: what has come, and the samples.
  std::string report() const;
  std::string samples() const;

 private:
  static constexpr std::uint64_t kOff = std::numeric_limits<std::uint64_t>::max();

  struct Sample {
    std::string key;  // as it is shown
    std::string arguments;
    std::string line;

    bool is_same(const Query& query) const;
  };
  struct Seen {
    std::uint64_t count = 0;
    std::vector<Sample> samples = {};
  };

  std::atomic<std::uint64_t> threshold_ = kOff;
  mutable std::mutex mutex_;
  std::array<Seen, kOperations> seen_;
  std::uint32_t last_threshold_ = 0;  // 0: never
  std::string begin_;
  std::string end_;  // empty: it is on
};

}  // namespace larder::serve::memcache::arcus

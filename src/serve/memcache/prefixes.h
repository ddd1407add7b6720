// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace larder::serve::memcache {

// What was asked for keys by their prefixes, while somebody wants to know: `stats detail`.
//
//   user:17  ─►  user: got, hit, set, deleted          no delimiter: not counted
//
// At most kMaxPrefixes: keys of others are not counted then. Any thread; one lock for all, which is
// what `stats detail on` costs.
class Prefixes {
 public:
  explicit Prefixes(char delimiter) : delimiter_(delimiter) {}

  bool is_on() const { return on_.load(std::memory_order_relaxed); }
  void turn(bool on) { on_.store(on, std::memory_order_relaxed); }

  void got(std::string_view key, bool hit);
  void set(std::string_view key);
  void deleted(std::string_view key);

  // `PREFIX user get 2 hit 1 set 2 del 1`, a line for each.
  std::string text() const;
  void clear();

 private:
  struct Counts {
    std::uint64_t got = 0;
    std::uint64_t hit = 0;
    std::uint64_t set = 0;
    std::uint64_t deleted = 0;
  };
  void count(std::string_view key, const std::function<void(Counts&)>& add);

  char delimiter_;
  std::atomic<bool> on_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, Counts, std::less<>> counts_;
};

}  // namespace larder::serve::memcache

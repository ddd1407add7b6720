// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "serve/memcache/arcus/operation.h"
#include "serve/memcache/dialect.h"

namespace larder::serve::memcache {

// What was asked for keys by their prefixes, while somebody wants to know: `stats detail`.
//
//   key       memcached                     Arcus
//   user:17   user: got, hit, set, deleted  the same, counted up and down, and its operations
//   17        not counted                   the null prefix, with an empty name
//   arcus:17  arcus                         not counted, as what has an invalid or a long prefix
//
// At most kMaxPrefixes: keys of others are not counted then. Any thread; one lock for all, which is
// what `stats detail on` costs.
class Prefixes {
 public:
  struct Counts {
    std::uint64_t got = 0;
    std::uint64_t hit = 0;
    std::uint64_t set = 0;
    std::uint64_t deleted = 0;
    // Of Arcus' dialect.
    std::uint64_t counted_up = 0;
    std::uint64_t counted_down = 0;
    std::unique_ptr<arcus::OperationCounts> operated = {};  // null: nothing
  };

  Prefixes(Dialect dialect, char delimiter) : dialect_(dialect), delimiter_(delimiter) {}

  bool is_on() const { return on_.load(std::memory_order_relaxed); }
  void turn(bool on) { on_.store(on, std::memory_order_relaxed); }

  void got(std::string_view key, bool hit);
  void set(std::string_view key);
  void deleted(std::string_view key);
  void counted(std::string_view key, bool down);
  void operated(std::string_view key, arcus::Operation operation, arcus::Outcome outcome);

  // `PREFIX user get 2 hit 1 set 2 del 1`, a line for each.
  std::string text() const;
  // `show` must not call anything of this. False: there is none.
  using Show = std::function<void(std::string_view prefix, const Counts& counts)>;
  bool show(std::string_view prefix, const Show& show) const;
  // The one behind `after`, which becomes its name; nothing: the first. By their names.
  bool show_next(std::optional<std::string>& after, const Show& show) const;
  std::size_t size() const;
  void clear();
  void forget(std::string_view prefix);

 private:
  std::optional<std::string_view> prefix_of(std::string_view key) const;
  void count(std::string_view key, const std::function<void(Counts&)>& add);

  Dialect dialect_;
  char delimiter_;
  std::atomic<bool> on_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, Counts, std::less<>> counts_;
};

}  // namespace larder::serve::memcache

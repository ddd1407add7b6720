// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "base/mutex.h"

namespace larder::serve::edge {

// How often and how many at a time, for each key of a rate limit: clients, mostly.
//
//   key ─hash─► shard: a mutex ─► set ─► one of kRateWays places
//
// A new key takes the place that was used longest ago, of those without a request in progress if
// there are any.
// Of bounded memory, whatever there are of keys: a shard's is taken with its first one. A key that
// lost its place begins anew. Any thread.
class RateTable {
 public:
  RateTable();
  RateTable(const RateTable&) = delete;
  RateTable& operator=(const RateTable&) = delete;

  // One more request. `excess` is what came faster than the rate and has not drained since:
  //
  //   excess ▲       ╱│ + 1 with each request
  //    burst ┼ ─ ─ ─╱─│╲─ ─ ─ above: refused, and not counted
  //          │    ╱│╱   ╲  - per_second with each second
  //          └──────────────► time
  struct Taken {
    bool allowed = false;
    std::int64_t wait_ms = 0;  // until it has drained
  };
  Taken take(std::string_view key, double per_second, std::uint32_t burst, base::SteadyMs now);

  // One of the requests in progress that `most` limits, until it is destroyed.
  class Slot {
   public:
    Slot(Slot&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)),
          hash_(other.hash_),
          generation_(other.generation_) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(table_, other.table_);
      std::swap(hash_, other.hash_);
      std::swap(generation_, other.generation_);
      return *this;
    }
    ~Slot();

   private:
    friend class RateTable;
    Slot(RateTable* table, std::array<std::uint64_t, 2> hash, std::uint32_t generation)
        : table_(table), hash_(hash), generation_(generation) {}
    RateTable* table_;
    std::array<std::uint64_t, 2> hash_;
    std::uint32_t generation_;
  };
  // Nothing: there are so many.
  std::optional<Slot> enter(std::string_view key, std::uint32_t most, base::SteadyMs now);

 private:
  using Hash = std::array<std::uint64_t, 2>;
  struct Entry {
    Hash hash{};  // zeros: none
    base::SteadyMs used = 0;
    double excess = 0;
    std::uint32_t in_progress = 0;
    std::uint32_t generation = 0;  // another one with each key that has the place
  };
  using Set = std::array<Entry, limits::kRateWays>;
  static constexpr std::size_t kSets = limits::kRateKeys / limits::kRateShards / limits::kRateWays;
  using Sets = std::array<Set, kSets>;
  struct Shard {
    base::Mutex mutex;
    std::unique_ptr<Sets> sets;
  };

  Hash hash_of(std::string_view key) const;
  Shard& shard_of(const Hash& hash) { return shards_[hash[0] % shards_.size()]; }
  // Under the shard's lock.
  static Set& set_of(Shard& shard, const Hash& hash);
  static Entry* find(Set& set, const Hash& hash);
  static Entry& get(Shard& shard, const Hash& hash, base::SteadyMs now);
  void leave(const Hash& hash, std::uint32_t generation);

  std::uint64_t seed_;
  std::array<Shard, limits::kRateShards> shards_;
};

}  // namespace larder::serve::edge

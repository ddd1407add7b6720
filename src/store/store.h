// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/hash.h"
#include "store/ledger.h"
#include "store/operation.h"
#include "store/reservation.h"

namespace larder::store {

class Shard;
class ItemRef;

// The RAM engine.
//
//   Key ── hash ──► Shard (lock, index, age order) ──► Item (header, key, value)
//                                                        ▲
//                     Value, Reservation ── Pin ─────────┘   outlive the lock, never the item
//
// Any thread may call anything; an operation locks the one shard of its key, and never two. Bytes
// under a pin never change: a writer makes a new item. `now` must not be far from the wall clock,
// may go back, and is the only time that the engine knows.
class Store {
 public:
  // `seed` keys the hash; a test may fix it.
  explicit Store(const Limits& limits, std::uint32_t node = 0,
                 std::uint64_t seed = base::random_seed());
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Key key(std::string_view bytes) const noexcept { return {bytes, base::keyed_hash(bytes, seed_)}; }
  // Ask for the cache lines that an operation on `key` will touch, without a lock: the first for
  // all keys of a batch, then the second for all of them, then operate.
  void prefetch_line(const Key& key) const noexcept;
  void prefetch_item(const Key& key) const noexcept;

  Found find(const Key& key, const Lookup& how, UnixMs now);

  // Room for a value of `size` bytes; it becomes an item by commit, or nothing when dropped.
  // answer(): kOk, kTooLarge, kNoMemory.
  Reservation reserve(const Key& key, std::size_t size, std::uint32_t flags, UnixMs now);
  Stored commit(Reservation& reservation, const Key& key, const Put& how, UnixMs now);
  // `reservation` must be full; it is used up, whatever the answer (but kPending, from the cache).
  // reserve, fill and commit of a value that is at hand whole.
  Stored put(const Key& key, std::string_view value, const Put& how, UnixMs now);

  Answer remove(const Key& key, const Remove& how, UnixMs now);
  Counted count(const Key& key, const Count& how, UnixMs now);

  // Everything stored before `at` is gone when `at` has come; what is stored behind this call
  // (or, with a later `at`, from then on) stays. A later call replaces one that has not come yet.
  void flush(UnixMs at, UnixMs now);

  // Evicts down to it before it returns, when it is lower than what is in use.
  void set_memory_limit(std::size_t bytes, UnixMs now);
  std::size_t memory_limit() const noexcept;

  Usage usage() const;

 private:
  friend class Reservation;
  friend class StoreAudit;  // tests
  struct Shards;

  Shard& shard_at(std::size_t number) const noexcept;
  Shard& shard(const Key& key) const noexcept;
  bool fits(const Key& key, std::size_t size, std::uint32_t flags) const noexcept;
  Stored commit_item(ItemRef fresh, const Key& key, const Put& how, UnixMs now);

  // Evicts until the total is within the limit. No lock may be held.
  bool make_room(UnixMs now) noexcept;
  // Where nothing may be evicted: frees dead items for `bytes` more. True: ask again for the memory
  // that was refused.
  bool reclaim_for(std::size_t bytes, UnixMs now) noexcept;
  Shard& next_victim(bool by_turns) noexcept;
  // Frees until `bytes` more would fit. False: `patience` shards in a row had nothing to give.
  bool free_for(std::size_t bytes, std::size_t patience, UnixMs now) noexcept;
  // What is over the limit after an operation goes now.
  void settle(UnixMs now) noexcept {
    if (ledger_.is_over()) make_room(now);
  }

  std::uint64_t seed_;
  std::size_t item_limit_;
  Ledger ledger_;
  std::unique_ptr<Shards> shards_;
  std::atomic<std::size_t> next_victim_{0};  // the shard that gives room next
};

}  // namespace larder::store

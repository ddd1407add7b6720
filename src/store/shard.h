// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string_view>

#include "store/age_order.h"
#include "store/index.h"
#include "store/item.h"
#include "store/ledger.h"
#include "store/operation.h"
#include "store/stamp.h"

namespace larder::store {

// What an attempt to make room came to.
enum class Eviction : std::uint8_t {
  kFreed,    // something is gone
  kLater,    // every item looked at was in use, alive or had another chance; ask again
  kNothing,  // no item here can go
};

// A part of the keys with everything that belongs to them, behind one lock.
//
//   flush(at)     at has come: watermark_ = last stamp      not yet: flush_at_ = at, applied by the
//                                                           first operation that sees it has come
//   an item is dead when it expired, or when its stamp <= watermark_; whoever meets it reclaims it
//
// Every public function takes the lock once, and frees memory only after it let go.
class alignas(64) Shard {
 public:
  Shard(Ledger& ledger, std::uint32_t node) : index_(ledger), ledger_(ledger), clock_(node) {}
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  Found find(const Key& key, const Lookup& how, UnixMs now);
  // `fresh` has the value (for append and prepend: the part to be joined) and is on the account.
  // Where `how` brings a cas of its own, it has the slot for it. `item_limit`: of the joined.
  Stored commit(ItemRef fresh, const Key& key, const Put& how, std::size_t item_limit, UnixMs now);
  Answer remove(const Key& key, const Remove& how, UnixMs now);
  Counted count(const Key& key, const Count& how, UnixMs now);

  void flush(UnixMs at, UnixMs now);
  // Only what is dead, where nothing may be evicted.
  Eviction evict(UnixMs now);
  std::size_t count() const noexcept { return index_.count(); }  // of items; without the lock
  void add_to(Usage& usage);
  void prefetch_line(std::uint64_t hash) const noexcept { index_.prefetch_line(hash); }
  void prefetch_item(std::uint64_t hash) const noexcept { index_.prefetch_item(hash); }

 private:
  friend class StoreAudit;  // tests
  using Lock = std::unique_lock<std::mutex>;
  static constexpr UnixMs kNoFlush = std::numeric_limits<UnixMs>::max();

  [[nodiscard]] Lock enter(UnixMs now);
  bool is_dead(const Item& item, UnixMs now) const {
    return item.is_expired(now) || item.stamp <= watermark_;
  }

  // Finds the item of `key`; a dead one is unlinked into `dead`.
  Index::Place live(const Key& key, UnixMs now, ItemRef& dead);
  void stamp(Item& item, const std::optional<Cas>& own, UnixMs now);

  // `fresh` becomes the youngest item. False: the index is full. What link takes and unlink and
  // replace give back is a reference; it is dropped when the lock is free.
  [[nodiscard]] bool link(ItemRef& fresh, const Key& key, UnixMs now);
  ItemRef unlink(const Index::Place& place);
  ItemRef replace(Index::Place& place, ItemRef fresh, const Key& key, UnixMs now);

  // Under the lock, of the public functions. `old` is what came out, to be dropped unlocked.
  Found create(const Key& key, const Lookup& how, UnixMs now);
  Stored store_new(ItemRef& fresh, const Key& key, const Put& how, UnixMs now);
  Stored store_over(Index::Place& place, ItemRef& fresh, const Key& key, const Put& how, UnixMs now,
                    ItemRef& old);
  Stored join(Index::Place& place, const Item& part, const Key& key, const Put& how,
              std::size_t item_limit, UnixMs now, ItemRef& old);
  [[nodiscard]] bool drop_value(Index::Place& place, const Key& key, const Remove& how, UnixMs now,
                                ItemRef& old);
  [[nodiscard]] bool reserve_cas_slot(Index::Place& place, const Key& key, UnixMs now,
                                      ItemRef& old);
  [[nodiscard]] bool write_number(Index::Place& place, std::uint64_t number, const Key& key,
                                  const Count& how, UnixMs now, ItemRef& old);
  Counted create_counter(const Key& key, const Count& how, UnixMs now);

  std::mutex mutex_;
  UnixMs flush_at_ = kNoFlush;
  Stamp watermark_ = 0;
  Index index_;
  AgeOrder age_;
  Ledger& ledger_;
  StampClock clock_;
  std::uint64_t evicted_ = 0;
  std::uint64_t expired_ = 0;
};

}  // namespace larder::store

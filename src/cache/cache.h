// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "store/operation.h"
#include "store/prefix.h"
#include "store/reservation.h"
#include "store/store.h"
#include "store/warm_file.h"

namespace larder::cache {

using base::UnixMs;
using store::Answer;
using store::Cas;
using store::Count;
using store::Counted;
using store::Cursor;
using store::EvictionObserver;
using store::Found;
using store::is_prefix_name;
using store::ItemType;
using store::kExpired;
using store::Key;
using store::kNeverExpires;
using store::kSticky;
using store::Limits;
using store::Lookup;
using store::prefix_of;
using store::PrefixUsage;
using store::Put;
using store::PutMode;
using store::Recovered;
using store::Remove;
using store::Reservation;
using store::Scrubbed;
using store::Show;
using store::Store;
using store::Stored;
using store::Usage;
using store::Value;
using store::WarmFile;

// Told once, on any thread, that a key which was kPending may be asked for again.
class Waiter {
 public:
  virtual void ready() noexcept = 0;

 protected:
  ~Waiter() = default;
};

// Says whether a key may be operated on here and now. Asked before every operation, without any
// lock held; false makes the answer kPending. `wait` must call waiter.ready() exactly once, also
// when it is ready already, and never touch the waiter after that.
class Gate {
 public:
  virtual bool admits(const Key& key) noexcept = 0;
  virtual void wait(const Key& key, Waiter& waiter) = 0;

 protected:
  ~Gate() = default;
};

// The one door to data. Every operation answers at once or says kPending; after kPending, call
// wait with the same key, and ask again when the waiter is told.
//
//   session ──► Cache ── gate: may I? ──► store
//                 └───── kPending ──► wait(key, waiter) ──► ready() ──► ask again
//
// The operations, their arguments and answers are those of store::Store.
class Cache {
 public:
  // `gate` may be null (every key is always admitted) and must outlive this. `seed` keys the hash;
  // two caches with one seed, asked the same at the same times, answer the same.
  explicit Cache(const Limits& limits, Gate* gate = nullptr,
                 std::uint64_t seed = base::random_seed())
      : wanted_limit_(limits.memory_bytes), gate_(gate), store_(limits, 0, seed) {}

  // In a file, whose limits are the cache's (store/warm_file.h).
  Cache(std::unique_ptr<WarmFile> file, bool evict, UnixMs now)
      : wanted_limit_(file->memory_bytes()), gate_(nullptr), store_(std::move(file), evict, now) {}

  Key key(std::string_view bytes) const noexcept { return store_.key(bytes); }
  // For a batch: the first for all of its keys, then the second for all, then the operations.
  void prefetch_line(const Key& key) const noexcept { store_.prefetch_line(key); }
  void prefetch_item(const Key& key) const noexcept { store_.prefetch_item(key); }

  Found find(const Key& key, const Lookup& how, UnixMs now) {
    return admitted(key) ? store_.find(key, how, now) : Found{.answer = Answer::kPending};
  }
  Reservation reserve(const Key& key, std::size_t size, std::uint32_t flags, UnixMs now);
  Stored commit(Reservation& reservation, const Key& key, const Put& how, UnixMs now);
  Stored put(const Key& key, std::string_view value, const Put& how, UnixMs now);
  Answer remove(const Key& key, const Remove& how, UnixMs now);
  Counted count(const Key& key, const Count& how, UnixMs now);

  // ---- collections: see also cache/collections.h
  Answer create_collection(const Key& key, const store::NewCollection& what, UnixMs now);
  store::CollectionUsed operate(const Key& key, store::collection::Type type,
                                const store::CollectionUse& how, const Store::Operate& operate,
                                UnixMs now);
  Found inspect(const Key& key, const Store::Look& look, UnixMs now);
  Store::Changed change(const Key& key, std::optional<UnixMs> expires, const Store::Check& check,
                        const Store::Change& change, UnixMs now);

  void wait(const Key& key, Waiter& waiter);

  void flush(UnixMs at, UnixMs now) { store_.flush(at, now); }
  Answer flush_prefix(std::string_view prefix, UnixMs at, UnixMs now) {
    return store_.flush_prefix(prefix, at, now);
  }
  // One step of a walk over all items (see store::Store::show). False: it was the last.
  bool show(Cursor& cursor, const Show& shown, UnixMs now,
            std::size_t lines = limits::kShownLines) {
    return store_.show(cursor, shown, now, lines);
  }
  bool has(const Cursor& cursor) const { return store_.has(cursor); }
  bool scrub(Cursor& cursor, Scrubbed& scrubbed, UnixMs now) {
    return store_.scrub(cursor, scrubbed, now);
  }
  void observe_evictions(EvictionObserver* observer) { store_.observe_evictions(observer); }
  // A lower limit is come to by and by, as the cache is tended: evicting takes time. False: the
  // file has no room for so much.
  [[nodiscard]] bool set_memory_limit(std::size_t bytes, UnixMs now);
  std::size_t memory_limit() const { return wanted_limit_; }
  // What is stored stays: of sticky items there may be more than that for a while.
  void set_sticky_limit(std::size_t bytes) { store_.set_sticky_limit(bytes); }
  std::size_t sticky_limit() const { return store_.sticky_limit(); }
  Usage usage() const { return store_.usage(); }
  std::vector<store::PrefixUsage> prefixes() const { return store_.prefixes(); }
  std::int64_t oldest_idle_s(UnixMs now) const { return store_.oldest_idle_s(now); }
  const Recovered& recovered() const { return store_.recovered(); }

  // One bounded piece of what nobody waits for (see store::Store::tend). True: there is more.
  bool tend(UnixMs now);

 private:
  bool admitted(const Key& key) const noexcept { return gate_ == nullptr || gate_->admits(key); }

  std::atomic<std::size_t> wanted_limit_;
  Gate* gate_;
  store::Store store_;
};

}  // namespace larder::cache

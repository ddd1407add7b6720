// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "store/ledger.h"
#include "store/operation.h"
#include "store/packed_stamp.h"
#include "store/reservation.h"

namespace larder::store {

class Arena;
class ExtentPool;
class Shard;
class WarmFile;
struct Content;
struct WarmPage;
namespace collection {
class BlockPool;
class Collection;
struct Held;
}  // namespace collection

// The RAM engine.
//
//   Key ── hash ──► Shard (lock, index, two queues) ──► Item ──┬── short value
//                                                              └─► Extents, the long ones
//                   Arena (equal pages, leased) ── pages ──► queues, ExtentPool
//
//   Value ── Pin ──► page or Extents: outlives the lock, never the bytes
//
// In a file (-e) all of it, but for what is on its way in, outlives the process.
//
// Any thread may call anything; an operation locks the one shard of its key, and never two. Bytes
// under a pin never change: a writer writes elsewhere. `now` must not be far from the wall clock,
// may go back, and is the only time that the engine knows.
class Store {
 public:
  // `seed` keys the hash; a test may fix it.
  explicit Store(const Limits& limits, std::uint32_t node = 0,
                 std::uint64_t seed = base::random_seed());
  // Begins with what the file holds; its limits are the store's. (-M: `evict` is false.)
  Store(std::unique_ptr<WarmFile> file, bool evict, UnixMs now);
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

  // ---- collections. Not of a store in a file.

  // An empty one. kOk, kExists (something of any type is there), kNoMemory, kBadPrefix.
  Answer create_collection(const Key& key, const NewCollection& what, UnixMs now);

  // Runs `operate` on the collection of that type, under its lock and under no other: so it may
  // take as long as it needs. It may run more than once: what it did before does not count then.
  // Verdict::kNoMemory makes room and runs it again, and is what it comes to when there is none.
  //
  // An element that somebody was told is there is not lost by a drop: who drops unlinks under the
  // lock, so that whoever comes behind finds it closed and begins anew. A new collection is nobody
  // else's while it is worked on: it is linked when that went well, or never. Who still works on
  // one that was removed, has expired or was flushed comes before that, as it began before.
  using Operate = std::function<collection::Verdict(collection::Collection&)>;
  CollectionUsed operate(const Key& key, collection::Type type, const CollectionUse& how,
                         const Operate& operate, UnixMs now);

  // Of an item of any type what find tells (without a value), and of a collection, at the same
  // instant, what `look` sees under its lock. `look` may run more than once. kOk, kMiss.
  using Look = std::function<void(const collection::Collection&)>;
  Found inspect(const Key& key, const Look& look, UnixMs now);

  // Another expiry and other attributes, all of them or none: `check` says whether `change` may
  // run (kDone), both under the collection's lock; of a value `check` alone is asked, with null.
  // kOk (the verdict says whether it is done), kMiss, kNoMemory, kBadExpiry.
  struct Changed {
    Answer answer = Answer::kMiss;
    collection::Verdict verdict = collection::Verdict::kDone;  // of `check`
  };
  using Check = std::function<collection::Verdict(const collection::Collection* or_value)>;
  using Change = std::function<void(collection::Collection&)>;
  Changed change(const Key& key, std::optional<UnixMs> expires, const Check& check,
                 const Change& change, UnixMs now);

  // Everything stored before `at` is gone when `at` has come; what is stored behind this call
  // (or, with a later `at`, from then on) stays. A later call replaces one that has not come yet.
  void flush(UnixMs at, UnixMs now);

  // The same for the keys that begin with `prefix` and a delimiter, in a time that does not depend
  // on how many there are. kNoMemory: too many prefixes at a time; some of its items may be gone.
  // With accounts_prefixes an empty one is the null prefix, and kMiss says that it has no items.
  Answer flush_prefix(std::string_view prefix, UnixMs at, UnixMs now);

  // Shows some of the items behind `cursor`, which moves on: one bounded step of a walk over all
  // of them. False: that was the last step. An item that is there from the first step to the last
  // is shown exactly once, whatever happens to others in between. A step is of so many lines of an
  // index, 12 items each.
  bool show(Cursor& cursor, const Show& shown, UnixMs now, std::size_t lines = limits::kShownLines);
  // False: no walk of this store has ever come there.
  bool has(const Cursor& cursor) const;
  // Reclaims what is dead of the items behind `cursor`: a step as that of show, which adds to
  // `scrubbed`.
  bool scrub(Cursor& cursor, Scrubbed& scrubbed, UnixMs now);

  // It must outlive this; null: nobody any more.
  void observe_evictions(EvictionObserver* observer) noexcept {
    observer_.store(observer, std::memory_order_release);
  }

  // Evicts down to it before it returns, when it is lower than what is in use.
  void set_memory_limit(std::size_t bytes, UnixMs now);
  std::size_t memory_limit() const noexcept;
  std::size_t most_memory() const noexcept;  // that the limit can be: a file has no room for more
  void set_sticky_limit(std::size_t bytes) noexcept { ledger_.set_sticky_limit(bytes); }
  std::size_t sticky_limit() const noexcept { return ledger_.sticky_limit(); }
  std::size_t memory_in_use() const noexcept { return ledger_.total(); }  // of that limit

  Usage usage() const;
  // With accounts_prefixes: all that have items, in no order. One that a flush_prefix has hidden
  // may count until it is reclaimed, if its prefix has got another one since.
  std::vector<PrefixUsage> prefixes() const;
  // Since somebody used the item that the shards would look at first to evict; of all, the longest.
  std::int64_t oldest_idle_s(UnixMs now) const;
  const Recovered& recovered() const noexcept { return recovered_; }  // of the file

  // A little of the work that nobody waits for: reclaims what expired or was flushed, fits indexes
  // to their items, returns idle pages to the system. True: there is more to do.
  bool tend(UnixMs now);

 private:
  friend class Reservation;
  friend class StoreAudit;  // tests
  class Shards;

  Store(const Limits& limits, const StampFrame& frame, std::uint64_t seed,
        std::unique_ptr<WarmFile>&& file);
  void recover(UnixMs now);
  std::vector<std::vector<WarmPage>> adopt_log();

  // To where a step has come in its shard. False: that was the last one.
  bool move_on(Cursor& cursor, std::uint64_t position) const;
  Shard& shard_of(std::uint64_t hash) const noexcept;
  void for_each_shard(const std::function<void(Shard&)>& visit) const;
  bool fits(const Key& key, std::size_t size, std::uint32_t flags) const noexcept;
  Stored put_long(const Key& key, std::string_view value, const Put& how, UnixMs now);
  Stored put_content(const Key& key, const Content& content, const Put& how, UnixMs now);

  // `attempt` until it is true, with room made in between, for so many bytes behind each other.
  // False: no more can be made. No lock may be held.
  using Attempt = std::function<bool()>;
  bool with_room(std::uint64_t hash, std::size_t bytes, UnixMs now, const Attempt& attempt);
  // What an operation may make sticky.
  struct Stickiness {
    UnixMs expires = kNeverExpires;  // of a new item
    std::size_t bytes = 0;           // that come
    bool keeps = true;               // a sticky item stays so, and is there twice for a moment
  };
  template <class Outcome, class Ask>
  Outcome ask_with_room(const Key& key, std::size_t bytes, const Stickiness& stickiness, UnixMs now,
                        Ask ask);
  // No eviction would help: there may not be so many sticky bytes more.
  bool is_sticky_full(const Key& key, const Stickiness& stickiness, UnixMs now) const;
  bool reclaim_blocks() noexcept;
  // Nothing: it was found closed.
  std::optional<CollectionUsed> operate_held(const Key& key, const collection::Held& held,
                                             const CollectionUse& how, const Operate& operate,
                                             UnixMs now);
  // kWrongType: it is a collection now.
  Changed change_value(const Key& key, std::optional<UnixMs> expires, const Check& check,
                       UnixMs now);
  // kExists: somebody was quicker.
  CollectionUsed operate_new(const Key& key, const NewCollection& what, const Operate& operate,
                             UnixMs now);
  std::size_t next_victim(std::size_t own, bool by_turns) noexcept;
  // What is over the limit after an operation goes now.
  void settle(UnixMs now) {
    if (ledger_.is_over()) evict_to_limit(now);
  }
  void evict_to_limit(UnixMs now);

  std::uint64_t seed_;
  std::size_t item_limit_;
  bool accounts_prefixes_;
  std::atomic<EvictionObserver*> observer_{nullptr};
  Ledger ledger_;
  std::unique_ptr<WarmFile> file_;  // null: all of it is the process' own
  std::unique_ptr<Arena> arena_;
  std::unique_ptr<ExtentPool> extents_;
  std::unique_ptr<collection::BlockPool> blocks_;
  std::unique_ptr<Shards> shards_;
  Recovered recovered_;
  std::atomic<std::size_t> turn_{0};  // whose shard gives room next
  std::atomic<std::size_t> tended_{0};
};

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "store/arena.h"
#include "store/collection/collection.h"
#include "store/content.h"
#include "store/extents.h"
#include "store/ghost.h"
#include "store/index.h"
#include "store/item.h"
#include "store/ledger.h"
#include "store/operation.h"
#include "store/page_queue.h"
#include "store/prefix_account.h"
#include "store/prefix_flushes.h"
#include "store/slots.h"
#include "store/stamp.h"
#include "store/warm_file.h"

namespace larder::store {

// What an attempt to make room came to.
enum class Eviction : std::uint8_t {
  kFreed,    // something is gone, or lies closer together
  kPartly,   // the same, and the rest of that page is next
  kLater,    // every item looked at was in use or had another chance; ask again
  kNothing,  // there is nothing here that can go
};

// How much room is wanted, and how badly.
struct Need {
  std::size_t bytes = 0;  // behind each other
  bool urgent = false;    // also what was used may go
  bool goes_on = false;   // with the page of which a part went
};

// What all shards of a store use and share.
struct Common {
  Arena& arena;
  ExtentPool& extents;
  collection::BlockPool& blocks;
  Ledger& ledger;
  std::uint64_t seed;  // of the keys' hash
  StampFrame frame;
  std::size_t ghost_bytes;                         // of each shard, at most
  const std::atomic<EvictionObserver*>& observer;  // null: nobody
  std::size_t item_limit;
  char delimiter;
  bool accounts_prefixes;
  WarmFile* warm = nullptr;  // the file that the pages lie in; null: they are the process' own
};

// A page of the log that the process before has left.
struct WarmPage {
  std::size_t number = 0;
  WarmPageRecord::Place place;
};

// A part of the keys with everything that belongs to them, behind one lock.
//
//   key ─ hash ─► Index ─ handle ─► Slots ─► page, in one of two queues (S3-FIFO), or, of sticky
//                                            items, in a third one from which nothing is evicted
//
//   put ──► small ──── read again? ──► main ◄─┐ read since?
//    │        └─ no: gone, into the ghost └───┴─ no: gone
//    └──► main, when the ghost knows the key; over an item: behind it in its queue, or in place
//
//   flush(at)     at has come: watermark_ = last stamp      not yet: flush_at_ = at, applied by the
//                                                           first operation that sees it has come
//   flush_prefix  the same in a row of PrefixFlushes, for one prefix
//
//   an item is dead when it expired, when its stamp <= watermark_, or when a row hides it; whoever
//   meets it reclaims it, and pages that have many are walked for it. While there are rows all
//   pages are, one by one: nothing dead is ever moved, so that what a row hides stays where it is.
//
// In a file (-e) what the next process finds is whole after each store to it: an item is written
// behind what its page's record counts, then counted, then the one before it is buried; nothing
// that is counted changes in place but by a single store.
//
// Every public function takes the lock once. kNoMemory means: nothing has changed, make room (here
// or elsewhere) and ask again.
class alignas(64) Shard {
 public:
  Shard(const Common& common, std::size_t number);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  Found find(const Key& key, const Lookup& how, UnixMs now);
  Stored put(const Key& key, const Content& content, const Put& how, UnixMs now);
  // A dropped value may need a page for what stays of the item.
  Answer remove(const Key& key, const Remove& how, UnixMs now,
                Arena::Lease lease = Arena::Lease::kWithinLimit);
  Counted count(const Key& key, const Count& how, UnixMs now);

  void flush(UnixMs at, UnixMs now);
  // False: too many prefixes are flushed already.
  bool flush_prefix(std::string_view prefix, UnixMs at, UnixMs now);
  bool knows_prefix(std::string_view prefix, UnixMs now);  // where they are accounted
  void add_prefixes_to(const PrefixAccounts::Add& add);

  // ---- collections
  collection::Room& room() { return room_; }
  // kOk, kMiss, kWrongType (a value).
  collection::Held hold(const Key& key, UnixMs now);
  // kOk: it is an item's now; kExists, kBadPrefix, kNoMemory.
  Answer link(const Key& key, collection::Collection& made, const NewCollection& how, UnixMs now);
  // Another expiry for its item. kOk, kMiss (it has none any more), kNoMemory, kBadExpiry.
  Answer touch(const Key& key, const collection::Collection& held, UnixMs expires, UnixMs now);
  // Its item goes, if it has one still. By who holds it.
  void unlink(const Key& key, const collection::Collection& held, UnixMs now);

  // Shows what lives from a position of the index on, some lines' worth; → where to go on.
  std::uint64_t show(std::uint64_t from, std::size_t lines, const Show& shown, UnixMs now);
  // Reclaims what is dead there; → where to go on.
  std::uint64_t scrub(std::uint64_t from, Scrubbed& scrubbed, UnixMs now);
  // Begins with what these pages, oldest first, hold; of an empty shard, and before anything else.
  Recovered recover(const std::vector<WarmPage>& pages, UnixMs now);

  // Whether a new item of that size would find room now.
  bool has_room(std::size_t bytes);
  // One bounded piece of work: walks a page that has many dead, moves together what lies sparsely,
  // or evicts some items of one page (fewer, when that frees enough).
  Eviction make_room(const Need& need, UnixMs now);
  // The same without need, of what costs no living item. False: there was nothing to do.
  bool tend(UnixMs now);

  // Without the lock.
  std::size_t bytes() const noexcept {  // of live items that may be evicted
    return small_.bytes() + main_.bytes() + room_.bytes.load(std::memory_order_relaxed);
  }
  void prefetch_line(std::uint64_t hash) const noexcept { index_.prefetch_line(hash); }
  void prefetch_item(std::uint64_t hash) const noexcept { index_.prefetch_item(hash); }

  void add_to(Usage& usage);
  // Since somebody used the item that is next to be looked at for eviction.
  std::int64_t oldest_idle_s(UnixMs now);

 private:
  friend class StoreAudit;  // tests
  // The lock, for the length of one operation. What was attached to items that went in it is freed
  // behind it: a gigabyte is returned page by page.
  class Lock {
   public:
    Lock(Shard& shard, UnixMs now) : shard_(shard) {
      shard_.mutex_.lock();
      if (now >= shard_.due_at_) shard_.apply_due(now);
    }
    ~Lock() {
      Attachment* const gone = std::exchange(shard_.gone_, nullptr);
      shard_.mutex_.unlock();
      if (gone != nullptr) Attachment::drop_all(gone);
    }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    Shard& shard_;
  };
  void apply_due(UnixMs now);
  void apply_flush();
  void sum_up_flushes();
  Stamp last_stamp() const { return std::max<Stamp>(clock_.last(), 1); }
  bool outlives_process() const { return warm_ != nullptr; }
  // The same for all that the next process must know; nothing without a file.
  void note_state();
  void note_filled(const Page& page);
  void note_leased(const PageQueue& queue, const Page& page, const Page* beside);
  void note_released(const Page& page);
  std::optional<WarmPageRecord::Place> place_of(const Page& page) const;  // in the file
  // Of a new version. The file knows a bound of it before anybody knows the number.
  Stamp next_stamp(UnixMs now) {
    const Stamp stamp = clock_.next(now);
    if (stamp > noted_stamp_) [[unlikely]]
      note_stamps_until(stamp);
    return stamp;
  }
  void note_stamps_until(Stamp stamp);

  // ---- of recover

  struct Recovery {
    Recovered tally;
    std::vector<Item> long_ones;
  };
  std::size_t take_over(const WarmPage& found, Recovery& recovery);
  std::size_t count_items(Page& page, Recovery& recovery);
  void admit(Item item, UnixMs now, Recovery& recovery);
  void admit_long(Item item, UnixMs now, Recovery& recovery);
  void leave_out(Item item);

  bool is_dead(Item item, UnixMs now) const {
    return item.is_expired(now, frame_) || (flushed_until_ != 0 && is_flushed(item));
  }
  bool is_flushed(Item item) const {
    const Stamp stamp = item.stamp(frame_);
    return stamp <= flushed_until_ && (stamp <= watermark_ || prefixes_.hide(item.key(), stamp));
  }
  Page& page_of(Item item) const { return arena_.page_at(item.at()); }
  PageQueue& queue_of(const Page& page) {
    if (page.use == Page::Use::kStickyItems) [[unlikely]]
      return sticky_;
    return page.use == Page::Use::kMain ? main_ : small_;
  }
  Handle handle_of(Item item) const { return slots_.handle_of(page_of(item), item.at()); }
  static bool is_value(Item item) {
    return !item.is_attached() || item.attachment()->type() == ItemType::kValue;
  }
  static Content content_of(Item item) {
    if (item.is_attached()) return {.attachment = item.attachment()};
    return {.bytes = item.short_value()};
  }
  static ItemType type_of(Item item) {
    return item.is_attached() ? item.attachment()->type() : ItemType::kValue;
  }
  // What it weighs in its queue. Collections grow without the lock, so that all those of the shard
  // are counted beside the queues.
  static std::size_t weight_of(Item item) {
    if (!item.is_attached()) return item.bytes();
    return item.bytes() + (is_value(item) ? item.attachment()->own_bytes() : 0);
  }

  // ---- under the lock, of the public functions

  // Finds the item of `key`; a dead one is reclaimed.
  Index::Place live(const Key& key, UnixMs now) {
    const Index::Place place = index_.find(key.bytes, key.hash);
    if (!place.item || !is_dead(place.item, now)) return place;
    reclaim(place, key.hash, now);
    return {};
  }
  // The item of a collection that somebody holds; none: it has none any more.
  Index::Place item_of(const Key& key, const collection::Collection& held, UnixMs now);
  void reclaim(const Index::Place& place, std::uint64_t hash, UnixMs now);
  void count_expired(Item item) {
    ++history_.expired;
    if (!item.is(Item::kFetched)) ++history_.expired_unfetched;
  }
  void count_evicted(Item item, bool is_active, UnixMs now);
  void tell(Item item, const Lookup& how, UnixMs now, Found& found) const;
  void describe(Item item, UnixMs now, Found& found) const;
  static void describe_attached(Item item, Found& found);
  void pin_value(Item item, Value& value) const;
  Answer touch(Index::Place& place, const Key& key, UnixMs expires, UnixMs now);
  void create(const Key& key, const Lookup& how, UnixMs now, Found& found);
  Stored store_new(const Key& key, const Content& content, const Put& how, UnixMs now);
  Stored store_over(Index::Place& place, const Key& key, const Content& content, const Put& how,
                    UnixMs now);
  Stored join(Index::Place& place, const Key& key, const Content& part, const Put& how, UnixMs now);
  Stored replace_joined(Index::Place& place, const Key& key, const Content& joined, const Put& how,
                        UnixMs now);
  [[nodiscard]] bool write_number(Index::Place& place, std::string_view digits, const Key& key,
                                  const Terms& terms, UnixMs now);
  Counted create_counter(const Key& key, const Count& how, UnixMs now);
  [[nodiscard]] bool drop_value(Index::Place& place, const Key& key, const Terms& terms,
                                std::uint32_t marks, Arena::Lease lease, UnixMs now);
  [[nodiscard]] bool write_over(Item old, const Content& content, const Terms& terms,
                                std::uint32_t marks, UnixMs now);
  bool fits_in_place(Item item, std::size_t value_size) const;
  // Not in the queue that an item of these terms belongs to.
  static bool is_misplaced(Item item, const Terms& terms) {
    return item.is_sticky() != (terms.expires == kSticky);
  }

  // ---- items and pages

  // A new item that the index does not know yet. None: no room.
  Item write(PageQueue& queue, const Key& key, const Content& content, const Terms& terms,
             std::uint32_t marks, Arena::Lease how, UnixMs now);
  struct Linked {
    Item item = {};
    Answer answer = Answer::kNoMemory;  // kOk, kNoMemory, kBadPrefix
  };
  Linked link_new(const Key& key, const Content& content, const Terms& terms, std::uint32_t marks,
                  UnixMs now);
  // What the index knows of the key becomes another item. False: no room.
  [[nodiscard]] bool replace(Index::Place& place, const Key& key, const Content& content,
                             const Terms& terms, std::uint32_t marks, UnixMs now,
                             Arena::Lease how = Arena::Lease::kWithinLimit);
  // Other terms for the same value, in place or by a copy. False: no room for that.
  [[nodiscard]] bool set_terms(Index::Place& place, const Key& key, const Terms& terms,
                               std::uint32_t marks, UnixMs now);
  [[nodiscard]] bool set_terms_in_place(Item item, const Terms& terms);
  // The same value bytes, shorter: what remains behind them is dead.
  void shrink(Item item, std::size_t value_size);
  void note_expiry(Item item, UnixMs now);

  void unlink(const Index::Place& place, std::uint64_t hash);
  void unlink(Item item, std::size_t lines);         // of the index, see Index::erase
  enum class Fate : std::uint8_t { kGone, kMoved };  // of its attachment
  void bury(Item item, Fate fate);
  // What is counted of an item, from when it is in the log until it is buried there.
  void enter(Item item, UnixMs now);
  void leave(Item item);
  // Every live item of the page that is there now; `visit` may bury it or move it away.
  template <class Visit>
  void for_each_item(const Page& page, Visit visit);
  std::byte* append(PageQueue& queue, std::size_t bytes, Arena::Lease how);
  std::byte* append_sticky(std::size_t bytes, const Content& content, Arena::Lease how);
  // `beside`: the page that it is to be next to in the queue, of a target.
  Page* lease(PageQueue& queue, Arena::Lease how, const Page* beside);
  Page* open_page(PageQueue& queue, Arena::Lease how);
  // Gives a page without live items back, or begins it anew if it is appended to.
  void tidy(Page& page);
  void release(Page& page);

  // ---- room

  struct Survey {
    Page* with_dead = nullptr;
    Page* emptiest = nullptr;
  };
  Survey survey(std::size_t least_dead, UnixMs now);
  // True: all of it. Where more have died than go at once, false: walk it again.
  bool reap(Page& page, UnixMs now);
  bool reap_some(UnixMs now);
  PrefixFlushes::Walk walk() const;
  // A step of the walk through all pages, if somebody wants one. True: somebody does.
  bool sweep(UnixMs now);
  Eviction compact(Page& page, UnixMs now);
  Eviction evict(const Need& need, UnixMs now);
  void remember(std::uint64_t hash);
  Eviction drain(PageQueue& queue, const Need& need, UnixMs now);
  bool evict_item(Item item, PageQueue& queue, const Need& need, UnixMs now);
  std::byte* append_to(Page& page, std::size_t bytes);
  std::byte* append_to_target(PageQueue& queue, Page& beside, std::size_t bytes);
  void move_to(Item item, std::byte* at, UnixMs now);

  base::Mutex mutex_;
  StampFrame frame_;
  std::uint8_t era_ = 0;  // counts flushes: pages of an earlier one may be full of dead items
  UnixMs due_at_ = kNeverFlushed;  // of the flushes that wait, also of prefixes: the first
  Stamp flushed_until_ = 0;        // of all watermarks the highest: what is later is alive
  Arena& arena_;
  ExtentPool& extents_;
  collection::Room room_;
  Ledger& ledger_;
  const std::atomic<EvictionObserver*>& observer_;
  Slots slots_;
  Index index_;
  PageQueue small_{Page::Use::kSmall};
  PageQueue main_{Page::Use::kMain};
  PageQueue sticky_{Page::Use::kStickyItems};
  Ghost ghost_;
  UnixMs flush_at_ = kNeverFlushed;
  Stamp watermark_ = 0;
  PrefixFlushes prefixes_;
  std::unique_ptr<PrefixAccounts> accounts_;  // null: nobody asks
  std::size_t swept_ = 0;                     // the slot where the walk for them goes on
  StampClock clock_;
  Attachment* gone_ = nullptr;  // lost their items in this operation
  std::size_t item_limit_;
  WarmFile* warm_;
  std::size_t number_;
  std::uint64_t order_ = 0;  // of the newest page that the file knows
  Stamp noted_stamp_;
  std::size_t surveyed_ = 0;      // the slot where the next survey begins
  std::size_t log_bytes_ = 0;     // of live items
  std::size_t sticky_items_ = 0;  // of them
  History history_;
  std::int64_t evicted_idle_s_ = 0;
};

// Runs ahead of a walk through a page: asks for the lines of the index that the walk will need.
class Scout {
 public:
  Scout(const Index& index, std::byte* begin, std::size_t end)
      : index_(index), at_(begin), end_(begin + end) {
    constexpr std::size_t kAhead = 12;  // items
    for (std::size_t i = 0; i < kAhead; ++i) step();
  }
  // With every step of the walk.
  void step() {
    if (at_ >= end_) return;
    const Item item(at_);
    if (!item.is_dead()) index_.prefetch_line(index_.hash_of(item.key()));
    at_ += item.is_dead() ? item.dead_bytes() : item.bytes();
  }

 private:
  const Index& index_;
  std::byte* at_;
  std::byte* end_;
};

template <class Visit>
void Shard::for_each_item(const Page& page, Visit visit) {
  std::byte* const begin = arena_.bytes_of(page);
  Scout scout(index_, begin, page.filled);
  std::size_t bytes = 0;
  for (std::size_t at = 0, end = page.filled; at < end; at += bytes) {
    scout.step();
    const Item item(begin + at);
    bytes = item.is_dead() ? item.dead_bytes() : item.bytes();
    if (!item.is_dead()) visit(item);
  }
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <map>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/decimal.h"
#include "base/limits.h"
#include "store/arena.h"
#include "store/collection/block_pool.h"
#include "store/extents.h"
#include "store/item_limit.h"
#include "store/shard.h"
#include "store/shard_count.h"
#include "store/warm_file.h"

namespace larder::store {

// Equal shards behind each other; which one has a key is in the upper bits of its hash.
class Store::Shards {
 public:
  Shards(std::size_t count, const Common& common)
      : bits_(static_cast<unsigned>(std::bit_width(count) - 1)) {
    LARDER_CHECK(std::has_single_bit(count) && bits_ <= kMostShardBits);
    shards_ = std::allocator<Shard>().allocate(count);
    for (std::size_t i = 0; i < count; ++i) new (&shards_[i]) Shard(common, i);
  }
  ~Shards() {
    std::destroy_n(shards_, size());
    std::allocator<Shard>().deallocate(shards_, size());
  }
  Shards(const Shards&) = delete;
  Shards& operator=(const Shards&) = delete;

  std::size_t size() const { return std::size_t{1} << bits_; }
  Shard& operator[](std::size_t number) const { return shards_[number & (size() - 1)]; }
  std::size_t number_of(std::uint64_t hash) const { return hash >> 1 >> (63 - bits_); }
  Shard& of(std::uint64_t hash) const { return shards_[number_of(hash)]; }
  Shard* begin() const { return shards_; }
  Shard* end() const { return shards_ + size(); }

 private:
  unsigned bits_;
  Shard* shards_;
};

Store::Store(const Limits& limits, std::uint32_t node, std::uint64_t seed)
    : Store(limits, {.node = node, .since = PackedStamp::frame_since(base::unix_now_ms())}, seed,
            nullptr) {}

Store::Store(std::unique_ptr<WarmFile> file, bool evict, UnixMs now)
    : Store({.memory_bytes = file->memory_bytes(),
             .item_bytes = file->item_bytes(),
             .evict = evict,
             .delimiter = file->delimiter()},
            file->frame(), file->seed(), std::move(file)) {
  recover(now);
}

Store::Store(const Limits& limits, const StampFrame& frame, std::uint64_t seed,
             std::unique_ptr<WarmFile>&& file)
    : seed_(seed),
      item_limit_(limits.item_bytes),
      accounts_prefixes_(limits.accounts_prefixes),
      ledger_(limits),
      file_(std::move(file)),
      arena_(file_ == nullptr ? std::make_unique<Arena>(ledger_)
                              : std::make_unique<Arena>(ledger_, file_->map_pages())),
      extents_(std::make_unique<ExtentPool>(*arena_, ledger_)),
      blocks_(std::make_unique<collection::BlockPool>(*arena_)) {
  // What prefixes have, and collections, a file would not tell the next process.
  LARDER_CHECK(file_ == nullptr || !limits.accounts_prefixes);
  const std::size_t shards = shards_for(limits.memory_bytes);
  shards_ = std::make_unique<Shards>(
      shards, Common{.arena = *arena_,
                     .extents = *extents_,
                     .blocks = *blocks_,
                     .ledger = ledger_,
                     .seed = seed,
                     .frame = frame,
                     .ghost_bytes = limits.memory_bytes / limits::kGhostFraction / shards,
                     .observer = observer_,
                     .item_limit = limits.item_bytes,
                     .delimiter = limits.delimiter,
                     .accounts_prefixes = limits.accounts_prefixes,
                     .warm = file_.get()});
}

// Whatever is still pinned or reserved now would be freed behind the store's end.
Store::~Store() {
  shards_.reset();
  while (reclaim_blocks()) {
  }
  LARDER_CHECK(ledger_.total() == 0);
}

Shard& Store::shard_of(std::uint64_t hash) const noexcept { return shards_->of(hash); }

void Store::for_each_shard(const std::function<void(Shard&)>& visit) const {
  for (Shard& shard : *shards_) visit(shard);
}

void Store::prefetch_line(const Key& key) const noexcept {
  shard_of(key.hash).prefetch_line(key.hash);
}
void Store::prefetch_item(const Key& key) const noexcept {
  shard_of(key.hash).prefetch_item(key.hash);
}

// ---- operations

namespace {

Answer answer_of(Answer answer) { return answer; }
template <class Outcome>
Answer answer_of(const Outcome& outcome) {
  return outcome.answer;
}

}  // namespace

// Asks until the answer is not kNoMemory, or nothing more can be done about that.
template <class Outcome, class Ask>
Outcome Store::ask_with_room(const Key& key, std::size_t bytes, const Stickiness& stickiness,
                             UnixMs now, Ask ask) {
  Shard& shard = shard_of(key.hash);
  Outcome outcome{};
  with_room(key.hash, bytes, now, [&] {
    outcome = ask(shard);
    return answer_of(outcome) != Answer::kNoMemory || is_sticky_full(key, stickiness, now);
  });
  return outcome;
}

bool Store::is_sticky_full(const Key& key, const Stickiness& stickiness, UnixMs now) const {
  std::size_t bytes = stickiness.bytes;
  if (stickiness.expires != kSticky) {
    if (!stickiness.keeps || ledger_.sticky() == 0) return false;
    constexpr Lookup kLook{.leave_no_trace = true, .want_value = false, .any_type = true};
    const Found found = shard_of(key.hash).find(key, kLook, now);
    if (found.expires != kSticky) return false;
    bytes += found.item_bytes;
  }
  return !ledger_.has_sticky_room(bytes);
}

Found Store::find(const Key& key, const Lookup& how, UnixMs now) {
  Found found = shard_of(key.hash).find(key, how, now);
  if (found.answer == Answer::kNoMemory) {
    const std::size_t bytes = Item::least_bytes(key.bytes.size(), found.size);
    const Stickiness stickiness{how.create_expires.value_or(kNeverExpires), bytes};
    found = ask_with_room<Found>(key, bytes, stickiness, now,
                                 [&](Shard& s) { return s.find(key, how, now); });
  }
  if (found.created) settle(now);
  return found;
}

bool Store::fits(const Key& key, std::size_t size, std::uint32_t flags) const noexcept {
  return fits_item_limit(key.bytes.size(), size, flags, item_limit_);
}

Reservation Store::reserve(const Key& key, std::size_t size, std::uint32_t flags, UnixMs now) {
  if (!fits(key, size, flags)) return Reservation(Answer::kTooLarge);
  if (size > memory_limit()) return Reservation(Answer::kNoMemory);
  return {*this, key, size, now};
}

Stored Store::commit(Reservation& reservation, const Key& key, const Put& how, UnixMs now) {
  LARDER_CHECK(reservation.answer() == Answer::kOk && reservation.missing() == 0);
  LARDER_CHECK(reservation.hash_ == key.hash);
  Reservation used = std::move(reservation);
  if (used.extents_ != nullptr && file_ != nullptr) used.extents_->seal();
  return put_content(key, used.content(), how, now);
}

Stored Store::put(const Key& key, std::string_view value, const Put& how, UnixMs now) {
  if (!fits(key, value.size(), how.flags)) return {Answer::kTooLarge};
  if (value.size() > memory_limit()) return {Answer::kNoMemory};
  if (value.size() > limits::kMaxContiguousBytes) return put_long(key, value, how, now);
  return put_content(key, {.bytes = value}, how, now);
}

Stored Store::put_long(const Key& key, std::string_view value, const Put& how, UnixMs now) {
  Reservation reservation(*this, key, value.size(), now);
  while (reservation.missing() != 0) {
    const std::span<char> room = reservation.room();
    if (room.empty()) return {Answer::kNoMemory};
    value.copy(room.data(), room.size(), value.size() - reservation.missing());
    reservation.fill(room.size());
  }
  return commit(reservation, key, how, now);
}

Stored Store::put_content(const Key& key, const Content& content, const Put& how, UnixMs now) {
  Stored stored = shard_of(key.hash).put(key, content, how, now);
  if (stored.answer == Answer::kNoMemory) {
    const std::size_t bytes = Item::least_bytes(key.bytes.size(), content.size());
    const std::size_t all = bytes + (content.attachment != nullptr ? content.extents().bytes() : 0);
    const bool joins = how.mode == PutMode::kAppend || how.mode == PutMode::kPrepend;
    const Stickiness stickiness{joins ? kNeverExpires : how.expires, all, joins};
    stored = ask_with_room<Stored>(key, bytes, stickiness, now,
                                   [&](Shard& s) { return s.put(key, content, how, now); });
  }
  settle(now);
  return stored;
}

Answer Store::remove(const Key& key, const Remove& how, UnixMs now) {
  Answer answer = shard_of(key.hash).remove(key, how, now);
  if (answer == Answer::kNoMemory) {
    const std::size_t bytes =
        how.drop_value ? Item::least_bytes(key.bytes.size(), 0) : limits::kMaxContiguousBytes;
    answer = ask_with_room<Answer>(key, bytes, {}, now,
                                   [&](Shard& s) { return s.remove(key, how, now); });
  }
  // It frees more than it takes: not a reason to refuse it, where even that much is not there.
  if (answer == Answer::kNoMemory && how.drop_value) {
    answer = shard_of(key.hash).remove(key, how, now, Arena::Lease::kForced);
  }
  settle(now);
  return answer;
}

Counted Store::count(const Key& key, const Count& how, UnixMs now) {
  Counted counted = shard_of(key.hash).count(key, how, now);
  if (counted.answer == Answer::kNoMemory) {
    const std::size_t bytes = Item::least_bytes(key.bytes.size(), base::kMaxDecimalBytes);
    const Stickiness stickiness{how.create_expires.value_or(kNeverExpires), bytes};
    counted = ask_with_room<Counted>(key, bytes, stickiness, now,
                                     [&](Shard& s) { return s.count(key, how, now); });
  }
  settle(now);
  return counted;
}

// ---- the whole store

void Store::flush(UnixMs at, UnixMs now) {
  for (Shard& shard : *shards_) shard.flush(at, now);
}

Answer Store::flush_prefix(std::string_view prefix, UnixMs at, UnixMs now) {
  const auto knows_it = [&](Shard& shard) { return shard.knows_prefix(prefix, now); };
  if (accounts_prefixes_ && std::ranges::none_of(*shards_, knows_it)) return Answer::kMiss;
  bool done = true;
  for (Shard& shard : *shards_) done &= shard.flush_prefix(prefix, at, now);
  settle(now);
  return done ? Answer::kOk : Answer::kNoMemory;
}

// A number of a client's may be any.
bool Store::show(Cursor& cursor, const Show& shown, UnixMs now, std::size_t lines) {
  if (!has(cursor)) return false;
  return move_on(cursor, (*shards_)[cursor.shard].show(cursor.position, lines, shown, now));
}

bool Store::has(const Cursor& cursor) const {
  return cursor.shard < shards_->size() && cursor.position < Index::kEnd;
}

bool Store::scrub(Cursor& cursor, Scrubbed& scrubbed, UnixMs now) {
  return move_on(cursor, (*shards_)[cursor.shard].scrub(cursor.position, scrubbed, now));
}

bool Store::move_on(Cursor& cursor, std::uint64_t position) const {
  cursor.position = position;
  if (position != Index::kEnd) return true;
  cursor = {.shard = cursor.shard + 1};
  return cursor.shard != shards_->size();
}

void Store::set_memory_limit(std::size_t bytes, UnixMs now) {
  ledger_.set_limit(bytes);
  settle(now);
}

std::size_t Store::memory_limit() const noexcept { return ledger_.limit(); }

std::size_t Store::most_memory() const noexcept {
  return file_ == nullptr ? std::numeric_limits<std::size_t>::max() : file_->memory_bytes();
}

Usage Store::usage() const {
  Usage usage;
  for (Shard& shard : *shards_) shard.add_to(usage);
  usage.item_bytes += ledger_.values() + ledger_.collections();
  usage.sticky_bytes = ledger_.sticky();
  usage.collection_bytes = ledger_.collections();
  usage.block_bytes = blocks_->block_bytes();
  usage.index_bytes = ledger_.index();
  usage.heap_bytes = ledger_.heap();
  usage.reserved_bytes = ledger_.reserved();
  usage.pinned_bytes = ledger_.pinned() + arena_->retired_bytes();
  usage.total_bytes = ledger_.total();
  usage.page_bytes = arena_->leased_bytes();
  usage.free_bytes = arena_->resident_free_bytes();
  return usage;
}

std::vector<PrefixUsage> Store::prefixes() const {
  std::map<std::string, PrefixUsage> sum;
  const auto add = [&](const PrefixUsage& part) {
    const auto [at, is_first] = sum.try_emplace(part.name, part);
    if (!is_first) at->second += part;
  };
  for (Shard& shard : *shards_) shard.add_prefixes_to(add);
  std::vector<PrefixUsage> prefixes;
  for (auto& [name, usage] : sum) prefixes.push_back(std::move(usage));
  return prefixes;
}

std::int64_t Store::oldest_idle_s(UnixMs now) const {
  std::int64_t longest = 0;
  for (Shard& shard : *shards_) longest = std::max(longest, shard.oldest_idle_s(now));
  return longest;
}

// Pages go back while others are still being reclaimed.
bool Store::tend(UnixMs now) {
  if (arena_->trim(now) || reclaim_blocks()) return true;
  for (std::size_t looked_at = 0; looked_at < shards_->size(); ++looked_at) {
    const std::size_t shard = tended_.fetch_add(1, std::memory_order_relaxed);
    if ((*shards_)[shard].tend(now)) return true;
  }
  return false;
}

// ---- what the process before has left

// Of each shard, in the order of its queues.
std::vector<std::vector<WarmPage>> Store::adopt_log() {
  std::vector<std::vector<WarmPage>> pages(shards_->size());
  for (std::size_t number = 0; number < file_->pages(); ++number) {
    WarmPageRecord& record = file_->page(number);
    if (!record.is_open()) continue;
    const auto place = record.place(number);
    const bool known = place && place->shard < pages.size();
    if (known && arena_->adopt(number, place->use) != nullptr) {
      pages[place->shard].push_back({number, *place});
    } else {
      record.close();
      ++recovered_.damaged;
    }
  }
  for (std::vector<WarmPage>& of_shard : pages) {
    std::ranges::sort(of_shard, {}, [](const WarmPage& each) {
      return std::pair(each.place.order, each.number);
    });
  }
  return pages;
}

// First all pages of the log, so that no long value is given one; then shard by shard.
void Store::recover(UnixMs now) {
  const std::vector<std::vector<WarmPage>> pages = adopt_log();
  std::atomic<std::size_t> next{0};
  std::vector<Recovered> found(shards_->size());
  const auto recover_some = [&] {
    for (std::size_t shard = next++; shard < found.size(); shard = next++) {
      found[shard] = (*shards_)[shard].recover(pages[shard], now);
    }
  };
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> threads(std::min({cores, found.size(), limits::kWarmThreads}) - 1);
  for (std::jthread& each : threads) each = std::jthread(recover_some);
  recover_some();
  threads.clear();
  for (const Recovered& each : found) {
    recovered_.items += each.items;
    recovered_.damaged += each.damaged;
  }
  arena_->end_adoption();
  settle(now);
}

// ---- room

// Of the key's shard and another one, the fuller has to give: so they stay as full as each other,
// whatever the sizes of what comes in. By turns when others had nothing to give.
std::size_t Store::next_victim(std::size_t own, bool by_turns) noexcept {
  const std::size_t other = turn_.fetch_add(1, std::memory_order_relaxed);
  if (by_turns || (*shards_)[own].bytes() < (*shards_)[other].bytes()) return other;
  return own;
}

// A bounded step, of what is gone. False: there was nothing.
bool Store::reclaim_blocks() noexcept {
  if (!blocks_->has_buried()) return false;
  blocks_->reclaim(limits::kBlocksAtOnce);
  return true;
}

bool Store::with_room(std::uint64_t hash, std::size_t bytes, UnixMs now, const Attempt& attempt) {
  const std::size_t own = shards_->number_of(hash);
  std::size_t fruitless = 0;
  std::size_t empty_handed = 0;  // in a row
  std::size_t moved_in_vain = 0;
  std::size_t victim = own;
  Eviction eviction = Eviction::kLater;
  for (std::size_t tries = 0; tries < limits::kMostEvictions; ++tries) {
    do {
      if (attempt()) return true;
    } while (reclaim_blocks());
    const Need need{.bytes = bytes,
                    .urgent = fruitless >= limits::kFruitlessEvictions,
                    .goes_on = eviction == Eviction::kPartly};
    if (!need.goes_on) victim = next_victim(own, fruitless != 0);
    eviction = (*shards_)[victim].make_room(need, now);
    const bool freed = eviction == Eviction::kFreed || eviction == Eviction::kPartly;
    fruitless = freed ? 0 : fruitless + 1;
    empty_handed = eviction == Eviction::kNothing ? empty_handed + 1 : 0;
    if (empty_handed > shards_->size() + limits::kFruitlessEvictions) break;
    moved_in_vain += eviction == Eviction::kLater ? 1U : 0U;
    if (!ledger_.evicts() && moved_in_vain > limits::kFruitlessEvictions) break;
  }
  return attempt();
}

void Store::evict_to_limit(UnixMs now) {
  constexpr std::uint64_t kAnyShard = 0;
  with_room(kAnyShard, kPageBytes, now, [&] { return !ledger_.is_over(); });
}

}  // namespace larder::store

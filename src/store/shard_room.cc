// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "store/shard.h"

// How a shard gets pages back: of the dead, of what lies sparsely, of what is worth least.
namespace larder::store {
namespace {

// A page is walked for its dead, or moved together with others, when that frees a twelfth of it;
// and when nothing in it is alive, however little that is.
constexpr std::size_t kWorthwhileBytes = kPageBytes / 12;
// Where nothing may be evicted, and memory is short, a little is enough.
constexpr std::size_t kSparseBytes = kPageBytes / 64;
// Items seen once have a tenth of the room; those seen twice there move on.
constexpr std::size_t kSmallShare = 10;
constexpr unsigned kUsesToStay = 2;
// Lines of the index that move with an item of many, when its size changes. Of the dead none, for
// the steps of tend and make_room follow soon; where memory is short the index has to keep up.
constexpr std::size_t kLinesOfADead = 0;
constexpr std::size_t kLinesOfAnEvicted = 1;

}  // namespace

bool Shard::has_room(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto fits = [&](const Page* page) { return page != nullptr && page->room() >= bytes; };
  return fits(small_.newest()) || fits(small_.target()) || ledger_.has_room(Arena::kLeaseBytes);
}

// Where nothing may be evicted, a hole of the right size is reason enough to move a page together.
Eviction Shard::make_room(const Need& need, UnixMs now) {
  const Lock lock(*this, now);
  ++history_.made_room;
  index_.step(limits::kIndexLinesAtOnce);
  if (need.goes_on) return evict(need, now);
  const bool evicts = ledger_.evicts();
  const std::uint64_t expired = history_.expired;
  const bool sweeps = sweep(now);
  if (history_.expired != expired || (sweeps && !evicts)) return Eviction::kFreed;
  const std::size_t wanted = std::clamp(need.bytes, std::size_t{1}, kSparseBytes);
  const Survey found = survey(evicts ? kWorthwhileBytes : wanted, now);
  if (found.with_dead != nullptr) {
    reap(*found.with_dead, now);
    return Eviction::kFreed;
  }
  if (found.emptiest != nullptr) return compact(*found.emptiest, now);
  return evicts ? evict(need, now) : Eviction::kNothing;
}

bool Shard::tend(UnixMs now) {
  const Lock lock(*this, now);
  const bool resized = index_.step(limits::kIndexLinesAtOnce);
  const std::uint64_t before = history_.expired;
  const bool walked =
      sweep(now) || reap_some(now) || (accounts_ != nullptr && accounts_->tend(now));
  history_.tended += history_.expired - before;
  return resized || walked;
}

// False: no page has so many dead that it is worthwhile.
bool Shard::reap_some(UnixMs now) {
  const Survey found = survey(kWorthwhileBytes, now);
  if (found.with_dead != nullptr) reap(*found.with_dead, now);
  return found.with_dead != nullptr;
}

std::uint64_t Shard::scrub(std::uint64_t from, Scrubbed& scrubbed, UnixMs now) {
  const Lock lock(*this, now);
  std::vector<Item> dead;
  const std::uint64_t end = index_.show(from, limits::kShownLines, [&](Item item) {
    ++scrubbed.visited;
    if (is_dead(item, now)) dead.push_back(item);
  });
  scrubbed.cleaned += dead.size();
  for (const Item item : dead) {
    Page& page = page_of(item);
    count_expired(item);
    unlink(item, kLinesOfADead);
    tidy(page);
  }
  return end;
}

// Looks at a bounded number of pages, other ones each time.
Shard::Survey Shard::survey(std::size_t least_dead, UnixMs now) {
  Survey found;
  std::size_t most = least_dead - 1;
  const std::size_t looks = std::min(slots_.size(), limits::kPageLooks);
  for (std::size_t look = 0; look < looks; ++look) {
    surveyed_ = surveyed_ + 1 < slots_.size() ? surveyed_ + 1 : 0;
    const std::byte* bytes = slots_.page_bytes(surveyed_);
    if (bytes == nullptr) continue;
    Page& page = arena_.page_at(bytes);
    const std::size_t worthwhile = std::clamp(page.live(), std::size_t{1}, least_dead);
    if (page.era != era_ || page.expiry.expired_bytes(now) >= worthwhile) {
      found.with_dead = &page;
      return found;
    }
    const bool is_open = queue_of(page).is_appended_to(page);
    const std::size_t lost = page.dead + (is_open ? 0 : page.room());
    if (lost <= most || page.is_pinned()) continue;
    if (ledger_.evicts() && is_open) continue;
    most = lost;
    found.emptiest = &page;
  }
  return found;
}

// An older era has the page walked again.
bool Shard::reap(Page& page, UnixMs now) {
  std::size_t left = limits::kItemsAtOnce;
  page.expiry.clear();
  ++history_.walks;
  for_each_item(page, [&](Item item) {
    ++history_.walked_items;
    if (left == 0 || !is_dead(item, now)) return note_expiry(item, now);
    count_expired(item);
    unlink(item, kLinesOfADead);
    --left;
  });
  page.era = static_cast<std::uint8_t>(left != 0 ? era_ : era_ - 1);
  tidy(page);
  return left != 0;
}

// At its first slot it is at its begin, for a page is walked from its own.
PrefixFlushes::Walk Shard::walk() const {
  return swept_ == 0 ? PrefixFlushes::Walk::kAtItsBegin : PrefixFlushes::Walk::kUnderway;
}

bool Shard::sweep(UnixMs now) {
  if (prefixes_.newest() == 0) return false;
  const std::size_t end = std::min(slots_.size(), swept_ + limits::kPageLooks);
  while (swept_ < end && slots_.page_bytes(swept_) == nullptr) ++swept_;
  if (swept_ < end && reap(arena_.page_at(slots_.page_bytes(swept_)), now)) ++swept_;
  if (swept_ < slots_.size()) return true;
  swept_ = 0;
  prefixes_.end_walk();
  sum_up_flushes();
  return true;
}

// The index knows it at its new place; the old one is dead.
void Shard::move_to(Item item, std::byte* at, UnixMs now) {
  const std::size_t bytes = item.bytes();
  const std::uint64_t hash = index_.hash_of(item.key());
  const Index::Place place = index_.place_of(handle_of(item), hash);
  std::memcpy(at, item.at(), bytes);
  history_.moved_bytes += bytes;
  const Item moved(at);
  note_filled(page_of(moved));
  if (moved.is_sticky()) ledger_.add_sticky(weight_of(moved));
  enter(moved, now);
  index_.replace(place, handle_of(moved));
  bury(item, Fate::kMoved);
  note_expiry(moved, now);
}

std::byte* Shard::append_to(Page& page, std::size_t bytes) {
  return arena_.bytes_of(page) + page.append(bytes);
}

std::byte* Shard::append_to_target(PageQueue& queue, Page& beside, std::size_t bytes) {
  Page* target = queue.target();
  if (target == nullptr || target->room() < bytes) {
    target = lease(queue, Arena::Lease::kForced, &beside);
    if (target == nullptr) return nullptr;
    queue.add_target(*target, beside);
  }
  return append_to(*target, bytes);
}

// Freed: there is a page less, or more room in the one that items are moved to.
Eviction Shard::compact(Page& page, UnixMs now) {
  PageQueue& queue = queue_of(page);
  if (queue.target() == &page) queue.forget_target();
  Page* const half_full = queue.target();
  const std::size_t room = half_full != nullptr ? half_full->room() : 0;
  const std::size_t pages = queue.pages();
  for_each_item(page, [&](Item item) {
    if (is_dead(item, now)) {
      count_expired(item);
      unlink(item, kLinesOfADead);
      return;
    }
    const std::size_t bytes = item.bytes();
    const bool fits = half_full != nullptr && half_full->room() >= bytes;
    std::byte* at = fits ? append_to(*half_full, bytes) : append_to_target(queue, page, bytes);
    if (at != nullptr) move_to(item, at, now);
  });
  // Also a page that is appended to: the target may have been leased beyond the limit for it.
  if (page.live() == 0) release(page);
  const bool more_room = queue.target() != nullptr && queue.target()->room() > room;
  return queue.pages() < pages || more_room ? Eviction::kFreed : Eviction::kLater;
}

void Shard::remember(std::uint64_t hash) {
  const std::size_t before = ghost_.bytes();
  ghost_.fit(index_.count());
  ledger_.add(ghost_.bytes());
  ledger_.remove(before);
  ghost_.add(hash);
}

Eviction Shard::evict(const Need& need, UnixMs now) {
  const std::size_t all = small_.bytes() + main_.bytes();
  if (all == 0) return Eviction::kNothing;
  const bool small_first = small_.bytes() * kSmallShare > all || main_.bytes() == 0;
  const Eviction came_to = drain(small_first ? small_ : main_, need, now);
  PageQueue& other = small_first ? main_ : small_;
  if (came_to != Eviction::kLater || !need.urgent || other.bytes() == 0) return came_to;
  return drain(other, need, now);
}

// From the front of the oldest page, some items. What has been looked at is one stretch of dead
// bytes then, so that the next call begins behind it.
Eviction Shard::drain(PageQueue& queue, const Need& need, UnixMs now) {
  Page& page = *queue.oldest();
  if (queue.target() == &page) queue.forget_target();
  std::byte* const begin = arena_.bytes_of(page);
  Scout scout(index_, begin, page.filled);
  Eviction came_to = Eviction::kLater;
  std::size_t at = 0;
  std::size_t left = limits::kItemsAtOnce;
  const std::size_t end = page.filled;
  while (at < end && left != 0) {
    scout.step();
    Item item(begin + at);
    if (item.is_dead()) {
      at += item.dead_bytes();
      continue;
    }
    const std::size_t bytes = item.bytes();
    const std::size_t attached = item.is_attached() ? item.attachment()->own_bytes() : 0;
    const bool gone = evict_item(item, queue, need, now);
    if (gone) came_to = Eviction::kFreed;
    at += bytes;
    --left;
    if (gone && attached >= kPageBytes) break;
  }
  if (at != 0) Item::bury(begin, at);
  tidy(page);
  return came_to == Eviction::kFreed && left == 0 && at < end ? Eviction::kPartly : came_to;
}

void Shard::count_evicted(Item item, bool is_active, UnixMs now) {
  ++history_.evicted;
  if (!item.is(Item::kFetched)) ++history_.evicted_unfetched;
  if (is_active) ++history_.evicted_active;
  if (is_mortal(item.expires(frame_))) ++history_.evicted_expiring;
  evicted_idle_s_ = item.idle_s(now);
  EvictionObserver* const observer = observer_.load(std::memory_order_acquire);
  if (observer == nullptr || !observer->wants_evictions()) return;
  Found gone;
  tell(item, {}, now, gone);
  observer->evicted(item.key(), gone, now);
}

// True: it is gone. False: it is in the main queue now, behind all others.
bool Shard::evict_item(Item item, PageQueue& queue, const Need& need, UnixMs now) {
  const bool dead = is_dead(item, now);
  const unsigned uses = item.uses();
  const bool held = item.is_attached() && item.attachment()->is_shared();
  const bool is_active = uses >= (&queue == &small_ ? kUsesToStay : 1);
  const bool stays = !need.urgent && is_active;
  if (!dead && (held || stays)) {
    std::byte* at = append(main_, item.bytes(), Arena::Lease::kForced);
    if (at != nullptr) {
      item.set_uses(&queue == &small_ || uses == 0 ? 0 : uses - 1);
      ++history_.spared;
      if (held) ++history_.spared_held;
      move_to(item, at, now);
      return false;
    }
  }
  if (!dead && &queue == &small_) remember(index_.hash_of(item.key()));
  dead ? count_expired(item) : count_evicted(item, is_active, now);
  unlink(item, kLinesOfAnEvicted);
  return true;
}

}  // namespace larder::store

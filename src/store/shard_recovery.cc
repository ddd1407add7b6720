// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "store/item_limit.h"
#include "store/piece_list.h"
#include "store/shard.h"

// A shard whose pages lie in a file: what it tells that, and how it begins with what it holds.
namespace larder::store {

// ---- what the next process must know

void Shard::note_state() {
  if (warm_ == nullptr) return;
  warm_->shard(number_).write(
      {.clock = noted_stamp_, .watermark = watermark_, .flush_at = flush_at_});
}

void Shard::note_stamps_until(Stamp stamp) {
  noted_stamp_ = stamp + (static_cast<Stamp>(limits::kStampsAheadMs) << kStampMsShift);
  note_state();
}

void Shard::note_filled(const Page& page) {
  if (warm_ != nullptr) warm_->page(arena_.number_of(page)).fill(page.filled);
}

void Shard::note_leased(const PageQueue& queue, const Page& page, const Page* beside) {
  if (warm_ == nullptr) return;
  WarmPageRecord::Place place{.shard = number_, .use = queue.use(), .order = order_};
  const auto neighbour = beside == nullptr ? std::nullopt : place_of(*beside);
  place.order = neighbour ? neighbour->order : ++order_;
  const std::size_t number = arena_.number_of(page);
  warm_->page(number).open(number, place);
}

std::optional<WarmPageRecord::Place> Shard::place_of(const Page& page) const {
  const std::size_t number = arena_.number_of(page);
  return warm_->page(number).place(number);
}

void Shard::note_released(const Page& page) {
  if (warm_ != nullptr) warm_->page(arena_.number_of(page)).close();
}

// ---- what the process before has left

// Two items of one key are there when it ended between writing the one and burying the other: the
// later one counts, or either, where only an expiry or the place is another.
Recovered Shard::recover(const std::vector<WarmPage>& pages, UnixMs now) {
  const Lock lock(*this, now);
  LARDER_CHECK(warm_ != nullptr && index_.count() == 0);
  const WarmShard state = warm_->shard(number_).read().value_or(WarmShard{});
  noted_stamp_ = state.clock;
  watermark_ = state.watermark;
  flush_at_ = state.flush_at;
  clock_.resume(state.clock);
  prefixes_.recover();
  apply_due(now);
  Recovery recovery;
  std::size_t items = 0;
  for (const WarmPage& found : pages) items += take_over(found, recovery);
  index_.expect(items);
  for (PageQueue* queue : {&small_, &main_}) {
    for (Page* page = queue->oldest(); page != nullptr; page = page->newer) {
      for_each_item(*page, [&](Item item) { admit(item, now, recovery); });
    }
  }
  for (const Item item : recovery.long_ones) {
    if (!item.is_dead()) admit_long(item, now, recovery);
  }
  for (PageQueue* queue : {&small_, &main_}) {
    for (Page* page = queue->oldest(); page != nullptr;) {
      Page& looked_at = *page;
      page = page->newer;
      tidy(looked_at);
    }
  }
  prefixes_.end_walk();  // of the dead nothing was taken
  sum_up_flushes();
  recovery.tally.items = index_.count();
  return recovery.tally;
}

// → how many items it holds.
std::size_t Shard::take_over(const WarmPage& found, Recovery& recovery) {
  Page& page = arena_.page(found.number);
  const std::optional<std::size_t> filled = warm_->page(found.number).filled();
  if (!filled || slots_.is_full()) {
    ++recovery.tally.damaged;
    note_released(page);
    arena_.give_back(page);
    return 0;
  }
  page.filled = static_cast<std::uint16_t>(*filled);
  page.era = era_;
  slots_.add(page, arena_.bytes_of(page));
  (found.place.use == Page::Use::kMain ? main_ : small_).add_newest(page);
  order_ = std::max(order_, found.place.order);
  return count_items(page, recovery);
}

// As far as one begins where the one before it ends; nothing can be known of what is behind that.
std::size_t Shard::count_items(Page& page, Recovery& recovery) {
  std::byte* const begin = arena_.bytes_of(page);
  std::size_t items = 0;
  std::size_t at = 0;
  while (page.filled - at >= Item::kLeastDeadBytes) {
    const Item item(begin + at);
    if (!item.tells_size_within(page.filled - at)) break;
    const std::size_t bytes = item.is_dead() ? item.dead_bytes() : item.bytes();
    if (bytes < Item::kLeastDeadBytes || bytes > page.filled - at) break;
    if (item.is_dead()) page.add_dead(bytes);
    items += item.is_dead() ? 0 : 1;
    at += bytes;
  }
  if (at == page.filled) return items;
  ++recovery.tally.damaged;
  page.filled = static_cast<std::uint16_t>(at);
  note_filled(page);
  return items;
}

void Shard::leave_out(Item item) {
  Page& page = page_of(item);
  const std::size_t bytes = item.bytes();
  Item::bury(item.at(), bytes);
  page.add_dead(bytes);
}

void Shard::admit(Item item, UnixMs now, Recovery& recovery) {
  if (!item.is_sound()) {
    ++recovery.tally.damaged;
    return leave_out(item);
  }
  if (is_dead(item, now)) return leave_out(item);
  const std::uint64_t hash = index_.hash_of(item.key());
  const Index::Place place = index_.find(item.key(), hash);
  if (place.item && place.item.stamp(frame_) > item.stamp(frame_)) return leave_out(item);
  if (!place.item && !index_.insert(handle_of(item), hash)) return leave_out(item);
  if (place.item) {
    index_.replace(place, handle_of(item));
    place.item.is_attached() ? leave_out(place.item) : bury(place.item, Fate::kMoved);
  }
  note_expiry(item, now);
  item.is_attached() ? recovery.long_ones.push_back(item) : enter(item, now);
}

// Behind all others, when those that are not to be any more claim no pieces.
void Shard::admit_long(Item item, UnixMs now, Recovery& recovery) {
  const std::optional<PieceList> list = PieceList::read(item.short_value());
  const bool fits =
      list && fits_item_limit(item.key().size(), list->size(), item.flags(), item_limit_);
  Extents* extents = fits ? Extents::restore(extents_, *list) : nullptr;
  if (extents != nullptr) {
    item.set_attachment(extents);
    return enter(item, now);
  }
  ++recovery.tally.damaged;
  const std::uint64_t hash = index_.hash_of(item.key());
  index_.erase(index_.place_of(handle_of(item), hash), hash);
  leave_out(item);
}

}  // namespace larder::store

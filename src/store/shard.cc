// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/shard.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "base/limits.h"

// Finding, and how items get into pages and out of them.
namespace larder::store {
namespace {

bool needs_recache(UnixMs expires, std::optional<std::int64_t> below_s, UnixMs now) {
  if (!below_s || !is_mortal(expires)) return false;
  const std::int64_t left_s = (expires - now + kMsPerS - 1) / kMsPerS;
  return left_s < *below_s;
}

// One reader of a stale or soon expiring item is asked to fill it; the mark keeps it at one.
bool wins(Item item, UnixMs expires, const Lookup& how, UnixMs now) {
  if (item.is(Item::kTokenSent)) return false;
  const bool stale = how.compete && item.is(Item::kStale);
  if (!stale && !needs_recache(expires, how.recache_below_s, now)) return false;
  item.set(Item::kTokenSent);
  return true;
}

}  // namespace

Shard::Shard(const Common& common, std::size_t number)
    : frame_(common.frame),
      arena_(common.arena),
      extents_(common.extents),
      room_{.pool = common.blocks, .ledger = common.ledger},
      ledger_(common.ledger),
      observer_(common.observer),
      slots_(number),
      index_(common.ledger, slots_, common.seed),
      ghost_(common.ghost_bytes),
      prefixes_(
          common.ledger, common.seed, common.delimiter, common.accounts_prefixes,
          common.warm == nullptr ? std::span<WarmPrefixRecord>() : common.warm->prefixes(number)),
      accounts_(common.accounts_prefixes
                    ? std::make_unique<PrefixAccounts>(common.ledger, common.seed, common.delimiter)
                    : nullptr),
      clock_(common.frame.node),
      item_limit_(common.item_limit),
      warm_(common.warm),
      number_(number),
      noted_stamp_(common.warm == nullptr ? std::numeric_limits<Stamp>::max() : 0) {
  ledger_.add(ghost_.bytes());
}

// Items need no farewell but for their extents, which are not in the pages. What a file holds stays
// as it is.
Shard::~Shard() {
  for (PageQueue* queue : {&small_, &main_, &sticky_}) {
    while (queue->oldest() != nullptr) {
      Page& page = *queue->oldest();
      for_each_item(page, [&](Item item) {
        if (item.is_attached()) gone_ = item.attachment()->lose_item(gone_);
      });
      queue->remove(page);
      arena_.retire(page);
    }
  }
  Attachment::drop_all(gone_);
  ledger_.remove(ghost_.bytes());
}

// ---- flush

void Shard::apply_due(UnixMs now) {
  if (now >= flush_at_) apply_flush();
  prefixes_.apply(now, last_stamp(), walk());
  sum_up_flushes();
}

void Shard::apply_flush() {
  watermark_ = clock_.last();
  flush_at_ = kNeverFlushed;
  ++era_;
  note_state();
}

void Shard::sum_up_flushes() {
  due_at_ = std::min(flush_at_, prefixes_.next_at());
  flushed_until_ = std::max(watermark_, prefixes_.newest());
}

void Shard::flush(UnixMs at, UnixMs now) {
  const Lock lock(*this, now);
  flush_at_ = at > now ? at : kNeverFlushed;
  at > now ? note_state() : apply_flush();
  sum_up_flushes();
}

// Whoever flushes faster than is swept sweeps.
bool Shard::flush_prefix(std::string_view prefix, UnixMs at, UnixMs now) {
  const std::uint64_t hash = index_.hash_of(prefix);
  const Lock lock(*this, now);
  if (prefixes_.is_half_full()) sweep(now);
  if (accounts_ != nullptr) accounts_->keep(prefix, std::max(at, now) + limits::kFlushedPrefixMs);
  const bool done =
      at > now ? prefixes_.flush_later(hash, at) : prefixes_.flush(hash, last_stamp(), walk());
  if (accounts_ != nullptr && done && at <= now) accounts_->end(prefix);
  sum_up_flushes();
  return done;
}

bool Shard::knows_prefix(std::string_view prefix, UnixMs now) {
  const Lock lock(*this, now);
  return accounts_ != nullptr && accounts_->is_known(prefix, now);
}

void Shard::add_prefixes_to(const PrefixAccounts::Add& add) {
  const std::lock_guard lock(mutex_);
  if (accounts_ != nullptr) accounts_->add_to(add);
}

void Shard::add_to(Usage& usage) {
  const std::lock_guard lock(mutex_);
  usage.items += index_.count();
  usage.item_bytes += log_bytes_;
  usage.sticky_items += sticky_items_;
  usage.ghost_bytes += ghost_.bytes();
  usage.flushed_prefixes = std::max<std::uint64_t>(usage.flushed_prefixes, prefixes_.size());
  usage.index_slots += index_.slots();
  usage.index_resizes += index_.is_resizing() ? 1 : 0;
  usage.evicted_idle_s = std::max(usage.evicted_idle_s, evicted_idle_s_);
  usage += history_;
}

std::uint64_t Shard::show(std::uint64_t from, std::size_t lines, const Show& shown, UnixMs now) {
  const Lock lock(*this, now);
  return index_.show(from, lines, [&](Item item) {
    if (is_dead(item, now)) return;
    Found found;
    tell(item, {}, now, found);
    shown(item.key(), found);
  });
}

std::int64_t Shard::oldest_idle_s(UnixMs now) {
  const std::lock_guard lock(mutex_);
  for (const PageQueue* queue : {&main_, &small_}) {
    const Page* page = queue->oldest();
    if (page == nullptr) continue;
    std::byte* const begin = arena_.bytes_of(*page);
    for (std::size_t at = 0; at < page->filled;) {
      const Item item(begin + at);
      if (!item.is_dead()) return item.idle_s(now);
      at += item.dead_bytes();
    }
  }
  return 0;
}

// ---- find

void Shard::reclaim(const Index::Place& place, std::uint64_t hash, UnixMs now) {
  ++(place.item.is_expired(now, frame_) ? history_.met_expired : history_.met_flushed);
  count_expired(place.item);
  Page& page = page_of(place.item);
  unlink(place, hash);
  tidy(page);
}

void Shard::tell(Item item, const Lookup& how, UnixMs now, Found& found) const {
  found.answer = Answer::kOk;
  found.flags = item.flags();
  found.cas = item.cas(frame_);
  if (how.want_details) describe(item, now, found);
}

void Shard::describe(Item item, UnixMs now, Found& found) const {
  found.token_sent = item.is(Item::kTokenSent);
  found.stale = item.is(Item::kStale);
  found.fetched = item.is(Item::kFetched);
  found.binary_key = item.is(Item::kBinaryKey);
  found.size = static_cast<std::uint32_t>(item.short_size());
  found.item_bytes = item.bytes();
  found.idle_s = item.idle_s(now);
  found.expires = item.expires(frame_);
  if (item.is_attached()) describe_attached(item, found);
}

void Shard::describe_attached(Item item, Found& found) {
  found.type = type_of(item);
  found.item_bytes += item.attachment()->own_bytes();
  found.size = is_value(item) ? static_cast<std::uint32_t>(content_of(item).size()) : 0;
}

void Shard::pin_value(Item item, Value& value) const {
  if (item.is_attached()) {
    if (!is_value(item)) return;
    auto& extents = static_cast<Extents&>(*item.attachment());
    const bool frozen = extents.freeze_if_often_read();
    value = Value(extents.views(), extents.size(), frozen, extents.pin());
    return;
  }
  Page& page = page_of(item);
  page.pin();
  value.hold(item.short_value(), &page, &Page::unpin);
}

Found Shard::find(const Key& key, const Lookup& how, UnixMs now) {
  Found found;
  const Lock lock(*this, now);
  Index::Place place = live(key, now);
  if (!place.item) {
    if (how.create_expires) create(key, how, now, found);
    return found;
  }
  if (!is_value(place.item) && !how.any_type) {
    found.answer = Answer::kWrongType;
    return found;
  }
  tell(place.item, how, now, found);
  const bool may_win = how.compete || how.recache_below_s;
  const UnixMs expires = may_win ? place.item.expires(frame_) : kNeverExpires;
  if (how.expires) {
    found.answer = touch(place, key, *how.expires, now);
    if (found.answer != Answer::kOk) return found;
  }
  if (how.want_value) pin_value(place.item, found.value);
  const bool looks_after = how.expires && how.recache_looks_after;
  found.won = may_win && wins(place.item, looks_after ? *how.expires : expires, how, now);
  if (!how.leave_no_trace) place.item.access(now, Item::kFetched);
  return found;
}

Answer Shard::touch(Index::Place& place, const Key& key, UnixMs expires, UnixMs now) {
  Terms terms = place.item.terms(frame_);
  terms.expires = expires;
  if (is_misplaced(place.item, terms)) return Answer::kBadExpiry;
  const bool done = set_terms(place, key, terms, place.item.marks(), now);
  return done ? Answer::kOk : Answer::kNoMemory;
}

void Shard::create(const Key& key, const Lookup& how, UnixMs now, Found& found) {
  const Terms terms{.stamp = next_stamp(now),
                    .own_cas = how.create_cas.value_or(0),
                    .expires = *how.create_expires};
  const std::uint32_t fetched = how.leave_no_trace ? 0U : std::uint32_t{Item::kFetched};
  const Linked linked = link_new(key, {}, terms, Item::kTokenSent | fetched, now);
  found.answer = linked.answer;
  if (!linked.item) return;
  const Item item = linked.item;
  tell(item, how, now, found);
  found.expires = kNeverExpires;
  found.token_sent = found.fetched = false;
  if (how.want_value) pin_value(item, found.value);
  found.created = true;
  found.won = true;
}

// ---- items

Item Shard::write(PageQueue& queue, const Key& key, const Content& content, const Terms& terms,
                  std::uint32_t marks, Arena::Lease how, UnixMs now) {
  const bool attached = content.attachment != nullptr;
  const bool is_checked = outlives_process();
  const std::uint32_t form =
      Item::form_of(terms, attached, frame_) | (is_checked ? std::uint32_t{Item::kChecked} : 0U);
  const std::size_t in_log =
      is_checked && attached ? content.extents().list_bytes() : content.bytes.size();
  const std::size_t bytes = Item::bytes_of(form, key.bytes.size(), in_log);
  std::byte* at =
      terms.expires == kSticky ? append_sticky(bytes, content, how) : append(queue, bytes, how);
  if (at == nullptr) return {};
  Item item = Item::create(at, form, key.bytes, in_log, terms, marks, frame_);
  item.set_accessed(now);
  if (attached) {
    item.set_attachment(content.attachment);
    if (is_checked) content.extents().write_list(item.value());
  } else {
    content.bytes.copy(item.value(), content.bytes.size());
  }
  if (is_checked) item.seal();
  note_filled(page_of(item));
  enter(item, now);
  note_expiry(item, now);
  return item;
}

Shard::Linked Shard::link_new(const Key& key, const Content& content, const Terms& terms,
                              std::uint32_t marks, UnixMs now) {
  if (accounts_ != nullptr && !accounts_->admits(key.bytes)) return {.answer = Answer::kBadPrefix};
  // Asked before anything is written, which would have to be buried again at each attempt.
  if (!index_.has_room()) return {};
  const bool is_back = ghost_.has(key.hash);
  Item item =
      write(is_back ? main_ : small_, key, content, terms, marks, Arena::Lease::kWithinLimit, now);
  if (!item) return {};
  if (!index_.insert(handle_of(item), key.hash)) {
    bury(item, Fate::kMoved);
    return {};
  }
  if (item.is_attached()) item.attachment()->gain_item();
  if (is_back) ghost_.remove(key.hash);
  ++history_.stored;
  return {item, Answer::kOk};
}

bool Shard::replace(Index::Place& place, const Key& key, const Content& content, const Terms& terms,
                    std::uint32_t marks, UnixMs now, Arena::Lease how) {
  Item old = place.item;
  Page& page = page_of(old);
  PageQueue& queue = old.is_sticky() ? small_ : queue_of(page);
  Item fresh = write(queue, key, content, terms, marks, how, now);
  if (!fresh) return false;
  fresh.set_uses(std::min(old.uses() + 1, Item::kMostUses));
  index_.replace(place, handle_of(fresh));
  const bool keeps = old.is_attached() && old.attachment() == content.attachment;
  if (content.attachment != nullptr && !keeps) content.attachment->gain_item();
  bury(old, keeps ? Fate::kMoved : Fate::kGone);
  tidy(page);
  place.item = fresh;
  return true;
}

bool Shard::set_terms(Index::Place& place, const Key& key, const Terms& terms, std::uint32_t marks,
                      UnixMs now) {
  Item item = place.item;
  if (set_terms_in_place(item, terms)) {
    item.set_marks(marks);
    note_expiry(item, now);
    return true;
  }
  const std::uint32_t accessed = item.accessed();
  if (!replace(place, key, content_of(item), terms, marks, now)) return false;
  place.item.write_accessed(accessed);
  return true;
}

bool Shard::set_terms_in_place(Item item, const Terms& terms) {
  if (is_misplaced(item, terms)) return false;
  if (!outlives_process()) return item.set_terms(terms, frame_);
  Terms with_expiry = item.terms(frame_);
  with_expiry.expires = terms.expires;
  return with_expiry == terms && item.set_expires(terms.expires, frame_);
}

void Shard::shrink(Item item, std::size_t value_size) {
  const std::size_t before = item.bytes();
  item.set_short_size(value_size);
  const std::size_t rest = before - item.bytes();
  if (rest == 0) return;
  Item::bury(item.at() + item.bytes(), rest);
  Page& page = page_of(item);
  page.add_dead(rest);
  queue_of(page).remove_bytes(rest);
  log_bytes_ -= rest;
  if (accounts_ != nullptr) accounts_->shrink(item.key(), rest);
  if (item.is_sticky()) ledger_.remove_sticky(rest);
}

// Whatever is attached to an item is worth a walk of its page, however little of that the item is.
void Shard::note_expiry(Item item, UnixMs now) {
  const UnixMs expires = item.expires(frame_);
  if (!is_mortal(expires)) return;
  page_of(item).expiry.add(expires, item.is_attached() ? kPageBytes : item.bytes(), now);
}

void Shard::unlink(const Index::Place& place, std::uint64_t hash) {
  index_.erase(place, hash);
  bury(place.item, Fate::kGone);
}

void Shard::unlink(Item item, std::size_t lines) {
  const std::uint64_t hash = index_.hash_of(item.key());
  index_.erase(index_.place_of(handle_of(item), hash), hash, lines);
  bury(item, Fate::kGone);
}

// Of the sticky bytes, append_sticky has taken them.
void Shard::enter(Item item, UnixMs now) {
  queue_of(page_of(item)).add_bytes(weight_of(item));
  log_bytes_ += item.bytes();
  sticky_items_ += item.is_sticky() ? 1 : 0;
  if (accounts_ != nullptr) accounts_->enter(item.key(), type_of(item), weight_of(item), now);
}

void Shard::leave(Item item) {
  queue_of(page_of(item)).remove_bytes(weight_of(item));
  log_bytes_ -= item.bytes();
  if (accounts_ != nullptr) accounts_->leave(item.key(), type_of(item), weight_of(item));
  if (!item.is_sticky()) return;
  --sticky_items_;
  ledger_.remove_sticky(weight_of(item));
}

void Shard::bury(Item item, Fate fate) {
  Page& page = page_of(item);
  const std::size_t bytes = item.bytes();
  leave(item);
  if (item.is_attached() && fate == Fate::kGone) gone_ = item.attachment()->lose_item(gone_);
  Item::bury(item.at(), bytes);
  page.add_dead(bytes);
}

// ---- pages

std::byte* Shard::append(PageQueue& queue, std::size_t bytes, Arena::Lease how) {
  Page* page = queue.newest();
  if (page == nullptr || page->room() < bytes) page = open_page(queue, how);
  if (page == nullptr) page = queue.target();
  if (page == nullptr || page->room() < bytes) return nullptr;
  return append_to(*page, bytes);
}

// Null also where there would be too many sticky bytes, which no eviction helps against.
std::byte* Shard::append_sticky(std::size_t bytes, const Content& content, Arena::Lease how) {
  const bool is_long =
      content.attachment != nullptr && content.attachment->type() == ItemType::kValue;
  const std::size_t weight = bytes + (is_long ? content.attachment->own_bytes() : 0);
  if (!ledger_.take_sticky(weight)) return nullptr;
  std::byte* at = append(sticky_, bytes, how);
  if (at == nullptr) ledger_.remove_sticky(weight);
  return at;
}

Page* Shard::lease(PageQueue& queue, Arena::Lease how, const Page* beside) {
  if (slots_.is_full()) return nullptr;
  Page* page = arena_.lease(queue.use(), how);
  if (page == nullptr) return nullptr;
  slots_.add(*page, arena_.bytes_of(*page));
  page->era = era_;
  note_leased(queue, *page, beside);
  return page;
}

Page* Shard::open_page(PageQueue& queue, Arena::Lease how) {
  Page* page = lease(queue, how, nullptr);
  if (page == nullptr) return nullptr;
  Page* closed = queue.newest();
  queue.add_newest(*page);
  if (closed != nullptr) tidy(*closed);
  return page;
}

void Shard::tidy(Page& page) {
  if (page.live() != 0) return;
  if (!queue_of(page).is_appended_to(page)) return release(page);
  if (page.is_pinned()) return;
  page.begin_anew();
  note_filled(page);
}

void Shard::release(Page& page) {
  note_released(page);
  queue_of(page).remove(page);
  slots_.remove(page);
  arena_.retire(page);
}

}  // namespace larder::store

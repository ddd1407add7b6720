// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>

#include "base/decimal.h"
#include "base/limits.h"
#include "store/counter.h"
#include "store/item_limit.h"
#include "store/shard.h"

// Put, remove and count of a shard.
namespace larder::store {
namespace {

bool is_join(PutMode mode) { return mode == PutMode::kAppend || mode == PutMode::kPrepend; }

bool is_other(const std::optional<Cas>& expected, Cas cas) { return expected && *expected != cas; }

// What a put over nothing comes to; kOk: store it.
Answer may_store_new(const Put& how) {
  switch (how.mode) {
    case PutMode::kSet: return how.expected ? Answer::kMiss : Answer::kOk;
    case PutMode::kAdd: return Answer::kOk;
    case PutMode::kReplace: return how.expected ? Answer::kMiss : Answer::kNotStored;
    case PutMode::kAppend:
    case PutMode::kPrepend: return how.create_expires ? Answer::kOk : Answer::kNotStored;
  }
  return Answer::kNotStored;
}

// What a put over an item of that number comes to; kOk: store it.
Answer may_store_over(Cas cas, const Put& how) {
  if (how.mode == PutMode::kAdd) return Answer::kNotStored;
  if (!is_other(how.expected, cas)) return Answer::kOk;
  const bool late_winner = how.keep_stale && !is_join(how.mode) && *how.expected < cas;
  return late_winner ? Answer::kOk : Answer::kExists;
}

std::uint32_t key_mark(bool binary_key) {
  return binary_key ? std::uint32_t{Item::kBinaryKey} : 0U;
}

// One reference to a value on its way into an item, which takes one of its own.
class FreshExtents {
 public:
  explicit FreshExtents(Extents* extents) : extents_(extents) {}
  FreshExtents(const FreshExtents&) = delete;
  FreshExtents& operator=(const FreshExtents&) = delete;
  ~FreshExtents() {
    if (extents_ != nullptr) Extents::drop(extents_);
  }
  Extents* get() const { return extents_; }

 private:
  Extents* extents_;
};

// A number as a value of at least `width` bytes: what is left behind the digits is spaces.
class Digits {
 public:
  Digits(std::uint64_t number, std::size_t width) {
    const auto digits =
        static_cast<std::size_t>(base::write_decimal(text_.data(), number) - text_.data());
    size_ = std::max(digits, width);
    std::memset(text_.data() + digits, ' ', size_ - digits);
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, limits::kMaxContiguousBytes + base::kMaxDecimalBytes> text_;
  std::size_t size_;
};

}  // namespace

// ---- put

Stored Shard::put(const Key& key, const Content& content, const Put& how, UnixMs now) {
  const Lock lock(*this, now);
  Index::Place place = live(key, now);
  if (!place.item) return store_new(key, content, how, now);
  if (!is_value(place.item)) return {Answer::kWrongType};
  const Answer answer = may_store_over(place.item.cas(frame_), how);
  if (answer == Answer::kNotStored) place.item.access(now);
  if (answer != Answer::kOk) return {answer};
  if (is_join(how.mode)) return join(place, key, content, how, now);
  return store_over(place, key, content, how, now);
}

Stored Shard::store_new(const Key& key, const Content& content, const Put& how, UnixMs now) {
  const Answer answer = may_store_new(how);
  if (answer != Answer::kOk) return {answer};
  const Terms terms{.stamp = next_stamp(now),
                    .own_cas = how.cas.value_or(0),
                    .expires = is_join(how.mode) ? *how.create_expires : how.expires,
                    .flags = how.flags};
  const Linked linked = link_new(key, content, terms, key_mark(how.binary_key), now);
  if (!linked.item) return {linked.answer};
  return {Answer::kOk, linked.item.cas(frame_), content.size()};
}

Stored Shard::store_over(Index::Place& place, const Key& key, const Content& content,
                         const Put& how, UnixMs now) {
  Item old = place.item;
  const bool late_winner = is_other(how.expected, old.cas(frame_));
  const Terms terms{.stamp = next_stamp(now),
                    .own_cas = how.cas.value_or(0),
                    .expires = late_winner ? old.expires(frame_) : how.expires,
                    .flags = how.flags};
  std::uint32_t marks = key_mark(how.binary_key);
  if (late_winner) marks |= Item::kStale | (old.marks() & Item::kTokenSent);
  if (!write_over(old, content, terms, marks, now) &&
      !replace(place, key, content, terms, marks, now)) {
    return {Answer::kNoMemory};
  }
  ++history_.stored;
  return {Answer::kOk, place.item.cas(frame_), content.size()};
}

// In place, when nobody reads it and it has the same shape: nothing dies, nothing moves. Not in a
// file, where a kill would leave a mixture.
bool Shard::write_over(Item old, const Content& content, const Terms& terms, std::uint32_t marks,
                       UnixMs now) {
  if (outlives_process() || is_misplaced(old, terms)) return false;
  if (content.attachment != nullptr || old.form() != Item::form_of(terms, false, frame_))
    return false;
  if (!fits_in_place(old, content.bytes.size())) return false;
  LARDER_CHECK(old.set_terms(terms, frame_));
  content.bytes.copy(old.value(), content.bytes.size());
  shrink(old, content.bytes.size());
  old.set_marks(marks);
  old.access(now);
  note_expiry(old, now);
  return true;
}

bool Shard::fits_in_place(Item item, std::size_t value_size) const {
  if (item.is_attached() || value_size > item.short_size() || page_of(item).is_pinned())
    return false;
  const std::size_t rest = item.short_size() - value_size;
  return rest == 0 || rest >= Item::kLeastDeadBytes;
}

Stored Shard::join(Index::Place& place, const Key& key, const Content& part, const Put& how,
                   UnixMs now) {
  const bool appends = how.mode == PutMode::kAppend;
  const Content old = content_of(place.item);
  const std::size_t size = old.size() + part.size();
  if (!fits_item_limit(key.bytes.size(), size, place.item.flags(), item_limit_)) {
    return {Answer::kNotStored};
  }
  const Content& first = appends ? old : part;
  const Content& second = appends ? part : old;
  if (size <= limits::kMaxContiguousBytes) {
    std::array<char, limits::kMaxContiguousBytes> joined;
    first.bytes.copy(joined.data(), first.bytes.size());
    second.bytes.copy(joined.data() + first.bytes.size(), second.bytes.size());
    return replace_joined(place, key, {.bytes = {joined.data(), size}}, how, now);
  }
  FreshExtents joined(Extents::create(extents_, Extents::Purpose::kValue));
  if (joined.get() == nullptr || !joined.get()->grow_to(size)) return {Answer::kNoMemory};
  std::size_t at = 0;
  for (const Content* content : {&first, &second}) {
    for_each_span(*content, [&](std::string_view span) {
      joined.get()->write(at, span);
      at += span.size();
    });
  }
  if (outlives_process()) joined.get()->seal();
  return replace_joined(place, key, {.attachment = joined.get()}, how, now);
}

Stored Shard::replace_joined(Index::Place& place, const Key& key, const Content& joined,
                             const Put& how, UnixMs now) {
  Terms terms = place.item.terms(frame_);
  terms.stamp = next_stamp(now);
  terms.own_cas = how.cas.value_or(0);
  const std::uint32_t marks = place.item.marks() & Item::kBinaryKey;
  if (!replace(place, key, joined, terms, marks, now)) return {Answer::kNoMemory};
  ++history_.stored;
  return {Answer::kOk, place.item.cas(frame_), joined.size()};
}

// ---- remove

Answer Shard::remove(const Key& key, const Remove& how, UnixMs now, Arena::Lease lease) {
  const Lock lock(*this, now);
  Index::Place place = live(key, now);
  if (!place.item) return Answer::kMiss;
  if (is_other(how.expected, place.item.cas(frame_))) return Answer::kExists;
  // A collection has no value that could be marked or dropped.
  if ((!how.invalidate && !how.drop_value) || !is_value(place.item)) {
    Page& page = page_of(place.item);
    unlink(place, key.hash);
    tidy(page);
    return Answer::kOk;
  }
  Terms terms = place.item.terms(frame_);
  terms.stamp = next_stamp(now);
  // A number that the client chose stays until the client, or an invalidation, changes it.
  if (how.cas || how.invalidate) terms.own_cas = how.cas.value_or(0);
  if (how.drop_value) {
    terms.flags = 0;
    terms.expires = kNeverExpires;
  }
  if (how.expires) terms.expires = *how.expires;
  std::uint32_t marks = place.item.marks();
  if (how.drop_value) marks &= Item::kBinaryKey;
  if (how.invalidate) marks = (marks | Item::kStale) & ~std::uint32_t{Item::kTokenSent};
  const bool done = how.drop_value ? drop_value(place, key, terms, marks, lease, now)
                                   : set_terms(place, key, terms, marks, now);
  return done ? Answer::kOk : Answer::kNoMemory;
}

bool Shard::drop_value(Index::Place& place, const Key& key, const Terms& terms, std::uint32_t marks,
                       Arena::Lease lease, UnixMs now) {
  if (write_over(place.item, {}, terms, marks, now)) return true;
  return replace(place, key, {}, terms, marks, now, lease);
}

// ---- count

Counted Shard::count(const Key& key, const Count& how, UnixMs now) {
  const Lock lock(*this, now);
  Index::Place place = live(key, now);
  if (!place.item) return create_counter(key, how, now);
  if (!is_value(place.item)) return {.answer = Answer::kWrongType};
  Terms terms = place.item.terms(frame_);
  Counted counted{.answer = Answer::kExists, .expires = terms.expires};
  if (is_other(how.expected, place.item.cas(frame_))) return counted;
  counted.answer = Answer::kNotNumeric;
  if (place.item.is_attached()) return counted;
  const std::string_view value = place.item.short_value();
  const bool is_zero = how.empty_is_zero && value.empty();
  const std::optional<std::uint64_t> number = is_zero ? 0 : counter_number(value);
  if (!number) return counted;
  terms.stamp = next_stamp(now);
  terms.own_cas = how.cas.value_or(0);
  if (how.expires) terms.expires = *how.expires;
  counted.number = store::counted(*number, how.delta, how.down);
  counted.answer = Answer::kNoMemory;
  const Digits digits(counted.number, how.keeps_width ? value.size() : 0);
  if (!write_number(place, digits.text(), key, terms, now)) return counted;
  counted.answer = Answer::kOk;
  counted.cas = place.item.cas(frame_);
  return counted;
}

bool Shard::write_number(Index::Place& place, std::string_view digits, const Key& key,
                         const Terms& terms, UnixMs now) {
  Item item = place.item;
  const bool in_place = digits.size() == item.short_size() && !outlives_process() &&
                        !page_of(item).is_pinned() && !is_misplaced(item, terms);
  if (in_place && item.set_terms(terms, frame_)) {
    std::memcpy(item.value(), digits.data(), digits.size());
    item.access(now);
    note_expiry(item, now);
    return true;
  }
  return replace(place, key, {.bytes = digits}, terms, item.marks(), now);
}

Counted Shard::create_counter(const Key& key, const Count& how, UnixMs now) {
  if (!how.create_expires) return {.answer = Answer::kMiss};
  const Digits digits(how.initial, 0);
  const Terms terms{.stamp = next_stamp(now),
                    .own_cas = how.cas.value_or(0),
                    .expires = *how.create_expires,
                    .flags = how.create_flags};
  const Linked linked =
      link_new(key, {.bytes = digits.text()}, terms, key_mark(how.binary_key), now);
  if (!linked.item) return {.answer = linked.answer};
  return {.created = true, .number = how.initial, .cas = linked.item.cas(frame_)};
}

}  // namespace larder::store

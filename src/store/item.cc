// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/item.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"
#include "base/limits.h"

namespace larder::store {
namespace {

constexpr std::uint32_t kFirstViews = 2;

std::size_t next_size(const Extents& extents, std::size_t missing) {
  return std::min(missing,
                  extents.count == 0 ? limits::kFirstExtentBytes : limits::kMaxExtentBytes);
}

std::size_t views_bytes(std::uint32_t capacity) {
  return capacity == 0 ? 0 : heap_bytes(capacity * sizeof(std::string_view));
}

bool grow_views(Extents& extents, Ledger& ledger) {
  const std::uint32_t capacity = extents.capacity == 0 ? kFirstViews : 2 * extents.capacity;
  const std::size_t more = views_bytes(capacity) - views_bytes(extents.capacity);
  if (!ledger.try_add(more)) return false;
  void* grown = std::realloc(extents.views, capacity * sizeof(std::string_view));
  if (grown == nullptr) {
    ledger.remove(more);
    return false;
  }
  extents.views = static_cast<std::string_view*>(grown);
  extents.bytes += more;
  extents.capacity = capacity;
  return true;
}

void free_extents(Extents& extents) {
  for (std::uint32_t i = 0; i < extents.count; ++i) {
    std::free(const_cast<char*>(extents.views[i].data()));
  }
  std::free(extents.views);
}

}  // namespace

Item* Item::create(std::string_view key, std::size_t value_size, bool cas_slot) {
  LARDER_CHECK(key.size() <= UINT8_MAX && value_size <= UINT32_MAX);
  const bool in_extents = value_size > limits::kMaxContiguousBytes;
  const std::size_t front =
      (cas_slot || in_extents ? sizeof(Cas) : 0U) + (in_extents ? sizeof(Extents) : 0U);
  const std::size_t back = key.size() + (in_extents ? 0 : value_size);
  // All of what malloc gives, so that every value of the same cost fits in (see take_over).
  void* block = std::malloc(heap_room(sizeof(Item) + front + back));
  if (block == nullptr) return nullptr;
  Item* item = new (block) Item;
  if (cas_slot || in_extents) item->set(kCasSlot);
  if (in_extents) {
    item->set(kInExtents);
    new (item->body_behind_cas()) Extents;
  }
  item->key_size = static_cast<std::uint8_t>(key.size());
  item->value_size = static_cast<std::uint32_t>(value_size);
  std::memcpy(const_cast<char*>(item->body()) + front, key.data(), key.size());
  return item;
}

void Item::set_cas(Stamp new_stamp, std::optional<Cas> own) {
  stamp = new_stamp;
  clear(kOwnCas);
  if (own.value_or(0) == 0) return;
  LARDER_CHECK(is(kCasSlot));
  set(kOwnCas);
  *cas_slot() = *own;
}

std::size_t Item::block_bytes() const {
  return sizeof(Item) + key_offset() + key_size + (is(kInExtents) ? 0 : value_size);
}

std::size_t Item::bytes() const {
  return heap_bytes(block_bytes()) + (is(kInExtents) ? long_value().bytes : 0);
}

Value Item::pinned_value() {
  refs.fetch_add(1, std::memory_order_relaxed);
  base::Pin pin(this, &Item::release);
  if (is(kInExtents)) return Value(extents(), value_size, std::move(pin));
  return Value(std::string_view(value(), value_size), std::move(pin));
}

void Item::release(void* subject) noexcept {
  Item* item = static_cast<Item*>(subject);
  // The only holder of what is linked nowhere needs no atomic subtraction to know it.
  if (!item->is_unshared() && item->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (item->ledger != nullptr) item->ledger->remove(item->bytes());
  if (item->is(kInExtents)) free_extents(item->long_value());
  item->~Item();
  std::free(item);
}

ItemRef make_item(Ledger& ledger, std::string_view key, std::size_t value_size, bool cas_slot,
                  Admission admission) {
  ItemRef item(Item::create(key, value_size, cas_slot));
  if (!item) return {};
  if (admission == Admission::kForce) {
    ledger.add(item->bytes());
  } else if (!ledger.try_add(item->bytes())) {
    return {};
  }
  item->ledger = &ledger;
  return item;
}

bool add_extent(Item& item, std::size_t missing) {
  Extents& extents = item.long_value();
  if (extents.count == extents.capacity && !grow_views(extents, *item.ledger)) return false;
  const std::size_t size = next_size(extents, missing);
  if (!item.ledger->try_add(heap_bytes(size))) return false;
  auto* block = static_cast<char*>(std::malloc(size));
  if (block == nullptr) {
    item.ledger->remove(heap_bytes(size));
    return false;
  }
  extents.views[extents.count++] = std::string_view(block, size);
  extents.held += size;
  extents.bytes += heap_bytes(size);
  return true;
}

ItemRef make_whole_item(Ledger& ledger, std::string_view key, std::size_t value_size,
                        bool cas_slot) {
  ItemRef item = make_item(ledger, key, value_size, cas_slot);
  if (!item || !item->is(Item::kInExtents)) return item;
  for (std::size_t held = 0; held < value_size; held = item->long_value().held) {
    if (!add_extent(*item, value_size - held)) return {};
  }
  return item;
}

void ValueWriter::write(std::string_view bytes) {
  if (!item_.is(Item::kInExtents)) {
    if (!bytes.empty()) std::memcpy(item_.value() + offset_, bytes.data(), bytes.size());
    offset_ += bytes.size();
    return;
  }
  while (!bytes.empty()) {
    const std::string_view extent = item_.extents()[extent_];
    const std::size_t part = std::min(bytes.size(), extent.size() - offset_);
    std::memcpy(const_cast<char*>(extent.data()) + offset_, bytes.data(), part);
    bytes.remove_prefix(part);
    offset_ += part;
    if (offset_ < extent.size()) continue;
    offset_ = 0;
    ++extent_;
  }
}

void ValueWriter::write_value_of(const Item& other) {
  for_each_span(other, [this](std::string_view bytes) { write(bytes); });
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/collection.h"

#include <new>

#include "store/prefix_account.h"

namespace larder::store::collection {
namespace {

constexpr Type collection_type(ItemType type) {
  return static_cast<Type>(static_cast<std::uint8_t>(type) - 1);
}

}  // namespace

Collection* Collection::create(Room& room, const NewCollection& what) {
  void* block = room.pool.take(sizeof(Collection));
  if (block == nullptr) return nullptr;
  auto* collection = new (block) Collection(room, what);
  collection->settle();
  return collection;
}

Collection::Collection(Room& room, const NewCollection& what)
    : Attachment(item_type(what.type)),
      sticky_(what.expires == kSticky),
      room_(room),
      content_(std::in_place_type<List>, room.pool, what.attributes) {
  switch (what.type) {
    case Type::kList: break;
    case Type::kSet: content_.emplace<Set>(room.pool, what.attributes); break;
    case Type::kMap: content_.emplace<Map>(room.pool, what.attributes); break;
    case Type::kBTree: content_.emplace<BTree>(room.pool, what.attributes); break;
  }
}

void Collection::destroy(Collection* collection) noexcept {
  collection->tell(0);
  if (collection->account_ != nullptr) collection->account_->lose_collection();
  BlockPool& pool = collection->room_.pool;
  collection->~Collection();
  pool.give_back(collection);
}

void Collection::join(PrefixAccount& account) noexcept {
  account_ = &account;
  account.gain_collection();
  account.add_bytes(type(), bytes());
}

Type Collection::kind() const { return collection_type(type()); }

const Tree& Collection::tree() const {
  return std::visit([](const auto& content) -> const Tree& { return content.tree(); }, content_);
}

Attributes& Collection::attributes() {
  return std::visit([](auto& content) -> Attributes& { return content.attributes(); }, content_);
}

const Attributes& Collection::attributes() const {
  return const_cast<Collection&>(*this).attributes();
}

void Collection::settle() noexcept {
  constexpr std::size_t kOwn = sizeof(Collection);
  static_assert(kOwn % kUnit == 0);
  tell(static_cast<std::uint32_t>((kOwn + tree().bytes()) / kUnit));
}

// Modulo 2^64, as all of these sums are.
void Collection::tell(std::uint32_t units) noexcept {
  const std::uint32_t before = units_.load(std::memory_order_relaxed);
  if (units == before) return;
  units_.store(units, std::memory_order_relaxed);
  const std::size_t more = std::size_t{units} * kUnit - std::size_t{before} * kUnit;
  room_.ledger.add_collections(more);
  sticky_ ? room_.ledger.add_sticky(more)
          : void(room_.bytes.fetch_add(more, std::memory_order_relaxed));
  if (account_ != nullptr) account_->add_bytes(type(), more);
}

}  // namespace larder::store::collection

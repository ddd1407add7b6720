// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "base/mutex.h"
#include "store/attachment.h"
#include "store/collection/btree.h"
#include "store/collection/list.h"
#include "store/collection/map.h"
#include "store/collection/set.h"
#include "store/collection/terms.h"
#include "store/ledger.h"

namespace larder::store {

class PrefixAccount;

namespace collection {

// What the collections of a shard have in common.
struct Room {
  BlockPool& pool;
  Ledger& ledger;
  std::atomic<std::size_t> bytes{0};  // of those that may be evicted
};

// The elements of an item, and the lock that they are worked on under.
//
//   made ── worked on by its maker alone ── linked ─► held by any number, one Turn at a time
//     │                                                 │
//     └─ never linked: gone                             └─ unlinked ── the last lets go ─► gone
//
//   closed    dropped, for it was empty: whoever has it still must look for the key again
//   locks     its own first, then a shard's: nobody who is in a shard waits for a collection
//   memory    a block of its own, and the tree's; on the accounts (shard, ledger, prefix, sticky)
//             from its creation (of a prefix: from its link) until it is gone
class Collection final : public Attachment {
 public:
  using Content = std::variant<List, Set, Map, BTree>;  // in the order of Type

  // Empty, with one reference. Null: no memory.
  static Collection* create(Room& room, const NewCollection& what);

  Type kind() const;
  bool is_sticky() const { return sticky_; }
  std::size_t bytes() const { return std::size_t{units_.load(std::memory_order_relaxed)} * kUnit; }
  // Of one that has just been linked, and not been found yet: it is on that account, too.
  void join(PrefixAccount& account) noexcept;

  // ---- in a Turn, or while it is nobody else's
  Content& content() { return content_; }
  const Content& content() const { return content_; }
  template <class Kind>
  Kind& as() {
    return std::get<Kind>(content_);
  }
  const Tree& tree() const;
  Attributes& attributes();
  const Attributes& attributes() const;
  bool is_closed() const { return closed_; }
  void close() { closed_ = true; }
  // Tells the accounts what has changed of its size.
  void settle() noexcept;

 private:
  friend class larder::store::Attachment;
  static constexpr std::size_t kUnit = 16;  // blocks are multiples of it

  Collection(Room& room, const NewCollection& what);
  ~Collection() = default;
  static void destroy(Collection* collection) noexcept;
  void tell(std::uint32_t units) noexcept;

  friend class Turn;
  bool closed_ = false;
  bool sticky_;
  base::Mutex mutex_;
  std::atomic<std::uint32_t> units_{0};  // that the accounts know
  Room& room_;
  PrefixAccount* account_ = nullptr;
  Content content_;
};
static_assert(sizeof(Collection) <= 96, "with item and index an empty one takes 128 bytes at most");

// Its lock, for the length of one operation.
class Turn {
 public:
  explicit Turn(Collection& collection) : collection_(collection) { collection_.mutex_.lock(); }
  ~Turn() {
    collection_.settle();
    collection_.mutex_.unlock();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Collection& collection_;
};

// One that was found, with what its item says; it stays for as long as this, whatever becomes of
// the item.
struct Held {
  Answer answer = Answer::kMiss;  // kOk, kMiss, kWrongType: a value
  std::uint32_t flags = 0;
  Cas cas = 0;
  Collection* collection = nullptr;
  base::Pin pin = {};
};

template <class Kind>
constexpr Type kTypeOf = Type::kList;
template <>
inline constexpr Type kTypeOf<Set> = Type::kSet;
template <>
inline constexpr Type kTypeOf<Map> = Type::kMap;
template <>
inline constexpr Type kTypeOf<BTree> = Type::kBTree;

}  // namespace collection
}  // namespace larder::store

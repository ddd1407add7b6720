// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "store/ledger.h"
#include "store/mapped_array.h"
#include "store/operation.h"
#include "store/prefix.h"

namespace larder::store {

// What the items of one prefix in one shard come to. Changed under the shard's lock, but for the
// bytes of its collections, which tell them themselves.
class PrefixAccount {
 public:
  std::string_view name() const { return {reinterpret_cast<const char*>(this + 1), name_size_}; }

  void add_bytes(ItemType type, std::size_t bytes) noexcept {  // modulo 2^64
    bytes_[number(type)].fetch_add(bytes, std::memory_order_relaxed);
  }
  // A flush has hidden all its items, and none has come since.
  bool is_ended() const { return ended_; }
  // While there is one, the account stays.
  void gain_collection() noexcept { collections_.fetch_add(1, std::memory_order_relaxed); }
  void lose_collection() noexcept { collections_.fetch_sub(1, std::memory_order_release); }

 private:
  friend class PrefixAccounts;
  static constexpr UnixMs kNotKept = 0;
  static std::size_t number(ItemType type) { return static_cast<std::size_t>(type); }

  PrefixAccount(std::uint64_t hash, std::string_view name, UnixMs now);
  bool has_items() const;
  bool is_free() const {
    return !has_items() && kept_until_ == kNotKept &&
           collections_.load(std::memory_order_acquire) == 0;
  }
  std::size_t heap() const { return heap_bytes(sizeof(PrefixAccount) + name_size_); }

  PrefixAccount* next_ = nullptr;  // of its bucket
  std::uint64_t hash_;
  UnixMs created_;
  UnixMs kept_until_ = kNotKept;
  std::array<std::atomic<std::uint64_t>, kItemTypes> bytes_{};
  std::array<std::uint32_t, kItemTypes> items_{};
  std::atomic<std::uint32_t> collections_{0};
  std::uint32_t name_size_;  // the name is behind all this
  bool ended_ = false;
};

// The prefixes of one shard that have items, or had some when they were flushed a moment ago.
//
//   key ─► prefix ─ hash ─► bucket ─► account ─► account …      as many buckets as accounts: with
//                                                               one that comes one is split, with
//                                                               one that goes two are joined
//
// Used under the shard's lock.
class PrefixAccounts {
 public:
  PrefixAccounts(Ledger& ledger, std::uint64_t seed, char delimiter);
  ~PrefixAccounts();
  PrefixAccounts(const PrefixAccounts&) = delete;
  PrefixAccounts& operator=(const PrefixAccounts&) = delete;

  // Whether the prefix of that key may have items.
  bool admits(std::string_view key) const { return is_prefix_name(prefix_of(key, delimiter_)); }
  // An item comes, with what it is accounted for but for a collection, and goes.
  void enter(std::string_view key, ItemType type, std::size_t bytes, UnixMs now);
  void leave(std::string_view key, ItemType type, std::size_t bytes);
  void shrink(std::string_view key, std::size_t bytes);  // of a value

  PrefixAccount& of(std::string_view key) const;  // of an item's
  // False: it has no items. What is flushed is known a little longer, as if they were still there.
  bool is_known(std::string_view prefix, UnixMs now) const;
  void keep(std::string_view prefix, UnixMs until);
  // A flush hides all that it has: it is not told any more, until an item comes.
  void end(std::string_view prefix);
  using Add = std::function<void(const PrefixUsage&)>;
  void add_to(const Add& add) const;
  // Forgets those that are empty. A bounded step; true: there may be more.
  bool tend(UnixMs now);

 private:
  struct Bucket {
    PrefixAccount* first;
  };

  PrefixAccount** find(std::string_view prefix) const;
  PrefixAccount** find(std::string_view prefix, std::uint64_t hash) const;
  std::size_t bucket_of(std::uint64_t hash) const;
  PrefixAccount& add(std::string_view prefix, std::uint64_t hash, UnixMs now);
  void free(PrefixAccount** link);
  void fit();
  void split();
  void join();

  Ledger& ledger_;
  std::uint64_t seed_;
  char delimiter_;
  MappedArray<Bucket> buckets_;
  std::size_t size_ = 1;    // buckets
  std::size_t count_ = 0;   // accounts
  std::size_t empty_ = 0;   // of them: without items
  std::size_t tended_ = 0;  // the bucket where tend goes on
  std::size_t accounted_ = 0;
};

}  // namespace larder::store

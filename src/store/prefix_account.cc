// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/prefix_account.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "base/limits.h"

namespace larder::store {
namespace {

constexpr std::size_t kMostBuckets = std::size_t{1} << 20;  // of a shard; then chains become longer
constexpr std::size_t kSystemPage = 4 * limits::KiB;

}  // namespace

// ---- one of them

PrefixAccount::PrefixAccount(std::uint64_t hash, std::string_view name, UnixMs now)
    : hash_(hash), created_(now), name_size_(static_cast<std::uint32_t>(name.size())) {
  name.copy(reinterpret_cast<char*>(this + 1), name.size());
}

bool PrefixAccount::has_items() const {
  return std::ranges::any_of(items_, [](std::uint32_t items) { return items != 0; });
}

// ---- all of a shard

PrefixAccounts::PrefixAccounts(Ledger& ledger, std::uint64_t seed, char delimiter)
    : ledger_(ledger), seed_(seed), delimiter_(delimiter), buckets_(kMostBuckets) {
  LARDER_CHECK(static_cast<bool>(buckets_));
  fit();
}

PrefixAccounts::~PrefixAccounts() {
  for (std::size_t bucket = 0; bucket < size_; ++bucket) {
    while (buckets_[bucket].first != nullptr) free(&buckets_[bucket].first);
  }
  ledger_.remove_heap(accounted_);
}

// Where it is linked to, or would be.
PrefixAccount** PrefixAccounts::find(std::string_view prefix, std::uint64_t hash) const {
  PrefixAccount** link = &buckets_[bucket_of(hash)].first;
  while (*link != nullptr && ((*link)->hash_ != hash || (*link)->name() != prefix)) {
    link = &(*link)->next_;
  }
  return link;
}

PrefixAccount** PrefixAccounts::find(std::string_view prefix) const {
  return find(prefix, base::keyed_hash(prefix, seed_));
}

void PrefixAccounts::enter(std::string_view key, ItemType type, std::size_t bytes, UnixMs now) {
  const std::string_view prefix = prefix_of(key, delimiter_);
  const std::uint64_t hash = base::keyed_hash(prefix, seed_);
  PrefixAccount* known = *find(prefix, hash);
  PrefixAccount& account = known != nullptr ? *known : add(prefix, hash, now);
  if (!account.has_items()) {
    account.created_ = now;
    --empty_;
  }
  account.ended_ = false;
  ++account.items_[PrefixAccount::number(type)];
  account.add_bytes(type, bytes);
}

void PrefixAccounts::leave(std::string_view key, ItemType type, std::size_t bytes) {
  PrefixAccount** link = find(prefix_of(key, delimiter_));
  LARDER_CHECK(*link != nullptr);
  PrefixAccount& account = **link;
  account.add_bytes(type, std::size_t{0} - bytes);
  --account.items_[PrefixAccount::number(type)];
  if (account.has_items()) return;
  ++empty_;
  if (!account.is_free()) return;
  free(link);
  fit();
}

void PrefixAccounts::shrink(std::string_view key, std::size_t bytes) {
  of(key).add_bytes(ItemType::kValue, std::size_t{0} - bytes);
}

PrefixAccount& PrefixAccounts::of(std::string_view key) const {
  PrefixAccount* account = *find(prefix_of(key, delimiter_));
  LARDER_CHECK(account != nullptr);
  return *account;
}

bool PrefixAccounts::is_known(std::string_view prefix, UnixMs now) const {
  const PrefixAccount* account = *find(prefix);
  return account != nullptr && (account->has_items() || account->kept_until_ > now);
}

void PrefixAccounts::keep(std::string_view prefix, UnixMs until) {
  PrefixAccount* account = *find(prefix);
  if (account != nullptr) account->kept_until_ = until;
}

void PrefixAccounts::end(std::string_view prefix) {
  PrefixAccount* account = *find(prefix);
  if (account != nullptr) account->ended_ = true;
}

void PrefixAccounts::add_to(const Add& add) const {
  for (std::size_t bucket = 0; bucket < size_; ++bucket) {
    for (const PrefixAccount* at = buckets_[bucket].first; at != nullptr; at = at->next_) {
      if (!at->has_items() || at->is_ended()) continue;
      PrefixUsage usage{.name = std::string(at->name()), .created = at->created_};
      for (std::size_t type = 0; type < kItemTypes; ++type) {
        usage.types[type] = {at->items_[type], at->bytes_[type].load(std::memory_order_relaxed)};
      }
      add(usage);
    }
  }
}

bool PrefixAccounts::tend(UnixMs now) {
  if (empty_ == 0) return false;
  for (std::size_t left = limits::kPageLooks; left != 0 && tended_ < size_; --left, ++tended_) {
    for (PrefixAccount** link = &buckets_[tended_].first; *link != nullptr;) {
      PrefixAccount& account = **link;
      if (account.kept_until_ <= now) account.kept_until_ = PrefixAccount::kNotKept;
      account.is_free() ? free(link) : void(link = &account.next_);
    }
  }
  if (tended_ < size_) return true;
  tended_ = 0;
  fit();
  return false;
}

// ---- their memory

PrefixAccount& PrefixAccounts::add(std::string_view prefix, std::uint64_t hash, UnixMs now) {
  void* const memory = ::operator new(sizeof(PrefixAccount) + prefix.size());
  auto* account = new (memory) PrefixAccount(hash, prefix, now);
  ledger_.add_heap(account->heap());
  ++count_;
  ++empty_;
  fit();
  account->next_ = std::exchange(buckets_[bucket_of(hash)].first, account);
  return *account;
}

void PrefixAccounts::free(PrefixAccount** link) {
  PrefixAccount* account = std::exchange(*link, (*link)->next_);
  ledger_.remove_heap(account->heap());
  --count_;
  --empty_;
  std::destroy_at(account);
  ::operator delete(static_cast<void*>(account));
}

// By the low bits; those that have not been split yet by one less.
std::size_t PrefixAccounts::bucket_of(std::uint64_t hash) const {
  const std::size_t whole = std::bit_floor(size_);
  const std::size_t wide = hash & (2 * whole - 1);
  return wide < size_ ? wide : hash & (whole - 1);
}

// As many as there are accounts, by a few steps at a time.
void PrefixAccounts::fit() {
  if (count_ > size_ && size_ < kMostBuckets) split();
  for (int i = 0; i < 2 && size_ > 1 && count_ < size_ / 2; ++i) join();
  const std::size_t bytes = (size_ * sizeof(Bucket) + kSystemPage - 1) / kSystemPage * kSystemPage;
  if (bytes == accounted_) return;
  if (bytes < accounted_) {
    buckets_.release(bytes / sizeof(Bucket), accounted_ / sizeof(Bucket));
  }
  ledger_.add_heap(bytes);
  ledger_.remove_heap(accounted_);
  accounted_ = bytes;
}

void PrefixAccounts::split() {
  const std::size_t from = size_ - std::bit_floor(size_);
  PrefixAccount* all = std::exchange(buckets_[from].first, nullptr);
  ++size_;
  while (all != nullptr) {
    PrefixAccount* const next = all->next_;
    all->next_ = std::exchange(buckets_[bucket_of(all->hash_)].first, all);
    all = next;
  }
}

void PrefixAccounts::join() {
  PrefixAccount* all = std::exchange(buckets_[--size_].first, nullptr);
  PrefixAccount** end = &buckets_[size_ - std::bit_floor(size_)].first;
  while (*end != nullptr) end = &(*end)->next_;
  *end = all;
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/index.h"

#include <sys/mman.h>

#include <bit>
#include <cstring>

#include "base/check.h"

namespace larder::store {
namespace {

using Line = Index::Line;

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
constexpr std::uint64_t kHighs = 0x8080'8080'8080'8080;
constexpr unsigned kPassedShift = 8 * Line::kSlots;
constexpr std::uint64_t kSlotsOnly = (std::uint64_t{1} << kPassedShift) - 1;
constexpr std::uint64_t kPassedTooMany = 255;

// Grow at three quarters; halve below an eighth (a quarter after that).
constexpr std::size_t kFullNumerator = 3;
constexpr std::size_t kFullDenominator = 4;
constexpr std::size_t kSparse = 8;

// The high bit of each slot whose tag is `tag`; above a true one there may be false ones.
std::uint64_t matches(std::uint64_t tags, std::uint8_t tag) {
  const std::uint64_t differs = tags ^ (kOnes * tag);
  return (differs - kOnes) & ~differs & kHighs & kSlotsOnly;
}

unsigned first_of(std::uint64_t highs) {
  return static_cast<unsigned>(std::countr_zero(highs)) / 8;
}

std::uint64_t passed(std::uint64_t tags) { return tags >> kPassedShift; }

void count_passing(Line& line) {
  const std::uint64_t tags = line.tags.load(kRelaxed);
  if (passed(tags) == kPassedTooMany) return;
  line.tags.store(tags + (std::uint64_t{1} << kPassedShift), kRelaxed);
}

void uncount_passing(Line& line) {
  const std::uint64_t tags = line.tags.load(kRelaxed);
  if (passed(tags) == kPassedTooMany) return;
  LARDER_CHECK(passed(tags) != 0);
  line.tags.store(tags - (std::uint64_t{1} << kPassedShift), kRelaxed);
}

void set_slot(Line& line, unsigned slot, Item* item, std::uint8_t tag) {
  const std::uint64_t tags = line.tags.load(kRelaxed);
  const unsigned shift = 8 * slot;
  line.items[slot].store(item, kRelaxed);
  line.tags.store((tags & ~(std::uint64_t{0xff} << shift)) | (std::uint64_t{tag} << shift),
                  kRelaxed);
}

bool put(Line* lines, std::size_t mask, Item& item) {
  std::size_t at = item.hash & mask;
  for (std::size_t tried = 0; tried <= mask; ++tried, at = (at + 1) & mask) {
    const std::uint64_t free = matches(lines[at].tags.load(kRelaxed), 0);
    if (free != 0) {
      set_slot(lines[at], first_of(free), &item, item.tag);
      return true;
    }
    count_passing(lines[at]);
  }
  return false;
}

}  // namespace

Index::Index(Ledger& ledger) : ledger_(ledger) {
  LARDER_CHECK(map(kFirstLog) != nullptr);
  table_ = reinterpret_cast<Table>(mapped_[kFirstLog]) | kFirstLog;
  ledger_.add(bytes_of(kFirstLog));
  ledger_.add_index(bytes_of(kFirstLog));
}

Index::~Index() {
  ledger_.remove_index(bytes_of(log_of(table())));
  ledger_.remove(bytes_of(log_of(table())));
  for (unsigned log = 0; log <= kMaxLog; ++log) {
    if (mapped_[log] != nullptr) munmap(mapped_[log], bytes_of(log));
  }
}

Index::Place Index::find(std::string_view key, std::uint64_t hash) const noexcept {
  Line* lines = lines_of(table());
  const std::size_t mask = (std::size_t{1} << log_of(table())) - 1;
  const std::uint8_t tag = tag_of(hash);
  std::size_t at = static_cast<std::uint32_t>(hash) & mask;
  for (std::size_t tried = 0; tried <= mask; ++tried, at = (at + 1) & mask) {
    const std::uint64_t tags = lines[at].tags.load(kRelaxed);
    for (std::uint64_t left = matches(tags, tag); left != 0; left &= left - 1) {
      const unsigned slot = first_of(left);
      Item* item = lines[at].items[slot].load(kRelaxed);
      if (item != nullptr && item->key() == key) return {item, &lines[at], slot};
    }
    if (passed(tags) == 0) break;
  }
  return {};
}

Index::Place Index::place_of(const Item& item) const noexcept {
  Line* lines = lines_of(table());
  const std::size_t mask = (std::size_t{1} << log_of(table())) - 1;
  std::size_t at = item.hash & mask;
  for (std::size_t tried = 0; tried <= mask; ++tried, at = (at + 1) & mask) {
    for (unsigned slot = 0; slot < Line::kSlots; ++slot) {
      Item* other = lines[at].items[slot].load(kRelaxed);
      if (other == &item) return {other, &lines[at], slot};
    }
  }
  base::abort_on_bug(__FILE__, __LINE__, "a linked item must be in the index");
}

bool Index::insert(Item& item) {
  if (count() >= slots() / kFullDenominator * kFullNumerator) {
    const bool grown = resize(log_of(table()) + 1);
    if (!grown && count() == slots()) return false;
  }
  const std::size_t mask = (std::size_t{1} << log_of(table())) - 1;
  LARDER_CHECK(put(lines_of(table()), mask, item));
  count_.store(count() + 1, kRelaxed);
  return true;
}

void Index::replace(const Place& place, Item& by) noexcept {
  place.line->items[place.slot].store(&by, kRelaxed);
}

void Index::erase(const Place& place) noexcept {
  Line* lines = lines_of(table());
  const std::size_t mask = (std::size_t{1} << log_of(table())) - 1;
  std::size_t at = place.item->hash & mask;
  for (; &lines[at] != place.line; at = (at + 1) & mask) uncount_passing(lines[at]);
  set_slot(*place.line, place.slot, nullptr, 0);
  count_.store(count() - 1, kRelaxed);
}

bool Index::is_sparse() const noexcept {
  return log_of(table()) > kFirstLog && count() < slots() / kSparse;
}

bool Index::halve() { return is_sparse() && resize(log_of(table()) - 1); }

Index::Line* Index::map(unsigned log) {
  if (mapped_[log] != nullptr) return mapped_[log];
  void* pages = mmap(nullptr, bytes_of(log), PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  mapped_[log] = static_cast<Line*>(pages);
  return mapped_[log];
}

// Stops the shard for as long as all its items take to be put again.
bool Index::resize(unsigned log) {
  if (log > kMaxLog || !ledger_.try_add(bytes_of(log))) return false;
  Line* to = map(log);
  if (to == nullptr) {
    ledger_.remove(bytes_of(log));
    return false;
  }
  const Table from = table();
  const std::size_t mask = (std::size_t{1} << log) - 1;
  for (std::size_t at = 0; at < (std::size_t{1} << log_of(from)); ++at) {
    for (std::atomic<Item*>& slot : lines_of(from)[at].items) {
      Item* item = slot.load(kRelaxed);
      if (item != nullptr) LARDER_CHECK(put(to, mask, *item));
    }
  }
  table_.store(reinterpret_cast<Table>(to) | log, std::memory_order_release);
  madvise(lines_of(from), bytes_of(log_of(from)), MADV_DONTNEED);
  ledger_.remove(bytes_of(log_of(from)));
  ledger_.add_index(bytes_of(log));
  ledger_.remove_index(bytes_of(log_of(from)));
  return true;
}

const Index::Line& Index::home_of(std::uint64_t hash) const noexcept {
  const Table table = table_.load(std::memory_order_acquire);
  const std::size_t mask = (std::size_t{1} << log_of(table)) - 1;
  return lines_of(table)[static_cast<std::uint32_t>(hash) & mask];
}

void Index::prefetch_line(std::uint64_t hash) const noexcept { __builtin_prefetch(&home_of(hash)); }

void Index::prefetch_item(std::uint64_t hash) const noexcept {
  const Line& line = home_of(hash);
  const std::uint64_t found = matches(line.tags.load(kRelaxed), tag_of(hash));
  if (found == 0) return;
  constexpr std::uintptr_t kCacheLine = 64;
  const auto item = reinterpret_cast<std::uintptr_t>(line.items[first_of(found)].load(kRelaxed));
  for (std::uintptr_t ahead = 0; ahead < 4 * kCacheLine; ahead += kCacheLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(item + ahead));
  }
}

}  // namespace larder::store

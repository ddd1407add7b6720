// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/arena.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/limits.h"

namespace larder::store {
namespace {

constexpr std::size_t kWordBits = 64;

}  // namespace

// ---- sets of pages

void Arena::Set::add(std::size_t page) {
  const std::size_t word = page / kWordBits;
  if (word >= words_.size()) words_.resize(word + 1);
  words_[word] |= std::uint64_t{1} << (page % kWordBits);
  first_word_ = std::min(first_word_, word);
  ++count_;
}

void Arena::Set::remove(std::size_t page) {
  words_[page / kWordBits] &= ~(std::uint64_t{1} << (page % kWordBits));
  --count_;
}

bool Arena::Set::has(std::size_t page) const {
  const std::size_t word = page / kWordBits;
  return word < words_.size() && (words_[word] >> (page % kWordBits) & 1) != 0;
}

std::size_t Arena::Set::lowest() {
  LARDER_CHECK(count_ != 0);
  while (words_[first_word_] == 0) ++first_word_;
  return first_word_ * kWordBits + static_cast<std::size_t>(std::countr_zero(words_[first_word_]));
}

// ---- the range

// Addresses for many times the limit, so that it can be raised; fewer where the system is strict.
Arena::Arena(Ledger& ledger)
    : ledger_(ledger), range_(reserve(ledger.limit())), pages_(range_.size() / kPageBytes) {
  LARDER_CHECK(range_ && pages_);
}

Arena::Arena(Ledger& ledger, MappedArray<std::byte> range)
    : ledger_(ledger),
      range_(std::move(range)),
      pages_(range_.size() / kPageBytes),
      in_file_(true) {
  LARDER_CHECK(range_ && pages_);
}

MappedArray<std::byte> Arena::reserve(std::size_t limit) {
  constexpr std::size_t kTimes = 4;
  const std::size_t least = limit / kPageBytes + 1;
  std::size_t pages = std::max(least * kTimes, limits::kLeastArenaBytes / kPageBytes);
  MappedArray<std::byte> range(pages * kPageBytes);
  while (!range && (pages /= 2) >= least) range = MappedArray<std::byte>(pages * kPageBytes);
  return range;
}

bool Arena::fits_one_more() const noexcept { return ledger_.has_room(kLeaseBytes); }

bool Arena::take(std::size_t number) {
  if (resident_.has(number)) {
    resident_.remove(number);
    least_resident_ = std::min(least_resident_, resident_.count());
    return true;
  }
  if (returned_.has(number)) {
    if (!populate(number)) return false;
    returned_.remove(number);
    return true;
  }
  if (number != touched_ || touched_ == pages_.size() || !populate(number)) return false;
  new (&pages_[touched_++]) Page;
  return true;
}

bool Arena::populate(std::size_t number) const noexcept {
  return !in_file_ || range_.populate(number * kPageBytes, (number + 1) * kPageBytes);
}

// Not a page without memory while others have some.
bool Arena::take_next(std::size_t number) {
  return (resident_.empty() || resident_.has(number)) && take(number);
}

std::size_t Arena::take_one() {
  std::size_t number = touched_;
  if (!returned_.empty()) number = returned_.lowest();
  if (!resident_.empty()) number = resident_.lowest();
  return take(number) ? number : kNone;
}

Page& Arena::hand_out(std::size_t number, Page::Use use) noexcept {
  Page& page = pages_[number];
  page.arena = this;
  page.use = use;
  page.reset_pins();
  page.begin_anew();
  page.newer = nullptr;
  page.older = nullptr;
  ++leased_;
  ledger_.add(kLeaseBytes);
  return page;
}

Page* Arena::lease(Page::Use use, Lease how) noexcept {
  const std::lock_guard lock(mutex_);
  if (how == Lease::kWithinLimit && !fits_one_more()) return nullptr;
  const std::size_t number = take_one();
  return number == kNone ? nullptr : &hand_out(number, use);
}

std::span<Page> Arena::lease_run(std::size_t most) noexcept {
  const std::lock_guard lock(mutex_);
  if (!fits_one_more()) return {};
  const std::size_t first = take_one();
  if (first == kNone) return {};
  hand_out(first, Page::Use::kValue);
  std::size_t count = 1;
  while (count < most && fits_one_more() && take_next(first + count)) {
    hand_out(first + count++, Page::Use::kValue);
  }
  return {&pages_[first], count};
}

void Arena::give_back(Page& page, Memory memory) noexcept {
  const std::lock_guard lock(mutex_);
  LARDER_CHECK(page.use != Page::Use::kFree);
  page.use = Page::Use::kFree;
  --leased_;
  ledger_.remove(kLeaseBytes);
  const std::size_t number = number_of(page);
  if (memory == Memory::kReplaced) return returned_.add(number);
  resident_.add(number);
  if (surplus() != 0) return_to_system(number);
}

void Arena::replace_memory(std::string_view bytes) noexcept {
  if (bytes.empty()) return;
  const auto from =
      static_cast<std::size_t>(reinterpret_cast<const std::byte*>(bytes.data()) - range_.data());
  LARDER_CHECK(range_.release(from, from + bytes.size()));
}

// Counted before: the last pin may be dropped, and the page given back, by somebody else then.
void Arena::retire(Page& page) noexcept {
  retired_.fetch_add(1, std::memory_order_relaxed);
  if (page.retire()) give_back_retired(page);
}

void Arena::give_back_retired(Page& page) noexcept {
  retired_.fetch_sub(1, std::memory_order_relaxed);
  give_back(page);
}

// Pages that are free and resident, and do not fit beside the account.
std::size_t Arena::surplus() const noexcept {
  if (in_file_) return 0;
  const std::size_t wanted = ledger_.total() + resident_.count() * kPageBytes;
  const std::size_t limit = ledger_.limit();
  const std::size_t over = wanted > limit ? wanted - limit : 0;
  return std::min(resident_.count(), (over + kPageBytes - 1) / kPageBytes);
}

void Arena::return_some(std::size_t count) noexcept {
  for (; count != 0 && !resident_.empty(); --count) return_to_system(resident_.lowest());
}

void Arena::return_to_system(std::size_t number) noexcept {
  range_.release(number * kPageBytes, (number + 1) * kPageBytes);
  resident_.remove(number);
  returned_.add(number);
}

// ---- a file's pages

Page* Arena::adopt(std::size_t number, Page::Use use) noexcept {
  const std::lock_guard lock(mutex_);
  if (number >= pages_.size() || !populate(number)) return nullptr;
  for (; touched_ <= number; ++touched_) new (&pages_[touched_]) Page;
  if (pages_[number].use != Page::Use::kFree) return nullptr;
  return &hand_out(number, use);
}

void Arena::end_adoption() noexcept {
  const std::lock_guard lock(mutex_);
  for (std::size_t number = 0; number < touched_; ++number) {
    const bool is_free = pages_[number].use == Page::Use::kFree;
    if (is_free && !resident_.has(number) && !returned_.has(number)) returned_.add(number);
  }
}

bool Arena::trim(UnixMs now) noexcept {
  if (in_file_) return false;
  const std::lock_guard lock(mutex_);
  constexpr UnixMs kIdleMs = 1000;
  if (now - trimmed_ >= kIdleMs || now < trimmed_) {
    trimmed_ = now;
    idle_ = least_resident_;
    least_resident_ = resident_.count();
  }
  const std::size_t wanted = std::min(std::max(idle_, surplus()), resident_.count());
  const std::size_t pages = std::min(wanted, limits::kTrimmedPages);
  return_some(pages);
  idle_ -= std::min(idle_, pages);
  least_resident_ = std::min(least_resident_, resident_.count());
  return pages != wanted;
}

std::size_t Arena::leased_bytes() const noexcept {
  const std::lock_guard lock(mutex_);
  return leased_ * kLeaseBytes;
}

std::size_t Arena::resident_free_bytes() const noexcept {
  const std::lock_guard lock(mutex_);
  return resident_.count() * kPageBytes;
}

std::size_t Arena::retired_bytes() const noexcept {
  return retired_.load(std::memory_order_relaxed) * kLeaseBytes;
}

}  // namespace larder::store

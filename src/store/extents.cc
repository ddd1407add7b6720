// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/extents.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/process_memory.h"

namespace larder::store {
namespace {

constexpr std::size_t kPiece = ExtentPool::kPiece;
constexpr unsigned kPieces = 64;
constexpr std::uint64_t kAll = ~std::uint64_t{0};

std::uint64_t ones(unsigned count) {
  return count == kPieces ? kAll : (std::uint64_t{1} << count) - 1;
}

// The bits at which `count` set bits in a row begin.
std::uint64_t run_starts(std::uint64_t bits, unsigned count) {
  unsigned have = 1;
  while (have < count && bits != 0) {
    const unsigned step = std::min(have, count - have);
    bits &= bits >> step;
    have += step;
  }
  return bits;
}

std::size_t pieces_of(std::size_t bytes) { return PieceList::pieces_of(bytes); }

// Of a span, what lies in its page `number`: the bits of the pieces there.
std::uint64_t pieces_in(const PieceList::Span& span, std::size_t number) {
  const std::size_t begin = std::max(span.first, number * kPieces);
  const std::size_t end = std::min(span.first + span.pieces, (number + 1) * kPieces);
  return ones(static_cast<unsigned>(end - begin)) << begin % kPieces;
}

}  // namespace

// ---- one value

Extents* Extents::create(ExtentPool& pool, Purpose purpose) noexcept {
  auto* extents = new (std::nothrow) Extents(pool, purpose);
  if (extents == nullptr) return nullptr;
  constexpr std::size_t kHeap = heap_bytes(sizeof(Extents));
  pool.ledger().add_heap(kHeap);
  extents->add_bytes(kHeap);
  return extents;
}

void Extents::add_bytes(std::size_t bytes) noexcept {
  bytes_ += bytes;
  purpose_ == Purpose::kReservation ? pool_.ledger().add_reserved(bytes)
                                    : pool_.ledger().add_values(bytes);
}

void Extents::become(Purpose purpose) noexcept {
  leave_account();
  purpose_ = purpose;
  purpose == Purpose::kValue ? pool_.ledger().add_values(bytes_)
                             : pool_.ledger().add_pinned(bytes_);
}

void Extents::leave_account() noexcept {
  Ledger& ledger = pool_.ledger();
  switch (purpose_) {
    case Purpose::kReservation: return ledger.remove_reserved(bytes());
    case Purpose::kValue: return ledger.remove_values(bytes());
    case Purpose::kPinned: return ledger.remove_pinned(bytes());
  }
}

bool Extents::reserve_view() noexcept {
  if (count_ < capacity_) return true;
  const std::uint32_t capacity = capacity_ == 0 ? 4 : capacity_ * 2;
  auto* views = static_cast<std::string_view*>(
      std::realloc(static_cast<void*>(views_), capacity * sizeof(std::string_view)));
  if (views == nullptr) return false;
  const std::size_t before = capacity_ == 0 ? 0 : heap_bytes(capacity_ * sizeof(std::string_view));
  const std::size_t after = heap_bytes(capacity * sizeof(std::string_view));
  views_ = views;
  capacity_ = capacity;
  pool_.ledger().add_heap(after - before);
  add_bytes(after - before);
  return true;
}

bool Extents::grow(std::size_t missing) noexcept {
  if (is_full() || !reserve_view()) return false;
  const bool must_be_long = pool_.is_in_file() && count_ >= limits::kWarmFewSpans;
  const std::size_t least = must_be_long ? std::min(missing, kPageBytes) : 1;
  const std::span<char> bytes = pool_.take(missing, least);
  if (bytes.empty()) return false;
  add_bytes(pieces_of(bytes.size()) * kPiece);
  add_view({bytes.data(), bytes.size()});
  return true;
}

void Extents::add_view(std::string_view bytes) noexcept {
  size_ += bytes.size();
  std::string_view* last = count_ == 0 ? nullptr : &views_[count_ - 1];
  const bool goes_on = last != nullptr && last->data() + last->size() == bytes.data();
  if (goes_on && last->size() + bytes.size() <= limits::kMaxSpanBytes) {
    *last = {last->data(), last->size() + bytes.size()};
  } else {
    new (&views_[count_++]) std::string_view(bytes.data(), bytes.size());
  }
}

bool Extents::grow_to(std::size_t size) noexcept {
  while (size_ < size) {
    if (!grow(size - size_)) return false;
  }
  return true;
}

void Extents::write(std::size_t offset, std::string_view bytes) {
  if (bytes.empty()) return;
  for (const std::string_view view : views()) {
    if (offset >= view.size()) {
      offset -= view.size();
      continue;
    }
    const std::size_t here = std::min(bytes.size(), view.size() - offset);
    std::memcpy(const_cast<char*>(view.data()) + offset, bytes.data(), here);
    bytes.remove_prefix(here);
    offset = 0;
    if (bytes.empty()) return;
  }
  LARDER_CHECK(bytes.empty());
}

// ---- in a file

bool Extents::is_full() const noexcept {
  return pool_.is_in_file() && count_ == PieceList::kMostSpans;
}

std::uint32_t Extents::sum() const noexcept {
  std::uint64_t sum = 0;
  for (const std::string_view view : views()) {
    // Not by views: those of the next process may be cut elsewhere.
    for (std::size_t at = 0; at < view.size(); at += kPiece) {
      sum = base::keyed_hash(view.substr(at, kPiece), sum);
    }
  }
  return static_cast<std::uint32_t>(sum);
}

void Extents::write_list(char* at) const noexcept {
  PieceList::write_head(at, size_, check_);
  for (std::size_t i = 0; i < count_; ++i) {
    PieceList::write_span(at, i, pool_.span_of(views_[i]));
  }
}

Extents* Extents::restore(ExtentPool& pool, const PieceList& list) noexcept {
  Extents* extents = create(pool, Purpose::kValue);
  if (extents == nullptr) return nullptr;
  if (!extents->claim(list)) {
    drop(extents);
    return nullptr;
  }
  return extents;
}

bool Extents::claim(const PieceList& list) noexcept {
  for (std::size_t i = 0; i < list.spans(); ++i) {
    if (!reserve_view()) return false;
    const std::span<char> bytes = pool_.claim(list.span(i));
    if (bytes.empty()) return false;
    add_bytes(bytes.size());
    add_view({bytes.data(), std::min(bytes.size(), list.size() - size_)});
  }
  check_ = list.check();
  return sum() == check_;
}

// New memory costs as much as some copies, so it is worth that once they have been made. A file's
// page cannot have other memory.
bool Extents::freeze_if_often_read() {
  if (pool_.is_in_file()) return false;
  if (frozen_ || size_ < limits::kFrozenBytes) return frozen_;
  frozen_ = ++reads_ > limits::kReadsToFreeze;
  return frozen_;
}

void Extents::destroy(Extents* extents) noexcept {
  ExtentPool& pool = extents->pool_;
  for (const std::string_view view : extents->views()) pool.give_back(view, extents->frozen_);
  extents->leave_account();
  std::size_t heap = heap_bytes(sizeof(Extents));
  if (extents->capacity_ != 0) heap += heap_bytes(extents->capacity_ * sizeof(std::string_view));
  pool.ledger().remove_heap(heap);
  std::free(static_cast<void*>(extents->views_));
  delete extents;
}

// ---- the room

ExtentPool::~ExtentPool() { LARDER_CHECK(latest_ == nullptr); }

std::span<char> ExtentPool::take(std::size_t missing, std::size_t least) noexcept {
  if (missing >= kPageBytes) {
    const std::span<char> pages = take_pages(missing / kPageBytes);
    if (!pages.empty()) return pages;
  }
  const auto wanted = static_cast<unsigned>(std::min<std::size_t>(pieces_of(missing), kPieces));
  const std::span<char> part = take_part(wanted, static_cast<unsigned>(pieces_of(least)));
  return part.first(std::min(part.size(), missing));
}

std::span<char> ExtentPool::take_pages(std::size_t most) noexcept {
  const std::span<Page> run =
      arena_.lease_run(std::min(most, limits::kMaxExtentBytes / kPageBytes));
  if (run.empty()) return {};
  for (Page& page : run) page.free_kib = 0;
  return {reinterpret_cast<char*>(arena_.bytes_of(run.front())), run.size() * kPageBytes};
}

std::span<char> ExtentPool::take_part(unsigned pieces, unsigned least) noexcept {
  const std::lock_guard lock(mutex_);
  Run run = find_run(pieces);
  if (run.count < pieces) {
    Page* fresh = arena_.lease(Page::Use::kValue, Arena::Lease::kWithinLimit);
    if (fresh != nullptr) {
      fresh->free_kib = kAll;
      list(*fresh);
      run = {fresh, 0, pieces};
    }
  }
  return run.count < least ? std::span<char>() : cut(run);
}

// The first that is long enough, of a few pages; or the longest seen.
ExtentPool::Run ExtentPool::find_run(unsigned pieces) const noexcept {
  Run best;
  std::size_t looks = limits::kExtentPageLooks;
  for (Page* page = latest_; page != nullptr && looks != 0; page = page->older, --looks) {
    for (unsigned count = pieces; count > best.count; --count) {
      const std::uint64_t starts = run_starts(page->free_kib, count);
      if (starts == 0) continue;
      best = {page, static_cast<unsigned>(std::countr_zero(starts)), count};
      break;
    }
    if (best.count == pieces) break;
  }
  return best;
}

std::span<char> ExtentPool::cut(const Run& run) noexcept {
  run.page->free_kib &= ~(ones(run.count) << run.first);
  if (run.page->free_kib == 0) unlist(*run.page);
  char* bytes = reinterpret_cast<char*>(arena_.bytes_of(*run.page));
  return {bytes + run.first * kPiece, run.count * kPiece};
}

PieceList::Span ExtentPool::span_of(std::string_view bytes) const noexcept {
  const Page& page = arena_.page_at(bytes.data());
  const auto* begin = reinterpret_cast<const char*>(arena_.bytes_of(page));
  const auto offset = static_cast<std::size_t>(bytes.data() - begin);
  return {arena_.number_of(page) * kPieces + offset / kPiece, pieces_of(bytes.size())};
}

bool ExtentPool::may_claim(std::size_t number, std::uint64_t pieces) const noexcept {
  if (number >= arena_.pages()) return false;
  const Page& page = arena_.page(number);
  if (page.use == Page::Use::kFree) return true;
  return page.use == Page::Use::kValue && (page.free_kib & pieces) == pieces;
}

Page* ExtentPool::claimed_page(std::size_t number) noexcept {
  if (arena_.page(number).use == Page::Use::kValue) return &arena_.page(number);
  Page* page = arena_.adopt(number, Page::Use::kValue);
  if (page == nullptr) return nullptr;
  page->free_kib = kAll;
  list(*page);
  return page;
}

// Pages that were adopted for a claim that came to nothing.
void ExtentPool::unclaim(std::size_t from, std::size_t end) noexcept {
  for (; from != end; ++from) {
    Page& page = arena_.page(from);
    if (page.free_kib == kAll) free(page, 0, 0, Arena::Memory::kKept);
  }
}

std::span<char> ExtentPool::claim(const PieceList::Span& span) noexcept {
  const std::lock_guard lock(mutex_);
  const std::size_t first = span.first / kPieces;
  const std::size_t end = (span.first + span.pieces - 1) / kPieces + 1;
  for (std::size_t number = first; number < end; ++number) {
    const bool may = may_claim(number, pieces_in(span, number));
    if (!may || claimed_page(number) == nullptr) return unclaim(first, number), std::span<char>();
  }
  for (std::size_t number = first; number < end; ++number) {
    Page& page = arena_.page(number);
    page.free_kib &= ~pieces_in(span, number);
    if (page.free_kib == 0) unlist(page);
  }
  char* bytes = reinterpret_cast<char*>(arena_.bytes_of(arena_.page(first)));
  return {bytes + span.first % kPieces * kPiece, span.pieces * kPiece};
}

void ExtentPool::give_back(std::string_view bytes, bool frozen) noexcept {
  if (frozen) arena_.replace_memory(base::whole_memory_pages(bytes));
  const std::lock_guard lock(mutex_);
  while (!bytes.empty()) {
    Page& page = arena_.page_at(bytes.data());
    const auto* begin = reinterpret_cast<const char*>(arena_.bytes_of(page));
    const auto offset = static_cast<std::size_t>(bytes.data() - begin);
    const std::size_t here = std::min(bytes.size(), kPageBytes - offset);
    // A page that holds something else as well, or was not filled to its end, has some memory.
    const bool replaced = frozen && here == kPageBytes;
    free(page, static_cast<unsigned>(offset / kPiece), static_cast<unsigned>(pieces_of(here)),
         replaced ? Arena::Memory::kReplaced : Arena::Memory::kKept);
    bytes.remove_prefix(here);
  }
}

void ExtentPool::free(Page& page, unsigned first, unsigned count, Arena::Memory memory) noexcept {
  const std::uint64_t before = page.free_kib;
  page.free_kib |= ones(count) << first;
  if (before == 0 && page.free_kib != kAll) list(page);
  if (page.free_kib != kAll) return;
  if (before != 0) unlist(page);
  arena_.give_back(page, memory);
}

void ExtentPool::list(Page& page) noexcept {
  page.older = latest_;
  page.newer = nullptr;
  if (latest_ != nullptr) latest_->newer = &page;
  latest_ = &page;
}

void ExtentPool::unlist(Page& page) noexcept {
  (page.newer == nullptr ? latest_ : page.newer->older) = page.older;
  if (page.older != nullptr) page.older->newer = page.newer;
}

}  // namespace larder::store

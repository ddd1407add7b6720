// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/index.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace larder::store {
namespace {

using Line = Index::Line;

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101;
constexpr std::uint64_t kHighs = 0x8080'8080'8080'8080;
constexpr std::uint64_t kSecondTags = 0xffff'ffff;
constexpr unsigned kPassedShift = 32;

// Grow at nine tenths, by an eighth; shrink below a half, to three quarters.
constexpr std::size_t kGrowTenths = 9;
constexpr std::size_t kGrowthFraction = 8;
constexpr std::size_t kShrinkQuarters = 3;
constexpr std::size_t kLinesOfAChange = 2;
constexpr std::size_t kReleasedAtOnce = 1024;  // lines: 64 KiB
constexpr std::size_t kLinesOfAPage = 64;

// The high bit of each byte of `tags` that is `tag`; above a true one there may be false ones.
std::uint64_t matches(std::uint64_t tags, std::uint8_t tag) {
  const std::uint64_t differs = tags ^ (kOnes * tag);
  return (differs - kOnes) & ~differs & kHighs;
}

// The slots of a line whose tag may be `tag`, the lowest first.
class Candidates {
 public:
  Candidates(const Line& line, std::uint8_t tag)
      : first_(matches(line.tags[0].load(kRelaxed), tag)),
        second_(matches(line.tags[1].load(kRelaxed), tag) & kSecondTags) {}
  explicit operator bool() const { return (first_ | second_) != 0; }
  unsigned slot() const {
    return first_ != 0 ? byte_of(first_) : Line::kFirstTags + byte_of(second_);
  }
  void drop_first() { (first_ != 0 ? first_ &= first_ - 1 : second_ &= second_ - 1); }

 private:
  static unsigned byte_of(std::uint64_t highs) {
    return static_cast<unsigned>(std::countr_zero(highs)) / 8;
  }
  std::uint64_t first_;
  std::uint64_t second_;
};

std::uint8_t tag_at(const Line& line, unsigned slot) {
  const unsigned byte = slot % Line::kFirstTags;
  return static_cast<std::uint8_t>(line.tags[slot / Line::kFirstTags].load(kRelaxed) >> 8 * byte);
}

void set_tag(Line& line, unsigned slot, std::uint8_t tag) {
  std::atomic<std::uint64_t>& tags = line.tags[slot / Line::kFirstTags];
  const unsigned shift = 8 * (slot % Line::kFirstTags);
  tags.store((tags.load(kRelaxed) & ~(std::uint64_t{0xff} << shift)) | std::uint64_t{tag} << shift,
             kRelaxed);
}

std::uint32_t passed(const Line& line) {
  return static_cast<std::uint32_t>(line.tags[1].load(kRelaxed) >> kPassedShift);
}

void add_passed(Line& line, std::uint64_t by) {
  line.tags[1].store(line.tags[1].load(kRelaxed) + (by << kPassedShift), kRelaxed);
}
constexpr std::uint64_t kOneLess = ~std::uint64_t{0};  // modulo 2^32

// Into the first free slot from its home on. False: there is none.
bool put(Line* lines, std::size_t home, std::size_t end, Handle handle, std::uint8_t tag) {
  for (std::size_t at = home; at != end; ++at) {
    Line& line = lines[at];
    const Candidates free(line, 0);
    if (!free) continue;
    line.handles[free.slot()].store(handle, kRelaxed);
    set_tag(line, free.slot(), tag);
    for (std::size_t full = home; full != at; ++full) add_passed(lines[full], 1);
    return true;
  }
  return false;
}

void prefetch(const std::byte* at) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t ahead = 0; ahead < 4 * kCacheLine; ahead += kCacheLine) {
    __builtin_prefetch(at + ahead);
  }
}

}  // namespace

Index::Index(Ledger& ledger, const Slots& slots, std::uint64_t seed)
    : ledger_(ledger), slots_(slots), seed_(seed) {
  for (const Table& table : tables_) LARDER_CHECK(static_cast<bool>(table.lines));
  old().homes = kFirstLines;
  account();
}

Index::~Index() {
  ledger_.remove_index(accounted_);
  ledger_.remove(accounted_);
}

const Index::Table& Index::table_of(std::uint64_t hash) const noexcept {
  const unsigned old = old_.load(kRelaxed);
  const bool moved = tables_[old].home_of(hash) < frontier_.load(kRelaxed);
  return tables_[moved ? 1 - old : old];
}

Index::Place Index::find(std::string_view key, std::uint64_t hash) const noexcept {
  const Table& table = table_of(hash);
  const std::uint8_t tag = tag_of(hash);
  for (Line* line = &table.lines[table.home_of(hash)];; ++line) {
    for (Candidates left(*line, tag); left; left.drop_first()) {
      const unsigned slot = left.slot();
      if (tag_at(*line, slot) != tag) continue;
      const Item item(slots_.at(line->handles[slot].load(kRelaxed)));
      if (item.key() == key) return {item, line, slot};
    }
    if (passed(*line) == 0) return {};
  }
}

Index::Place Index::place_of(Handle handle, std::uint64_t hash) const noexcept {
  const Table& table = table_of(hash);
  for (Line* line = &table.lines[table.home_of(hash)];; ++line) {
    for (unsigned slot = 0; slot < Line::kSlots; ++slot) {
      if (line->handles[slot].load(kRelaxed) == handle && tag_at(*line, slot) != 0) {
        return {Item(slots_.at(handle)), line, slot};
      }
    }
    LARDER_CHECK(passed(*line) != 0);
  }
}

bool Index::insert(Handle handle, std::uint64_t hash) {
  fit();
  step(kLinesOfAChange);
  Table& table = table_of(hash);
  const std::size_t end = table.homes.load(kRelaxed) + kSpareLines;
  if (!put(table.lines.data(), table.home_of(hash), end, handle, tag_of(hash))) return false;
  count_.store(count() + 1, kRelaxed);
  return true;
}

void Index::replace(const Place& place, Handle by) noexcept {
  place.line->handles[place.slot].store(by, kRelaxed);
}

void Index::erase(const Place& place, std::uint64_t hash) noexcept {
  Table& table = table_of(hash);
  for (Line* line = &table.lines[table.home_of(hash)]; line != place.line; ++line) {
    add_passed(*line, kOneLess);
  }
  set_tag(*place.line, place.slot, 0);
  count_.store(count() - 1, kRelaxed);
  fit();
  step(kLinesOfAChange);
}

// ---- its size

void Index::fit() noexcept {
  if (is_resizing_) return;
  const std::size_t homes = old().homes.load(kRelaxed);
  const std::size_t slots = homes * Line::kSlots;
  if (count() >= slots / 10 * kGrowTenths) {
    begin_resize(std::min(homes + homes / kGrowthFraction + 1, kMostLines));
  } else if (count() < slots / 2 && homes > kFirstLines) {
    begin_resize(std::max(kFirstLines, count() * 4 / (Line::kSlots * kShrinkQuarters) + 1));
  }
}

void Index::begin_resize(std::size_t homes) noexcept {
  const std::size_t before = old().homes.load(kRelaxed);
  const std::size_t more = homes > before ? (homes - before) * sizeof(Line) : 0;
  if (homes == before || (more != 0 && !ledger_.evicts() && !ledger_.has_room(more))) return;
  next().homes = homes;
  is_resizing_ = true;
  account();
}

bool Index::step(std::size_t lines) noexcept {
  if (!is_resizing_) return false;
  const std::size_t homes = old().homes.load(kRelaxed);
  for (; lines != 0; --lines) {
    const std::size_t home = frontier_.load(kRelaxed);
    move_home(home);
    if (home + 1 == homes) {
      end_resize();
      return true;
    }
    frontier_.store(home + 1, kRelaxed);
    if ((home + 1) % kReleasedAtOnce == 0) {
      old().lines.release(released_, home + 1);
      released_ = home + 1;
    }
  }
  account();
  return true;
}

// All that came from `home`, wherever it went: homes before it have nothing in this table any more.
void Index::move_home(std::size_t home) noexcept {
  Line* const lines = old().lines.data();
  for (std::size_t ahead = home; ahead < home + 2; ++ahead) {
    for (const std::atomic<Handle>& handle : lines[ahead].handles) {
      __builtin_prefetch(slots_.at(handle.load(kRelaxed)));
    }
  }
  for (std::size_t at = home;; ++at) {
    for (unsigned slot = 0; slot < Line::kSlots; ++slot) {
      if (tag_at(lines[at], slot) == 0) continue;
      const Handle handle = lines[at].handles[slot].load(kRelaxed);
      const std::uint64_t hash = hash_of(Item(slots_.at(handle)).key());
      if (at != home && old().home_of(hash) != home) continue;
      LARDER_CHECK(put(next().lines.data(), next().home_of(hash),
                       next().homes.load(kRelaxed) + kSpareLines, handle, tag_of(hash)));
      set_tag(lines[at], slot, 0);
      for (std::size_t full = home; full != at; ++full) add_passed(lines[full], kOneLess);
    }
    if (passed(lines[at]) == 0 || passed(lines[home]) == 0) return;
  }
}

void Index::end_resize() noexcept {
  const std::size_t lines = old().homes.load(kRelaxed) + kSpareLines;
  old().lines.release(released_, (lines + kLinesOfAPage - 1) / kLinesOfAPage * kLinesOfAPage);
  old().homes.store(0, kRelaxed);
  frontier_.store(0, kRelaxed);
  released_ = 0;
  is_resizing_ = false;
  old_.store(1 - old_.load(kRelaxed), kRelaxed);
  account();
}

// What has been touched and not released, by whole lines.
void Index::account() noexcept {
  const std::size_t homes = old().homes.load(kRelaxed);
  std::size_t lines = homes + kSpareLines - released_;
  if (is_resizing_) {
    lines += next().homes.load(kRelaxed) * frontier_.load(kRelaxed) / homes + kSpareLines;
  }
  const std::size_t bytes = lines * sizeof(Line);
  ledger_.add(bytes);
  ledger_.add_index(bytes);
  ledger_.remove(accounted_);
  ledger_.remove_index(accounted_);
  accounted_ = bytes;
}

// ---- without the lock

void Index::prefetch_line(std::uint64_t hash) const noexcept {
  const Table& table = table_of(hash);
  __builtin_prefetch(&table.lines[table.home_of(hash)]);
}

void Index::prefetch_item(std::uint64_t hash) const noexcept {
  const Table& table = table_of(hash);
  const Line& line = table.lines[table.home_of(hash)];
  const Candidates found(line, tag_of(hash));
  if (found) prefetch(slots_.at(line.handles[found.slot()].load(kRelaxed)));
}

}  // namespace larder::store

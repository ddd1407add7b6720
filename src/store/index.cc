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

// Grow at nine tenths, by a sixth; shrink below a half, to three quarters.
constexpr std::size_t kGrowTenths = 9;
constexpr std::size_t kGrowthFraction = 6;
constexpr std::size_t kShrinkQuarters = 3;
constexpr std::size_t kFreeFraction = 32;      // of the slots, at least
constexpr std::size_t kReleasedAtOnce = 1024;  // lines: 64 KiB
constexpr std::size_t kLinesOfAPage = 64;

// The high bit of each byte that is 0, and no other.
std::uint64_t zeroes(std::uint64_t bytes) {
  return ~(((bytes & ~kHighs) + ~kHighs) | bytes | ~kHighs);
}

// The same in fewer steps: the lowest is right; above it a byte that is 1 may be among them.
std::uint64_t likely_zeroes(std::uint64_t bytes) { return (bytes - kOnes) & ~bytes & kHighs; }

// Some slots of a line, the lowest first.
class SlotSet {
 public:
  // All that have the tag, and perhaps, behind the first of them, others.
  static SlotSet with_tag(const Line& line, std::uint8_t tag) {
    const std::uint64_t tags = kOnes * tag;
    return {likely_zeroes(line.tags[0].load(kRelaxed) ^ tags),
            likely_zeroes(line.tags[1].load(kRelaxed) ^ tags) & kSecondTags};
  }
  static SlotSet free(const Line& line) { return with_tag(line, 0); }
  static SlotSet taken(const Line& line) {
    return {~zeroes(line.tags[0].load(kRelaxed)) & kHighs,
            ~zeroes(line.tags[1].load(kRelaxed)) & kHighs & kSecondTags};
  }

  explicit operator bool() const { return (first_ | second_) != 0; }
  unsigned lowest() const {
    return first_ != 0 ? byte_of(first_) : Line::kFirstTags + byte_of(second_);
  }
  void drop_lowest() { (first_ != 0 ? first_ &= first_ - 1 : second_ &= second_ - 1); }

 private:
  SlotSet(std::uint64_t first, std::uint64_t second) : first_(first), second_(second) {}
  static unsigned byte_of(std::uint64_t highs) {
    return static_cast<unsigned>(std::countr_zero(highs)) / 8;
  }
  std::uint64_t first_;
  std::uint64_t second_;
};

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
    const SlotSet free = SlotSet::free(line);
    if (!free) continue;
    line.handles[free.lowest()].store(handle, kRelaxed);
    set_tag(line, free.lowest(), tag);
    for (std::size_t full = home; full != at; ++full) add_passed(lines[full], 1);
    return true;
  }
  return false;
}

void prefetch(const std::byte* at) {
  constexpr std::size_t kCacheLine = 64;
  for (std::size_t ahead = 0; ahead < 3 * kCacheLine; ahead += kCacheLine) {
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

Index::Place Index::find(std::string_view key, std::uint64_t hash) const noexcept {
  for (Line* line = home_of(hash).line();; ++line) {
    for (SlotSet left = SlotSet::with_tag(*line, tag_of(hash)); left; left.drop_lowest()) {
      const unsigned slot = left.lowest();
      const Item item(slots_.at(line->handles[slot].load(kRelaxed)));
      if (item.key() == key) return {item, line, slot};
    }
    if (passed(*line) == 0) return {};
  }
}

Index::Place Index::place_of(Handle handle, std::uint64_t hash) const noexcept {
  for (Line* line = home_of(hash).line();; ++line) {
    for (SlotSet left = SlotSet::with_tag(*line, tag_of(hash)); left; left.drop_lowest()) {
      const unsigned slot = left.lowest();
      if (line->handles[slot].load(kRelaxed) == handle) {
        return {Item(slots_.at(handle)), line, slot};
      }
    }
    LARDER_CHECK(passed(*line) != 0);
  }
}

// Where it may not grow it is refused in time: lines that are full for long are searched in vain.
bool Index::has_room() noexcept {
  grow();
  const std::size_t slots = old().homes.load(kRelaxed) * Line::kSlots;
  return is_resizing_ || count() < slots - slots / kFreeFraction;
}

bool Index::insert(Handle handle, std::uint64_t hash) {
  if (!has_room()) return false;
  step(kLinesOfAChange);
  const Home home = home_of(hash);
  if (!put(home.table->lines.data(), home.number, home.table->end(), handle, tag_of(hash))) {
    return false;
  }
  count_.store(count() + 1, kRelaxed);
  return true;
}

void Index::replace(const Place& place, Handle by) noexcept {
  place.line->handles[place.slot].store(by, kRelaxed);
}

void Index::erase(const Place& place, std::uint64_t hash, std::size_t lines) noexcept {
  for (Line* line = home_of(hash).line(); line != place.line; ++line) add_passed(*line, kOneLess);
  set_tag(*place.line, place.slot, 0);
  count_.store(count() - 1, kRelaxed);
  shrink();
  step(lines);
}

// ---- its size

std::size_t Index::fitting_lines(std::size_t items) noexcept {
  return std::clamp(items * 4 / (Line::kSlots * kShrinkQuarters) + 1, kFirstLines, kMostLines);
}

void Index::expect(std::size_t items) noexcept {
  LARDER_CHECK(count() == 0 && !is_resizing_);
  old().homes.store(fitting_lines(items), kRelaxed);
  account();
}

// Not by who inserts: what was sized for many items may have few yet.
void Index::shrink() noexcept {
  const std::size_t homes = old().homes.load(kRelaxed);
  if (is_resizing_ || homes <= kFirstLines || count() >= homes * Line::kSlots / 2) return;
  begin_resize(fitting_lines(count()));
}

void Index::grow() noexcept {
  const std::size_t homes = old().homes.load(kRelaxed);
  if (is_resizing_ || count() < homes * Line::kSlots / 10 * kGrowTenths) return;
  begin_resize(std::min(homes + homes / kGrowthFraction + 1, kMostLines));
}

void Index::begin_resize(std::size_t homes) noexcept {
  const std::size_t before = old().homes.load(kRelaxed);
  if (homes == before) return;
  if (!ledger_.evicts() && !reserve_lines(homes)) return;
  next().homes = homes;
  is_resizing_ = true;
  account();
}

// The most that there will be: lines of the old table are released some at a time.
bool Index::reserve_lines(std::size_t homes) noexcept {
  const std::size_t before = old().homes.load(kRelaxed);
  const std::size_t most = std::max(homes, before) + std::min(before, kReleasedAtOnce);
  if (!ledger_.has_room((most - before + kSpareLines) * sizeof(Line))) return false;
  reserved_lines_ = most + 2 * kSpareLines;
  return true;
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
  prefetch_keys(lines[home + 2]);  // of the one behind the next
  for (std::size_t at = home;; ++at) {
    for (SlotSet left = SlotSet::taken(lines[at]); left; left.drop_lowest()) {
      const unsigned slot = left.lowest();
      const Handle handle = lines[at].handles[slot].load(kRelaxed);
      const std::uint64_t hash = hash_of(Item(slots_.at(handle)).key());
      if (at != home && old().home_of(hash) != home) continue;
      LARDER_CHECK(
          put(next().lines.data(), next().home_of(hash), next().end(), handle, tag_of(hash)));
      set_tag(lines[at], slot, 0);
      for (std::size_t full = home; full != at; ++full) add_passed(lines[full], kOneLess);
    }
    if (passed(lines[home]) == 0) return;
  }
}

void Index::prefetch_keys(const Line& line) const noexcept {
  for (SlotSet left = SlotSet::taken(line); left; left.drop_lowest()) {
    __builtin_prefetch(slots_.at(line.handles[left.lowest()].load(kRelaxed)));
  }
}

void Index::end_resize() noexcept {
  const std::size_t lines = old().end();
  old().lines.release(released_, (lines + kLinesOfAPage - 1) / kLinesOfAPage * kLinesOfAPage);
  old().homes.store(0, kRelaxed);
  frontier_.store(0, kRelaxed);
  released_ = 0;
  reserved_lines_ = 0;
  is_resizing_ = false;
  old_.store(1 - old_.load(kRelaxed), kRelaxed);
  account();
}

// What has been touched and not released, by whole lines.
void Index::account() noexcept {
  const std::size_t homes = old().homes.load(kRelaxed);
  std::size_t lines = old().end() - released_;
  if (is_resizing_) {
    lines += next().homes.load(kRelaxed) * frontier_.load(kRelaxed) / homes + kSpareLines;
  }
  const std::size_t bytes = std::max(lines, reserved_lines_) * sizeof(Line);
  ledger_.add(bytes);
  ledger_.add_index(bytes);
  ledger_.remove(accounted_);
  ledger_.remove_index(accounted_);
  accounted_ = bytes;
}

// ---- in order

namespace {

// The first position whose home is `home` of `homes`.
std::uint64_t begin_of(std::size_t home, std::size_t homes) {
  return ((std::uint64_t{home} << 32) + homes - 1) / homes;
}

}  // namespace

// In the one table that has these positions; homes that a resize has reached are in the next one.
std::uint64_t Index::show(std::uint64_t from, std::size_t lines,
                          const std::function<void(Item)>& shown) const {
  const Home first = home_of(from << kTagBits);
  const std::size_t homes = first.table->homes.load(kRelaxed);
  const std::size_t end_home = std::min(first.number + lines, homes);
  std::uint64_t end = begin_of(end_home, homes);
  if (first.table != &old()) {
    end = std::min(end, begin_of(frontier_.load(kRelaxed), old().homes.load(kRelaxed)));
  }
  const Line* const ordinary = &first.table->lines[end_home];
  for (const Line* line = first.line(); line != ordinary; ++line) prefetch_keys(*line);
  for (const Line* line = first.line();; ++line) {
    for (SlotSet left = SlotSet::taken(*line); left; left.drop_lowest()) {
      const Item item(slots_.at(line->handles[left.lowest()].load(kRelaxed)));
      const std::uint64_t position = position_of(hash_of(item.key()));
      if (position >= from && position < end) shown(item);
    }
    if (line + 1 >= ordinary && passed(*line) == 0) return end;
  }
}

// ---- without the lock

// One in some fifteen items is not in its home, which is rather full, but in the line behind it.
void Index::prefetch_line(std::uint64_t hash) const noexcept {
  const Line* line = home_of(hash).line();
  __builtin_prefetch(line);
  __builtin_prefetch(line + 1);
}

void Index::prefetch_item(std::uint64_t hash) const noexcept {
  const Line* line = home_of(hash).line();
  for (const Line* end = line + 2; line != end; ++line) {
    const SlotSet found = SlotSet::with_tag(*line, tag_of(hash));
    if (found) return prefetch(slots_.at(line->handles[found.lowest()].load(kRelaxed)));
    if (passed(*line) == 0) return;
  }
}

}  // namespace larder::store

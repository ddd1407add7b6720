// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <array>
#include <span>

#include "base/decimal.h"
#include "store/collection/btree.h"
#include "store/counter.h"

namespace larder::store::collection {

namespace {

// An entry's parts, in their order. Eflag and value must outlive it, the bkey need not.
class Packed {
 public:
  explicit Packed(const BTree::Element& element)
      : bkey_(element.bkey),
        number_(bkey_.number()),
        sizes_{static_cast<char>(bkey_.bytes().size()), static_cast<char>(element.eflag.size())},
        parts_{std::string_view(sizes_.data(), sizes_.size()), bkey_.bytes(), element.eflag,
               element.value} {
    if (bkey_.is_number()) {
      parts_[1] = {reinterpret_cast<const char*>(&number_), sizeof(number_)};
    }
  }
  Packed(const Packed&) = delete;
  Packed& operator=(const Packed&) = delete;

  std::span<const std::string_view> parts() const { return parts_; }

 private:
  Bkey bkey_;
  std::uint64_t number_;
  std::array<char, 2> sizes_;
  std::array<std::string_view, 4> parts_;
};

class Digits {
 public:
  explicit Digits(std::uint64_t number) : end_(base::write_decimal(digits_.data(), number)) {}
  Digits(const Digits&) = delete;
  Digits& operator=(const Digits&) = delete;

  std::string_view view() const { return {digits_.data(), end_}; }

 private:
  std::array<char, base::kMaxDecimalBytes> digits_;
  const char* end_;
};

}  // namespace

Verdict BTree::insert(const Element& element, Snapshot* lost) { return put(element, false, lost); }
Verdict BTree::upsert(const Element& element, Snapshot* lost) { return put(element, true, lost); }

Verdict BTree::put(const Element& element, bool replaces, Snapshot* lost) {
  if (is_foreign(element.bkey)) return Verdict::kBkeyMismatch;
  const Tree::Place place = find(element.bkey);
  if (!is_at(place, element.bkey)) return put_new(place.rank, element, lost);
  if (!replaces) return Verdict::kElementExists;
  return tree_.replace(place.rank, Packed(element).parts()) ? Verdict::kReplaced
                                                            : Verdict::kNoMemory;
}

Verdict BTree::put_new(std::size_t rank, const Element& element, Snapshot* lost) {
  const Excess excess = this->excess(element.bkey, rank);
  if (excess.verdict != Verdict::kDone) {
    // The new element itself is what its end loses.
    if (excess.of == Excess::Of::kElements && remembers_trims()) trimmed_ = true;
    return excess.verdict;
  }
  const bool was_empty = tree_.empty();
  const Packed packed(element);
  if (excess.of == Excess::Of::kNothing) {
    if (!tree_.insert(rank, packed.parts())) return Verdict::kNoMemory;
    if (was_empty) has_numbers_ = element.bkey.is_number();
    return Verdict::kDone;
  }
  const bool is_range = excess.of == Excess::Of::kRange;
  if (!insert_and_trim(tree_, rank, packed.parts(), excess.trim, is_range ? nullptr : lost)) {
    return Verdict::kNoMemory;
  }
  trimmed_ = !is_range && remembers_trims();
  return Verdict::kDone;
}

// The range of bkeys comes first: when it makes room, their number is no matter any more.
//
//   trims the smallest    [ 20 30 40 ]     50: 20 goes       10: kOutOfRange, and trimmed by it
//   trims the largest     [ 20 30 40 ]     10: 40 goes       50: the same
//   error                 [ 20 30 40 ]     kOverflowed
BTree::Excess BTree::excess(const Bkey& bkey, std::size_t rank) const {
  const std::size_t size = tree_.size();
  if (size == 0) return {};
  if (const Excess excess = excess_of_range(bkey, rank); excess.of != Excess::Of::kNothing) {
    return excess;
  }
  if (size < attributes_.most) return {};
  if (attributes_.overflow == Overflow::kError) {
    return {.verdict = Verdict::kOverflowed};
  }
  const bool is_trimmed = trims_smallest() ? rank == 0 : rank == size;
  return {.verdict = is_trimmed ? Verdict::kOutOfRange : Verdict::kDone,
          .of = Excess::Of::kElements,
          .trim = trims_smallest() ? Trim{.from = 0, .to = 1} : Trim{.from = size - 1, .to = size}};
}

BTree::Excess BTree::excess_of_range(const Bkey& bkey, std::size_t rank) const {
  const std::size_t size = tree_.size();
  const bool is_below = rank == 0 && is_too_wide(bkey, *most());
  const bool is_above = rank == size && is_too_wide(*least(), bkey);
  if (!is_below && !is_above) return {};
  if (is_below ? !trims_largest() : !trims_smallest()) {
    return {.verdict = Verdict::kOutOfRange, .of = Excess::Of::kRange};
  }
  const Tree::Place edge = tree_.find([&](std::string_view entry) {
    return is_below ? !is_too_wide(bkey, bkey_of(entry)) : is_too_wide(bkey_of(entry), bkey);
  });
  return {
      .of = Excess::Of::kRange,
      .trim = is_below ? Trim{.from = edge.rank, .to = size} : Trim{.from = 0, .to = edge.rank}};
}

bool BTree::trims_smallest() const {
  return attributes_.overflow == Overflow::kSmallestTrim ||
         attributes_.overflow == Overflow::kSmallestSilentTrim;
}

bool BTree::trims_largest() const {
  return attributes_.overflow == Overflow::kLargestTrim ||
         attributes_.overflow == Overflow::kLargestSilentTrim;
}

bool BTree::remembers_trims() const {
  return attributes_.overflow == Overflow::kSmallestTrim ||
         attributes_.overflow == Overflow::kLargestTrim;
}

Verdict BTree::update(const Bkey& bkey, const std::optional<EflagUpdate>& eflag,
                      const std::optional<std::string_view>& value) {
  if (!eflag && !value) return Verdict::kNothingToUpdate;
  Tree::Place place;
  if (const Verdict verdict = look_up(bkey, place); verdict != Verdict::kDone) return verdict;
  const Element old = element_of(tree_.entry(place));
  const std::optional<Eflag> updated = eflag ? eflag->apply(old.eflag) : Eflag(old.eflag);
  if (!updated) return Verdict::kEflagMismatch;
  const Packed packed({.bkey = bkey, .eflag = updated->view(), .value = value.value_or(old.value)});
  return tree_.replace(place.rank, packed.parts()) ? Verdict::kDone : Verdict::kNoMemory;
}

BTree::Counted BTree::count(const Bkey& bkey, const Count& how) {
  if (is_foreign(bkey)) return {.verdict = Verdict::kBkeyMismatch};
  const Tree::Place place = find(bkey);
  if (!is_at(place, bkey)) {
    if (!how.initial) return {.verdict = Verdict::kElementMissing};
    const Digits digits(*how.initial);
    const Element element{.bkey = bkey, .eflag = how.eflag.view(), .value = digits.view()};
    return {.verdict = put_new(place.rank, element, nullptr), .number = *how.initial};
  }
  const Element old = element_of(tree_.entry(place));
  const std::optional<std::uint64_t> number = counter_number(old.value);
  if (!number) return {.verdict = Verdict::kNotNumeric};
  const std::uint64_t result = counted(*number, how.delta, how.down);
  const Digits digits(result);
  const Packed packed({.bkey = bkey, .eflag = old.eflag, .value = digits.view()});
  if (!tree_.replace(place.rank, packed.parts())) return {.verdict = Verdict::kNoMemory};
  return {.verdict = Verdict::kDone, .number = result};
}

}  // namespace larder::store::collection

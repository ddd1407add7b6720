// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/btree.h"

#include <compare>
#include <cstring>

namespace larder::store::collection {

namespace {

constexpr std::size_t kHeadBytes = 2;  // both sizes

std::size_t byte_at(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

std::uint64_t number_at(std::string_view bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof(number));
  return number;
}

std::string_view take(std::string_view& from, std::size_t bytes) {
  const std::string_view taken = from.substr(0, bytes);
  from.remove_prefix(bytes);
  return taken;
}

// `most - least`, both cut or filled up with zeros to `width` bytes.
base::ShortBytes difference(std::string_view most, std::string_view least, std::size_t width) {
  base::ShortBytes difference;
  difference.resize(width);
  std::size_t borrowed = 0;
  for (std::size_t i = width; i-- > 0;) {
    const std::size_t minuend = i < most.size() ? byte_at(most, i) : 0;
    const std::size_t subtrahend = (i < least.size() ? byte_at(least, i) : 0) + borrowed;
    difference.data()[i] = static_cast<char>(minuend - subtrahend);
    borrowed = minuend < subtrahend ? 1 : 0;
  }
  return difference;
}

}  // namespace

BTree::Element BTree::element_of(std::string_view entry) {
  const std::size_t bkey_size = byte_at(entry, 0);
  const std::size_t eflag_size = byte_at(entry, 1);
  entry.remove_prefix(kHeadBytes);
  Element element;
  if (bkey_size == 0) {
    element.bkey = Bkey::of(number_at(take(entry, sizeof(std::uint64_t))));
  } else {
    element.bkey = Bkey::of(base::ShortBytes(take(entry, bkey_size)));
  }
  element.eflag = take(entry, eflag_size);
  element.value = entry;
  return element;
}

bool BTree::is_foreign(const Bkey& bkey) const {
  return (!tree_.empty() || max_range_) && bkey.is_number() != has_numbers_;
}

// What a look-up does many times: without a Bkey of the entry.
std::strong_ordering BTree::order(std::string_view entry, const Bkey& bkey) {
  const std::size_t size = byte_at(entry, 0);
  entry.remove_prefix(kHeadBytes);
  if (bkey.is_number()) return number_at(entry) <=> bkey.number();
  return entry.substr(0, size).compare(bkey.bytes()) <=> 0;
}

Tree::Place BTree::find(const Bkey& bkey) const {
  return tree_.find([&](std::string_view entry) { return order(entry, bkey) < 0; });
}

Tree::Place BTree::find_behind(const Bkey& bkey) const {
  return tree_.find([&](std::string_view entry) { return order(entry, bkey) <= 0; });
}

bool BTree::is_at(const Tree::Place& place, const Bkey& bkey) const {
  return place.leaf != nullptr && order(tree_.entry(place), bkey) == 0;
}

Verdict BTree::look_up(const Bkey& bkey, Tree::Place& place) const {
  if (tree_.empty()) return Verdict::kElementMissing;
  if (is_foreign(bkey)) return Verdict::kBkeyMismatch;
  place = find(bkey);
  return is_at(place, bkey) ? Verdict::kDone : Verdict::kElementMissing;
}

std::optional<Bkey> BTree::least() const {
  if (tree_.empty()) return std::nullopt;
  return bkey_of(tree_.entry(tree_.at(0)));
}

std::optional<Bkey> BTree::most() const {
  if (tree_.empty()) return std::nullopt;
  return bkey_of(tree_.entry(tree_.at(tree_.size() - 1)));
}

// ---- attributes

std::optional<Bkey> BTree::max_range() const {
  if (!max_range_) return std::nullopt;
  return *max_range_;
}

bool BTree::may_span(const std::optional<Bkey>& range) const {
  if (!range || tree_.empty()) return true;
  return range->is_number() == has_numbers_ && !is_too_wide(*least(), *most(), *range);
}

Verdict BTree::set_max_range(const std::optional<Bkey>& range) {
  if (!may_span(range)) return Verdict::kBadValue;
  if (!range) {
    max_range_.reset();
    return Verdict::kDone;
  }
  has_numbers_ = range->is_number();
  max_range_ = std::make_unique<Bkey>(*range);
  return Verdict::kDone;
}

void BTree::set_overflow(Overflow overflow) {
  if (overflow == attributes_.overflow) return;
  attributes_.overflow = overflow;
  trimmed_ = false;
}

bool BTree::is_too_wide(const Bkey& least, const Bkey& most) const {
  return max_range_ && is_too_wide(least, most, *max_range_);
}

bool BTree::is_too_wide(const Bkey& least, const Bkey& most, const Bkey& range) {
  if (range.is_number()) return most.number() - least.number() > range.number();
  const std::size_t width = range.bytes().size();
  return difference(most.bytes(), least.bytes(), width).view() > range.bytes();
}

}  // namespace larder::store::collection

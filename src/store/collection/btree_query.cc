// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "store/collection/btree.h"

namespace larder::store::collection {

// Where a trim shows, of a tree that has lost what was below 20:
//
//   20 30 40     25..50   kDone                     60..25   kDone
//                10..50   trimmed: begins there     60..10   trimmed, unless `most` ends it before
//                 5..10   kOutOfRange               10..5    kOutOfRange
//
// An offset beyond all elements finds nothing, whatever the range: so Arcus.
Got BTree::get(const Query& query, Removal removal) {
  if (!attributes_.readable) return {.verdict = Verdict::kUnreadable};
  if (query.offset >= tree_.size()) return {.verdict = Verdict::kElementMissing};
  if (is_foreign(query.range.from)) return {.verdict = Verdict::kBkeyMismatch};
  const Span span = span_of(query.range);
  bool is_full = false;
  const Selection selection = select(query, span, is_full);
  Got got{.verdict = Verdict::kDone};
  got.trimmed =
      begins_beyond(query.range, span) || (!span.empty() && !is_full && ends_beyond(query.range));
  if (selection.empty()) {
    got.verdict = got.trimmed ? Verdict::kOutOfRange : Verdict::kElementMissing;
    return got;
  }
  selection.pin(tree_, got.elements);
  if (removal != Removal::kKeep && !selection.erase_from(tree_)) {
    return {.verdict = Verdict::kNoMemory};
  }
  return got;
}

Verdict BTree::erase(const Query& query) {
  if (tree_.empty()) return Verdict::kElementMissing;
  if (is_foreign(query.range.from)) return Verdict::kBkeyMismatch;
  bool is_full = false;
  const Selection selection = select(query, span_of(query.range), is_full);
  if (selection.empty()) return Verdict::kElementMissing;
  return selection.erase_from(tree_) ? Verdict::kDone : Verdict::kNoMemory;
}

Verdict BTree::count_in(const BkeyRange& range, const EflagFilter* filter,
                        std::size_t& count) const {
  if (!attributes_.readable) return Verdict::kUnreadable;
  if (is_foreign(range.from)) return Verdict::kBkeyMismatch;
  bool is_full = false;
  count = select({.range = range, .filter = filter}, span_of(range), is_full).size();
  return Verdict::kDone;
}

BTree::Scan BTree::scan(const BkeyRange& range, const EflagFilter* filter, std::size_t most) const {
  if (!attributes_.readable) return {.verdict = Verdict::kUnreadable};
  if (tree_.empty()) return {};
  if (is_foreign(range.from)) return {.verdict = Verdict::kBkeyMismatch};
  const Span span = span_of(range);
  if (begins_beyond(range, span)) return {.verdict = Verdict::kOutOfRange};
  Scan scan;
  bool is_full = false;
  const Query query{.range = range, .filter = filter, .most = most};
  select(query, span, is_full).pin(tree_, scan.elements);
  scan.ends_trimmed = !span.empty() && !is_full && ends_beyond(range);
  if (scan.ends_trimmed) scan.last = range.is_downwards() ? least() : this->most();
  return scan;
}

// ---- by position

Verdict BTree::position(const Bkey& bkey, Order order, std::size_t& position) const {
  if (!attributes_.readable) return Verdict::kUnreadable;
  Tree::Place place;
  const Verdict verdict = look_up(bkey, place);
  if (verdict != Verdict::kDone) return verdict;
  position = order == Order::kAscending ? place.rank : tree_.size() - 1 - place.rank;
  return Verdict::kDone;
}

Got BTree::get_by_position(Order order, std::size_t from, std::size_t to) const {
  if (!attributes_.readable) return {.verdict = Verdict::kUnreadable};
  const std::size_t size = tree_.size();
  if (std::min(from, to) >= size) return {.verdict = Verdict::kElementMissing};
  std::size_t least = std::min(from, to);
  std::size_t most = std::min(std::max(from, to), size - 1);
  if (order == Order::kDescending) {
    std::swap(least, most);
    least = size - 1 - least;
    most = size - 1 - most;
  }
  Got got{.verdict = Verdict::kDone};
  if ((from <= to) == (order == Order::kAscending)) {
    tree_.pin(least, most + 1, got.elements);
  } else {
    tree_.pin_backwards(least, most + 1, got.elements);
  }
  return got;
}

BTree::Neighbours BTree::position_with_get(const Bkey& bkey, Order order,
                                           std::size_t around) const {
  Neighbours neighbours;
  neighbours.verdict = position(bkey, order, neighbours.position);
  if (neighbours.verdict != Verdict::kDone) return neighbours;
  neighbours.index = std::min(neighbours.position, around);
  const std::size_t first = neighbours.position - neighbours.index;
  const std::size_t last = neighbours.position + std::min(around, tree_.size());
  neighbours.elements = get_by_position(order, first, last).elements;
  return neighbours;
}

// ---- ranges

BTree::Span BTree::span_of(const BkeyRange& range) const {
  const Tree::Place first = find(range.least());
  if (range.from == range.to) {
    return {.from = first.rank, .to = first.rank + (is_at(first, range.from) ? 1 : 0)};
  }
  return {.from = first.rank, .to = find_behind(range.most()).rank};
}

// `is_full`: `most` ended it; there may be more.
Selection BTree::select(const Query& query, const Span& span, bool& is_full) const {
  using enum Selection::Direction;
  const bool downwards = query.range.is_downwards();
  const std::size_t most = query.most == 0 ? tree_.size() + 1 : query.most;
  Selection selection(downwards ? kDownwards : kUpwards);
  std::size_t skipped = 0;
  if (query.filter == nullptr) {
    const std::size_t found = span.to - span.from;
    skipped = std::min(query.offset, found);
    const std::size_t wanted = std::min(most, found - skipped);
    const std::size_t from = downwards ? span.to - skipped - wanted : span.from + skipped;
    selection.add(from, from + wanted);
  } else if (!span.empty()) {
    Tree::Place place = tree_.at(downwards ? span.to - 1 : span.from);
    for (std::size_t looks = span.to - span.from; looks != 0 && selection.size() != most; --looks) {
      if (query.filter->admits(element_of(tree_.entry(place)).eflag) && ++skipped > query.offset) {
        selection.add(place.rank);
      }
      if (looks != 1) downwards ? tree_.step_backwards(place) : tree_.step_forwards(place);
    }
  }
  is_full = selection.size() == most;
  return selection;
}

bool BTree::begins_beyond(const BkeyRange& range, const Span& span) const {
  if (span.empty()) return is_below_trimmed(range.most()) || is_above_trimmed(range.least());
  return range.is_downwards() ? is_above_trimmed(range.from) : is_below_trimmed(range.from);
}

bool BTree::ends_beyond(const BkeyRange& range) const {
  return range.is_downwards() ? is_below_trimmed(range.to) : is_above_trimmed(range.to);
}

bool BTree::is_below_trimmed(const Bkey& bkey) const {
  return trimmed_ && attributes_.overflow == Overflow::kSmallestTrim && bkey < *least();
}

bool BTree::is_above_trimmed(const Bkey& bkey) const {
  return trimmed_ && attributes_.overflow == Overflow::kLargestTrim && *most() < bkey;
}

}  // namespace larder::store::collection

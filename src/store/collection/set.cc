// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/set.h"

#include <set>

#include "store/collection/hash_order.h"
#include "store/collection/selection.h"

namespace larder::store::collection {

namespace {

// Random numbers out of one (SplitMix64).
class Lots {
 public:
  explicit Lots(std::uint64_t lot) : state_(lot) {}

  std::size_t below(std::size_t end) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    mixed ^= mixed >> 31;
    return mixed % end;  // `end` is small: no remainder is noticeably likelier
  }

 private:
  std::uint64_t state_;
};

// Floyd's: each set of `count` ranks below `end` is as likely as every other, by `count` draws.
Selection draw(std::size_t count, std::size_t end, Lots lots) {
  std::set<std::size_t> drawn;
  for (std::size_t last = end - count; last < end; ++last) {
    if (!drawn.insert(lots.below(last + 1)).second) drawn.insert(last);
  }
  Selection selection;
  for (const std::size_t rank : drawn) selection.add(rank);
  return selection;
}

}  // namespace

std::string_view Set::value_of(std::string_view entry) {
  return entry.substr(HashedBytes::kHashBytes);
}

Verdict Set::insert(std::string_view value) {
  if (tree_.size() >= attributes_.most) return Verdict::kOverflowed;
  const HashedBytes key(value);
  const Tree::Place place = find(tree_, key, value_of);
  if (is_at(tree_, place, key, value_of)) return Verdict::kElementExists;
  const std::string_view parts[] = {key.hash_bytes(), value};
  return tree_.insert(place.rank, parts) ? Verdict::kDone : Verdict::kNoMemory;
}

Verdict Set::erase(std::string_view value) {
  const HashedBytes key(value);
  const Tree::Place place = find(tree_, key, value_of);
  if (!is_at(tree_, place, key, value_of)) return Verdict::kElementMissing;
  return tree_.erase(place.rank, place.rank + 1) ? Verdict::kDone : Verdict::kNoMemory;
}

Verdict Set::has(std::string_view value) const {
  if (!attributes_.readable) return Verdict::kUnreadable;
  const HashedBytes key(value);
  return is_at(tree_, find(tree_, key, value_of), key, value_of) ? Verdict::kDone
                                                                 : Verdict::kElementMissing;
}

Got Set::get(std::size_t count, Removal removal, std::uint64_t lot) {
  if (!attributes_.readable) return {.verdict = Verdict::kUnreadable};
  if (tree_.empty()) return {.verdict = Verdict::kElementMissing};
  Selection selection;
  if (count == 0 || count >= tree_.size()) {
    selection.add(0, tree_.size());
  } else {
    selection = draw(count, tree_.size(), Lots(lot));
  }
  Got got{.verdict = Verdict::kDone};
  selection.pin(tree_, got.elements);
  if (removal != Removal::kKeep && !selection.erase_from(tree_)) {
    return {.verdict = Verdict::kNoMemory};
  }
  return got;
}

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/list.h"

#include <algorithm>
#include <optional>

#include "store/collection/trim.h"

namespace larder::store::collection {

namespace {

// Ranks of what a range of indexes names, `to` included; backwards when it is the smaller.
struct Ranks {
  std::size_t from = 0;
  std::size_t to = 0;

  std::size_t least() const { return std::min(from, to); }
  std::size_t end() const { return std::max(from, to) + 1; }
};

// Nothing: it is empty, or both are beyond the same end.
std::optional<Ranks> ranks_of(std::int64_t from, std::int64_t to, std::size_t elements) {
  const auto size = static_cast<std::int64_t>(elements);
  if (from < 0) from += size;
  if (to < 0) to += size;
  if (size == 0 || std::max(from, to) < 0 || std::min(from, to) >= size) return std::nullopt;
  const auto clipped = [&](std::int64_t rank) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(rank, 0, size - 1));
  };
  return Ranks{.from = clipped(from), .to = clipped(to)};
}

}  // namespace

// What is trimmed of a full list, and where the value comes then:
//
//   index     trimmed              0 1 2 3, full
//   0         the tail             v 0 1 2
//   -1        the head             1 2 3 v
//   2         by head trim: head   1 v 2 3
//             by tail trim: tail   0 1 v 2
Verdict List::insert(std::int64_t index, std::string_view value) {
  const auto size = static_cast<std::int64_t>(tree_.size());
  const auto most = static_cast<std::int64_t>(attributes_.most);
  if (index >= 0 ? index > size || index >= most : index < -size - 1 || index < -most) {
    return Verdict::kOutOfRange;
  }
  const auto rank = static_cast<std::size_t>(index < 0 ? size + 1 + index : index);
  const std::string_view parts[] = {value};
  if (size < most) return tree_.insert(rank, parts) ? Verdict::kDone : Verdict::kNoMemory;
  if (attributes_.overflow == Overflow::kError) return Verdict::kOverflowed;
  const bool of_head = index == -1 || (index != 0 && attributes_.overflow == Overflow::kHeadTrim);
  const Trim trim =
      of_head ? Trim{.from = 0, .to = 1} : Trim{.from = tree_.size() - 1, .to = tree_.size()};
  return insert_and_trim(tree_, rank, parts, trim) ? Verdict::kDone : Verdict::kNoMemory;
}

Got List::get(std::int64_t from, std::int64_t to, Removal removal) {
  if (!attributes_.readable) return {.verdict = Verdict::kUnreadable};
  const std::optional<Ranks> ranks = ranks_of(from, to, tree_.size());
  if (!ranks) return {.verdict = Verdict::kElementMissing};
  Got got{.verdict = Verdict::kDone};
  if (ranks->from <= ranks->to) {
    tree_.pin(ranks->least(), ranks->end(), got.elements);
  } else {
    tree_.pin_backwards(ranks->least(), ranks->end(), got.elements);
  }
  if (removal != Removal::kKeep && !tree_.erase(ranks->least(), ranks->end())) {
    return {.verdict = Verdict::kNoMemory};
  }
  return got;
}

Verdict List::erase(std::int64_t from, std::int64_t to) {
  const std::optional<Ranks> ranks = ranks_of(from, to, tree_.size());
  if (!ranks) return Verdict::kElementMissing;
  return tree_.erase(ranks->least(), ranks->end()) ? Verdict::kDone : Verdict::kNoMemory;
}

}  // namespace larder::store::collection

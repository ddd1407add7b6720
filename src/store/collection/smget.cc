// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/smget.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <utility>

namespace larder::store::collection {

namespace {

// A scan on its way through its elements.
class Run {
 public:
  explicit Run(const SmgetPart& part) : part_(&part), walk_(part.scan.elements) { look(); }

  const SmgetPart& part() const { return *part_; }
  bool is_done() const { return walk_.is_done(); }
  std::string_view entry() const { return walk_.entry(); }
  const Bkey& bkey() const { return bkey_; }
  void step() {
    walk_.step();
    look();
  }

 private:
  void look() {
    if (!walk_.is_done()) bkey_ = BTree::element_of(walk_.entry()).bkey;
  }

  const SmgetPart* part_;
  Snapshot::Walk walk_;
  Bkey bkey_;
};

// The merge: runs by their next element, and no more of them than elements can still be wanted.
//
//   queue   … [b: 20] [c: 15] [a: 10]    the last is taken, steps on, and finds its new place
//
// Of unique elements there is one run at each bkey: the other one steps on.
class Merge {
 public:
  explicit Merge(const SmgetQuery& query) : query_(query) {}

  Smget run(std::span<const SmgetPart> parts) {
    runs_.reserve(parts.size());
    for (const SmgetPart& part : parts) {
      begin(part);
      if (answer_.answer != Smget::Answer::kDone) return std::move(answer_);
    }
    while (!queue_.empty() && !is_full() && take_first()) {
    }
    settle_trims();
    return std::move(answer_);
  }

 private:
  using Answer = Smget::Answer;

  // `rank` decides where bkeys differ in their first 8 bytes: without a look at the run.
  struct Waiting {
    std::uint64_t rank;
    Run* run;
  };

  bool is_old() const { return query_.mode == SmgetMode::kOld; }
  bool is_full() const { return answer_.elements.size() == query_.most; }

  void begin(const SmgetPart& part) {
    switch (part.state) {
      case SmgetPart::State::kEmpty: return;
      case SmgetPart::State::kMissing:
      case SmgetPart::State::kUnreadable: return answer_.missed.push_back(&part);
      case SmgetPart::State::kOutOfRange:
        if (is_old()) return fail(Answer::kOutOfRange);
        return answer_.missed.push_back(&part);
      case SmgetPart::State::kScanned: break;
    }
    runs_.emplace_back(part);
    if (runs_.back().is_done() && part.scan.ends_trimmed && is_old()) {
      return fail(Answer::kOutOfRange);
    }
    enqueue(&runs_.back());
  }

  void fail(Answer why) { answer_ = {.answer = why}; }

  // False: what comes next is not known any more.
  bool take_first() {
    Run* const first = queue_.back().run;
    const bool repeats = previous_ && *previous_ == first->bkey();
    if (is_old() && answer_.is_trimmed && !repeats) return false;
    queue_.pop_back();
    previous_ = first->bkey();
    if (skipped_ < query_.offset) {
      ++skipped_;
    } else {
      answer_.has_duplicates |= repeats && !answer_.elements.empty();
      answer_.elements.push_back({.part = &first->part(), .entry = first->entry()});
      if (is_full()) return false;
    }
    first->step();
    enqueue(first);
    return answer_.answer == Answer::kDone;
  }

  // Where it belongs, if it can still be wanted there.
  void enqueue(Run* run) {
    while (!run->is_done()) {
      const Waiting waiting{rank_of(run->bkey()), run};
      const auto at = std::ranges::lower_bound(
          queue_, waiting, [this](const Waiting& a, const Waiting& b) { return order(a, b) > 0; });
      if (at == queue_.end() || order(*at, waiting) != 0) {
        return insert(waiting, at);
      }
      if (at->run->part().key == run->part().key) return fail(Answer::kSameKey);
      if (order_of_keys(*run, *at->run) < 0) std::swap(at->run, run);
      run->step();
    }
    if (run->part().scan.ends_trimmed) note_trim(run->part());
  }

  // Instead of the one that is wanted least, when nobody can want more of them.
  void insert(const Waiting& waiting, std::vector<Waiting>::iterator at) {
    if (queue_.size() < query_.offset + query_.most) {
      queue_.insert(at, waiting);
    } else if (at != queue_.begin()) {
      *std::move(queue_.begin() + 1, at, queue_.begin()) = waiting;
    }
  }

  // In the direction of the range.
  std::strong_ordering directed(std::strong_ordering upwards) const {
    return query_.range.is_downwards() ? 0 <=> upwards : upwards;
  }
  std::strong_ordering order_of_keys(const Run& a, const Run& b) const {
    return directed(a.part().key <=> b.part().key);
  }
  std::strong_ordering order(const Waiting& a, const Waiting& b) const {
    if (a.rank != b.rank) return a.rank <=> b.rank;
    const std::strong_ordering by_bkey = directed(a.run->bkey() <=> b.run->bkey());
    if (by_bkey != 0 || query_.mode == SmgetMode::kUnique) return by_bkey;
    return order_of_keys(*a.run, *b.run);
  }
  std::uint64_t rank_of(const Bkey& bkey) const {
    std::uint64_t rank = bkey.number();
    if (!bkey.is_number()) {
      for (std::size_t i = 0; i < sizeof(rank); ++i) {
        const bool has = i < bkey.bytes().size();
        rank = rank << 8 | (has ? static_cast<unsigned char>(bkey.bytes()[i]) : 0);
      }
    }
    return query_.range.is_downwards() ? ~rank : rank;
  }

  void note_trim(const SmgetPart& part) {
    if (is_old()) {
      answer_.is_trimmed = true;
    } else {
      answer_.trimmed.push_back({.part = &part, .last = *part.scan.last});
    }
  }

  // What was lost behind the last element of a full answer does not matter. Of equal bkeys the key
  // that would come last is the first here, as Arcus has it.
  void settle_trims() {
    if (is_old()) {
      answer_.is_trimmed &= !is_full();
      return;
    }
    if (is_full()) {
      const Bkey tail = BTree::element_of(answer_.elements.back().entry).bkey;
      std::erase_if(answer_.trimmed, [&](const SmgetTrimmed& trimmed) {
        return directed(trimmed.last <=> tail) >= 0;
      });
    }
    std::ranges::sort(answer_.trimmed, [&](const SmgetTrimmed& a, const SmgetTrimmed& b) {
      const std::strong_ordering by_bkey = directed(a.last <=> b.last);
      return by_bkey != 0 ? by_bkey < 0 : directed(b.part->key <=> a.part->key) < 0;
    });
  }

  const SmgetQuery& query_;
  std::vector<Run> runs_;  // all of them; the queue points here
  std::vector<Waiting> queue_;
  std::optional<Bkey> previous_;
  std::size_t skipped_ = 0;
  Smget answer_;
};

}  // namespace

Smget merge(std::span<const SmgetPart> parts, const SmgetQuery& query) {
  return Merge(query).run(parts);
}

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/bkey.h"
#include "base/eflag.h"
#include "store/collection/selection.h"
#include "store/collection/terms.h"
#include "store/collection/tree.h"
#include "store/collection/trim.h"

namespace larder::store::collection {

using base::Bkey;
using base::BkeyRange;
using base::Eflag;
using base::EflagFilter;
using base::EflagUpdate;

// Elements by bkey, in its order, with positions. All bkeys are of one kind, which the first
// element, or the range that is set while it is empty, decides. Not synchronised.
//
//   entry   [ bkey size 1 ][ eflag size 1 ][ bkey ][ eflag ][ value ]     a number: size 0, 8 bytes
//
//   trimmed, of smallest_trim and largest_trim: elements have been lost at that end, so that what
//   is asked beyond it is not known to be missing
class BTree {
 public:
  struct Element {
    Bkey bkey;
    std::string_view eflag = {};
    std::string_view value = {};
  };

  BTree(BlockPool& pool, const Attributes& attributes) : attributes_(attributes), tree_(pool) {}

  static Element element_of(std::string_view entry);

  // What insert and upsert lost for want of room, for who asked for it (`lost` of them not null):
  // only what the number of elements, not the range of bkeys, made it lose.
  // kDone, kElementExists, kOverflowed, kOutOfRange, kBkeyMismatch, kNoMemory.
  Verdict insert(const Element& element, Snapshot* lost = nullptr);
  // kReplaced too, and not kElementExists.
  Verdict upsert(const Element& element, Snapshot* lost = nullptr);

  // What stays is nullopt. kDone, kElementMissing, kBkeyMismatch, kEflagMismatch,
  // kNothingToUpdate (neither is given), kNoMemory.
  Verdict update(const Bkey& bkey, const std::optional<EflagUpdate>& eflag,
                 const std::optional<std::string_view>& value);

  // A number in digits, counted up (wraps at 2^64) or down (stops at 0). `initial`: what a missing
  // element becomes, as by insert.
  struct Count {
    std::uint64_t delta = 1;
    bool down = false;
    std::optional<std::uint64_t> initial = {};
    Eflag eflag = {};  // of the new element
  };
  struct Counted {
    Verdict verdict = Verdict::kElementMissing;
    std::uint64_t number = 0;
  };
  // kDone, kElementMissing, kNotNumeric, kBkeyMismatch, and what insert says.
  Counted count(const Bkey& bkey, const Count& how);

  // Which elements: of a range, those that the filter admits, without the first `offset` of them,
  // up to `most` (0: all).
  struct Query {
    BkeyRange range;
    const EflagFilter* filter = nullptr;
    std::size_t offset = 0;
    std::size_t most = 0;
  };
  // kDone, kElementMissing, kOutOfRange (nothing, and the range reaches beyond a trimmed end),
  // kBkeyMismatch, kUnreadable, kNoMemory (with removal).
  Got get(const Query& query, Removal removal);
  Verdict erase(const Query& query);  // kDone, kElementMissing, kBkeyMismatch, kNoMemory
  // kDone, kBkeyMismatch, kUnreadable.
  Verdict count_in(const BkeyRange& range, const EflagFilter* filter, std::size_t& count) const;

  enum class Order : std::uint8_t { kAscending, kDescending };
  // The position of an element: how many come before it in that order.
  // kDone, kElementMissing, kBkeyMismatch, kUnreadable.
  Verdict position(const Bkey& bkey, Order order, std::size_t& position) const;
  // From..to positions, both included, in either order: `to` may come before `from`.
  // kDone, kElementMissing, kUnreadable.
  Got get_by_position(Order order, std::size_t from, std::size_t to) const;
  // An element with up to `around` neighbours on each side.
  struct Neighbours : Got {
    std::size_t position = 0;  // of the element
    std::size_t index = 0;     // of the element among `elements`
  };
  Neighbours position_with_get(const Bkey& bkey, Order order, std::size_t around) const;

  // ---- attributes
  std::optional<Bkey> least() const;  // nothing: it is empty
  std::optional<Bkey> most() const;
  bool is_trimmed() const { return trimmed_; }
  std::optional<Bkey> max_range() const;
  // The widest that its bkeys may span; nothing: any. kDone, kBadValue (they span more, or are of
  // the other kind).
  Verdict set_max_range(const std::optional<Bkey>& range);
  bool may_span(const std::optional<Bkey>& range) const;  // that is kDone
  void set_overflow(Overflow overflow);                   // forgets that it was trimmed

  // ---- for smget: see smget.h
  struct Scan {
    Verdict verdict = Verdict::kDone;  // kDone, kBkeyMismatch, kUnreadable; kOutOfRange: it begins
                                       // beyond a trimmed end
    Snapshot elements = {};            // of the range and filter, the first `most`
    bool ends_trimmed = false;         // all of them, and the scan ran beyond a trimmed end
    std::optional<Bkey> last = {};     // the last element of the tree in that direction, if so
  };
  Scan scan(const BkeyRange& range, const EflagFilter* filter, std::size_t most) const;

  Attributes& attributes() { return attributes_; }
  const Tree& tree() const { return tree_; }

 private:
  // The ranks of a range, `to` not included.
  struct Span {
    std::size_t from = 0;
    std::size_t to = 0;

    bool empty() const { return from == to; }
  };
  // What has to go so that a new element has room.
  struct Excess {
    enum class Of : std::uint8_t { kNothing, kElements, kRange };
    Verdict verdict = Verdict::kDone;  // kOverflowed, kOutOfRange
    Of of = Of::kNothing;
    Trim trim = {};
  };

  static Bkey bkey_of(std::string_view entry) { return element_of(entry).bkey; }
  static std::strong_ordering order(std::string_view entry, const Bkey& bkey);

  bool is_foreign(const Bkey& bkey) const;          // of the other kind
  Tree::Place find(const Bkey& bkey) const;         // the first that is not less
  Tree::Place find_behind(const Bkey& bkey) const;  // the first that is more
  bool is_at(const Tree::Place& place, const Bkey& bkey) const;
  // kDone, kElementMissing, kBkeyMismatch.
  Verdict look_up(const Bkey& bkey, Tree::Place& place) const;

  // ---- how far its bkeys may span
  bool is_too_wide(const Bkey& least, const Bkey& most) const;
  static bool is_too_wide(const Bkey& least, const Bkey& most, const Bkey& range);

  // ---- changes: btree_change.cc
  Verdict put(const Element& element, bool replaces, Snapshot* lost);
  Verdict put_new(std::size_t rank, const Element& element, Snapshot* lost);
  Excess excess(const Bkey& bkey, std::size_t rank) const;
  Excess excess_of_range(const Bkey& bkey, std::size_t rank) const;
  bool trims_smallest() const;
  bool trims_largest() const;
  bool remembers_trims() const;

  // ---- queries: btree_query.cc
  Span span_of(const BkeyRange& range) const;
  Selection select(const Query& query, const Span& span, bool& is_full) const;
  bool begins_beyond(const BkeyRange& range, const Span& span) const;
  bool ends_beyond(const BkeyRange& range) const;
  bool is_below_trimmed(const Bkey& bkey) const;
  bool is_above_trimmed(const Bkey& bkey) const;

  Attributes attributes_;
  bool trimmed_ = false;
  bool has_numbers_ = true;          // its bkeys are; while there is an element or a range
  std::unique_ptr<Bkey> max_range_;  // rarely set
  Tree tree_;
};

}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/btree_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/collection/test_bkeys.h"
#include "store/collection/test_history.h"

// A long random history, told to a b+tree and to its model.
//
//   each operation    answers what the model predicts, trims included
//   afterwards        elements, attributes and the trimmed mark are the model's
namespace larder::store::collection {
namespace {

using Key = BTreeModel::Key;
using Elements = BTreeModel::Elements;
using Order = BTree::Order;

Elements elements_of(const Snapshot& snapshot) {
  Elements elements;
  for (const std::string& entry : entries_of(snapshot)) {
    const auto [bkey, eflag, value] = BTree::element_of(entry);
    elements.emplace_back(BTreeModel::key_of(bkey),
                          BTreeModel::Element{std::string(eflag), std::string(value)});
  }
  return elements;
}

BkeyRange range_of(const BTreeModel::Range& range) {
  return {.from = BTreeModel::bkey_of(range.from), .to = BTreeModel::bkey_of(range.to)};
}

class BTreeHistory : public History<BTreeHistory> {
 public:
  BTreeHistory(std::uint32_t most, bool with_bytes, std::uint64_t seed)
      : History(most, seed), bkeys_(most * std::size_t{2} + 2, with_bytes) {
    make();
  }

  void run(unsigned operations) {
    History::run(operations, 4000);
    EXPECT_GT(trims_, operations / 1000);
    EXPECT_GT(out_of_range_, operations / 1000);
  }

 private:
  friend History<BTreeHistory>;

  void make() {
    const std::vector<Overflow> overflows = {Overflow::kError, Overflow::kSmallestTrim,
                                             Overflow::kLargestTrim, Overflow::kSmallestSilentTrim,
                                             Overflow::kLargestSilentTrim};
    const Attributes attributes{.most = most_, .overflow = random_.any_of(overflows)};
    tree_.emplace(pool_.blocks(), attributes);
    model_ = BTreeModel{.attributes = attributes};
  }

  void step() {
    operate();
    compare_attributes();
  }
  void operate() {
    if (model_.elements.empty() && random_.one_in(5)) bkeys_.change_kind();
    if (tide_.demands_insert(model_.elements.size(), random_)) return put();
    const std::size_t dice = random_.below(1000);
    if (dice < 150) return put();
    if (dice < 250) return update();
    if (dice < 350) return count();
    if (dice < 650) return get();
    if (dice < 800) return erase();
    if (dice < 850) return count_in();
    if (dice < 950) return look_by_position();
    if (dice < 999 || !random_.one_in(most_)) return change_attributes();
    make();
  }

  // ---- changes

  void put() {
    const Key key = bkeys_.key(random_);
    const BTreeModel::Element element{.eflag = AnyBkeys::eflag(random_),
                                      .value = random_.one_in(3) ? digits() : random_.value()};
    const bool replaces = random_.one_in(3);
    const bool asks = random_.one_in(2);
    Snapshot lost;
    Snapshot* into = asks ? &lost : nullptr;
    const BTree::Element given{
        .bkey = BTreeModel::bkey_of(key), .eflag = element.eflag, .value = element.value};
    const Verdict verdict = memory_.with_room(
        [&] { return replaces ? tree_->upsert(given, into) : tree_->insert(given, into); },
        [&] {
          EXPECT_TRUE(lost.empty());
          compare();
        });
    Elements model_lost;
    EXPECT_EQ(verdict, model_.put(key, element, replaces, model_lost));
    trims_ += model_lost.size();
    out_of_range_ += verdict == Verdict::kOutOfRange ? 1 : 0;
    EXPECT_EQ(elements_of(lost), asks ? model_lost : Elements());
    held_.hold(std::move(lost), random_);
  }
  std::string digits() { return std::to_string(random_.number() >> random_.below(64)); }

  void update() {
    const Key key = bkeys_.key(random_);
    std::optional<EflagUpdate> eflag;
    std::optional<std::string> value;
    if (random_.one_in(2)) eflag = any_update();
    if (random_.one_in(2)) value = random_.value();
    const Verdict verdict = memory_.with_room(
        [&] { return tree_->update(BTreeModel::bkey_of(key), eflag, value); }, [&] { compare(); });
    EXPECT_EQ(verdict, model_.update(key, eflag, value));
  }
  EflagUpdate any_update() {
    EflagUpdate update{.eflag = AnyBkeys::some(random_.below(3), random_)};
    if (random_.one_in(3)) return update;
    update.how = static_cast<base::Bitwise>(random_.below(3));
    update.offset = random_.below(3);
    return update;
  }

  void count() {
    const Key key = bkeys_.key(random_);
    BTree::Count how{.delta = random_.number() >> random_.below(64), .down = random_.one_in(2)};
    if (random_.one_in(2)) how.initial = random_.number() >> random_.below(64);
    if (random_.one_in(2)) how.eflag = Eflag(AnyBkeys::eflag(random_));
    const BTree::Counted counted = memory_.with_room(
        [&] { return tree_->count(BTreeModel::bkey_of(key), how); }, [&] { compare(); });
    std::uint64_t number = 0;
    EXPECT_EQ(counted.verdict, model_.count(key, how, number));
    EXPECT_EQ(counted.verdict == Verdict::kDone ? counted.number : number, number);
  }

  void change_attributes() {
    Attributes& attributes = model_.attributes;
    switch (random_.below(3)) {
      case 0: {
        attributes.readable = !random_.one_in(3);
        const auto least = std::max<std::size_t>(1, model_.elements.size());
        attributes.most = static_cast<std::uint32_t>(random_.between(least, least + most_ / 4));
        attributes.most = std::min(attributes.most, most_);
        tree_->attributes() = attributes;
        break;
      }
      case 1: {
        const auto overflow = static_cast<Overflow>(random_.below(kOverflows));
        if (!suits(overflow, Type::kBTree)) break;
        if (overflow != attributes.overflow) model_.trimmed = false;
        attributes.overflow = overflow;
        tree_->set_overflow(overflow);
        break;
      }
      default: {
        const std::optional<Key> range = bkeys_.max_range(random_);
        std::optional<Bkey> given;
        if (range) given = BTreeModel::bkey_of(*range);
        EXPECT_EQ(tree_->set_max_range(given), model_.set_max_range(range));
      }
    }
  }

  // ---- queries

  // The filter must outlive it.
  BTreeModel::Query any_query(const std::optional<EflagFilter>& filter) {
    BTreeModel::Query query{.range = bkeys_.range(random_)};
    if (filter) query.filter = &*filter;
    if (random_.one_in(3)) query.offset = random_.below(random_.one_in(20) ? most_ + 1 : 4);
    if (!random_.one_in(most_ / 4 + 2)) query.most = random_.between(1, 6);
    return query;
  }
  static BTree::Query query_of(const BTreeModel::Query& query) {
    return {.range = range_of(query.range),
            .filter = query.filter,
            .offset = query.offset,
            .most = query.most};
  }

  void get() {
    const std::optional<EflagFilter> filter = AnyBkeys::filter(random_);
    const BTreeModel::Query query = any_query(filter);
    const auto removal = static_cast<Removal>(random_.below(3));
    Got got =
        memory_.with_room([&] { return tree_->get(query_of(query), removal); }, [&] { compare(); });
    const BTreeModel::Got expected = model_.get(query);
    ASSERT_EQ(got.verdict, expected.verdict);
    EXPECT_EQ(got.trimmed, expected.trimmed);
    EXPECT_EQ(elements_of(got.elements), expected.elements);
    out_of_range_ += got.verdict == Verdict::kOutOfRange ? 1 : 0;
    if (removal != Removal::kKeep) model_.erase(expected.elements);
    held_.hold(std::move(got.elements), random_);
  }

  void erase() {
    const std::optional<EflagFilter> filter = AnyBkeys::filter(random_);
    const BTreeModel::Query query = any_query(filter);
    const Verdict verdict =
        memory_.with_room([&] { return tree_->erase(query_of(query)); }, [&] { compare(); });
    if (model_.elements.empty()) {
      EXPECT_EQ(verdict, Verdict::kElementMissing);
      return;
    }
    if (model_.is_foreign(query.range.from)) {
      EXPECT_EQ(verdict, Verdict::kBkeyMismatch);
      return;
    }
    bool is_full = false;
    const Elements gone = model_.matches(query, is_full);
    EXPECT_EQ(verdict, gone.empty() ? Verdict::kElementMissing : Verdict::kDone);
    model_.erase(gone);
  }

  void count_in() {
    const std::optional<EflagFilter> filter = AnyBkeys::filter(random_);
    BTreeModel::Query query = any_query(filter);
    query.offset = 0;
    query.most = 0;
    std::size_t count = 0;
    const Verdict verdict = tree_->count_in(range_of(query.range), query.filter, count);
    if (!model_.attributes.readable) {
      EXPECT_EQ(verdict, Verdict::kUnreadable);
    } else if (model_.is_foreign(query.range.from)) {
      EXPECT_EQ(verdict, Verdict::kBkeyMismatch);
    } else {
      bool is_full = false;
      EXPECT_EQ(verdict, Verdict::kDone);
      EXPECT_EQ(count, model_.matches(query, is_full).size());
    }
  }

  void look_by_position() {
    Elements ordered(model_.elements.begin(), model_.elements.end());
    const Order order = random_.one_in(2) ? Order::kAscending : Order::kDescending;
    if (order == Order::kDescending) std::ranges::reverse(ordered);
    if (random_.one_in(2)) return get_by_position(ordered, order);
    const Key key = bkeys_.key(random_);
    const std::size_t around = random_.below(5);
    const auto at = std::ranges::find(ordered, key, &Elements::value_type::first);
    std::size_t position = 0;
    const Verdict verdict = tree_->position(BTreeModel::bkey_of(key), order, position);
    const BTree::Neighbours got = tree_->position_with_get(BTreeModel::bkey_of(key), order, around);
    EXPECT_EQ(got.verdict, verdict);
    if (!model_.attributes.readable) {
      EXPECT_EQ(verdict, Verdict::kUnreadable);
    } else if (!ordered.empty() && model_.is_foreign(key)) {
      EXPECT_EQ(verdict, Verdict::kBkeyMismatch);
    } else if (at == ordered.end()) {
      EXPECT_EQ(verdict, Verdict::kElementMissing);
    } else {
      const auto expected = static_cast<std::size_t>(at - ordered.begin());
      const std::size_t first = expected - std::min(expected, around);
      const std::size_t end = std::min(expected + around + 1, ordered.size());
      EXPECT_EQ(verdict, Verdict::kDone);
      EXPECT_EQ(position, expected);
      EXPECT_EQ(got.position, expected);
      EXPECT_EQ(got.index, expected - first);
      EXPECT_EQ(elements_of(got.elements), slice(ordered, first, end));
    }
  }
  static Elements slice(const Elements& of, std::size_t from, std::size_t to) {
    Elements slice;
    for (std::size_t i = from; i < to; ++i) slice.push_back(of[i]);
    return slice;
  }
  void get_by_position(const Elements& ordered, Order order) {
    const std::size_t from = random_.below(ordered.size() + 3);
    const std::size_t to = random_.one_in(100)
                               ? random_.below(ordered.size() + 3)
                               : from + random_.below(5) - std::min<std::size_t>(from, 2);
    const Got got = tree_->get_by_position(order, from, to);
    if (!model_.attributes.readable) {
      EXPECT_EQ(got.verdict, Verdict::kUnreadable);
      return;
    }
    Elements expected =
        slice(ordered, std::min(from, to), std::min(std::max(from, to) + 1, ordered.size()));
    if (from > to) std::ranges::reverse(expected);
    EXPECT_EQ(got.verdict, expected.empty() ? Verdict::kElementMissing : Verdict::kDone);
    EXPECT_EQ(elements_of(got.elements), expected);
  }

  // ---- the same

  void compare_attributes() const {
    EXPECT_EQ(tree_->is_trimmed(), model_.trimmed);
    EXPECT_EQ(tree_->tree().size(), model_.elements.size());
    std::optional<Bkey> range;
    if (model_.max_range) range = BTreeModel::bkey_of(*model_.max_range);
    EXPECT_EQ(tree_->max_range(), range);
    if (model_.elements.empty()) {
      EXPECT_FALSE(tree_->least() || tree_->most());
      return;
    }
    EXPECT_EQ(tree_->least(), BTreeModel::bkey_of(model_.elements.begin()->first));
    EXPECT_EQ(tree_->most(), BTreeModel::bkey_of(model_.elements.rbegin()->first));
  }
  void compare() const {
    compare_attributes();
    Snapshot all;
    tree_->tree().pin(0, tree_->tree().size(), all);
    EXPECT_TRUE(elements_of(all) == Elements(model_.elements.begin(), model_.elements.end()));
  }

  static constexpr std::size_t kOverflows = 7;

  AnyBkeys bkeys_;
  std::optional<BTree> tree_;
  BTreeModel model_;
  std::size_t trims_ = 0;
  std::size_t out_of_range_ = 0;
};

void run(std::uint32_t most, bool with_bytes, unsigned operations) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  BTreeHistory(most, with_bytes, seed).run(operations);
}

TEST(BTreeModel, IsABTreeOfAFewElements) {
  run(1, false, 50 * kThousand);
  run(3, true, 100 * kThousand);
  run(8, false, 200 * kThousand);
  run(30, true, 400 * kThousand);
}
TEST(BTreeModel, IsABTreeOfManyElements) { run(1500, false, 150 * kThousand); }

}  // namespace
}  // namespace larder::store::collection

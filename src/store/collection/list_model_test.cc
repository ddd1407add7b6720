// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/collection/list.h"
#include "store/collection/test_history.h"

// A long random history, told to a list and to a vector.
namespace larder::store::collection {
namespace {

// What a list should be, written for plainness.
struct ListModel {
  Attributes attributes = {};
  std::vector<std::string> values = {};

  std::int64_t size() const { return static_cast<std::int64_t>(values.size()); }

  Verdict insert(std::int64_t index, const std::string& value) {
    const bool from_head = index >= 0 && index <= size() && index <= attributes.most - 1;
    const bool from_tail = index < 0 && -index <= size() + 1 && -index <= attributes.most;
    if (!from_head && !from_tail) return Verdict::kOutOfRange;
    const bool is_full = size() >= attributes.most;
    if (is_full && attributes.overflow == Overflow::kError) return Verdict::kOverflowed;
    values.insert(from_head ? values.begin() + index : values.begin() + (size() + index + 1),
                  value);
    if (!is_full) return Verdict::kDone;
    const bool loses_head =
        index == -1 || (index != 0 && attributes.overflow == Overflow::kHeadTrim);
    values.erase(loses_head ? values.begin() : values.end() - 1);
    return Verdict::kDone;
  }

  // Which ones a range names, in its direction.
  std::vector<std::int64_t> named(std::int64_t from, std::int64_t to) const {
    if (from < 0) from += size();
    if (to < 0) to += size();
    std::vector<std::int64_t> named;
    const std::int64_t step = from <= to ? 1 : -1;
    for (std::int64_t i = from; i != to + step; i += step) {
      if (i >= 0 && i < size()) named.push_back(i);
    }
    return named;
  }
  std::vector<std::string> get(std::int64_t from, std::int64_t to) const {
    std::vector<std::string> got;
    for (const std::int64_t i : named(from, to)) {
      got.push_back(values[static_cast<std::size_t>(i)]);
    }
    return got;
  }
  void erase(std::int64_t from, std::int64_t to) {
    std::vector<std::int64_t> gone = named(from, to);
    std::ranges::sort(gone, std::greater<>());
    for (const std::int64_t i : gone) values.erase(values.begin() + i);
  }
};

class ListHistory : public History<ListHistory> {
 public:
  ListHistory(std::uint32_t most, std::uint64_t seed) : History(most, seed) { make(); }

 private:
  friend History<ListHistory>;

  void make() {
    const std::vector<Overflow> overflows = {Overflow::kError, Overflow::kHeadTrim,
                                             Overflow::kTailTrim};
    const Attributes attributes{.most = most_, .overflow = random_.any_of(overflows)};
    list_.emplace(pool_.blocks(), attributes);
    model_ = {.attributes = attributes};
  }

  std::int64_t any_index() {
    const auto beyond = model_.size() + 3;
    if (random_.one_in(4)) return random_.one_in(2) ? 0 : -1;
    return static_cast<std::int64_t>(random_.below(static_cast<std::size_t>(2 * beyond + 1))) -
           beyond;
  }
  // The other end of a range that is mostly short.
  std::int64_t near(std::int64_t index) {
    const std::int64_t other = index + static_cast<std::int64_t>(random_.below(9)) - 4;
    const bool is_far = (index < 0) != (other < 0);
    if (random_.one_in(most_ + 50)) return any_index();
    return is_far ? index : other;
  }

  void step() {
    if (tide_.demands_insert(model_.values.size(), random_)) return insert();
    const std::size_t dice = random_.below(1000);
    if (dice < 400) return insert();
    if (dice < 650) return get();
    if (dice < 950) return erase();
    if (dice < 999 || !random_.one_in(most_)) return change_attributes();
    make();
  }
  void insert() {
    const std::int64_t index = any_index();
    const std::string value = random_.value();
    const Verdict verdict =
        memory_.with_room([&] { return list_->insert(index, value); }, [&] { compare(); });
    EXPECT_EQ(verdict, model_.insert(index, value)) << index;
  }
  void get() {
    const std::int64_t from = any_index();
    const std::int64_t to = near(from);
    const auto removal = static_cast<Removal>(random_.below(3));
    Got got = memory_.with_room([&] { return list_->get(from, to, removal); }, [&] { compare(); });
    if (!model_.attributes.readable) {
      EXPECT_EQ(got.verdict, Verdict::kUnreadable);
      return;
    }
    const std::vector<std::string> expected = model_.get(from, to);
    EXPECT_EQ(got.verdict, expected.empty() ? Verdict::kElementMissing : Verdict::kDone);
    EXPECT_EQ(entries_of(got.elements), expected) << from << ".." << to;
    if (removal != Removal::kKeep) model_.erase(from, to);
    held_.hold(std::move(got.elements), random_);
  }
  void erase() {
    const std::int64_t from = any_index();
    const std::int64_t to = near(from);
    const Verdict verdict =
        memory_.with_room([&] { return list_->erase(from, to); }, [&] { compare(); });
    const bool is_none = model_.named(from, to).empty();
    EXPECT_EQ(verdict, is_none ? Verdict::kElementMissing : Verdict::kDone);
    model_.erase(from, to);
  }
  void change_attributes() {
    Attributes& attributes = model_.attributes;
    attributes.readable = !random_.one_in(3);
    const auto least = std::max<std::size_t>(1, model_.values.size());
    attributes.most = static_cast<std::uint32_t>(random_.between(least, least + most_ / 4));
    attributes.most = std::min(attributes.most, most_);
    list_->attributes() = attributes;
  }

  void compare() const {
    ASSERT_EQ(list_->tree().size(), model_.values.size());
    Snapshot all;
    list_->tree().pin(0, list_->tree().size(), all);
    EXPECT_TRUE(entries_of(all) == model_.values);
  }

  std::optional<List> list_;
  ListModel model_;
};

void run(std::uint32_t most, unsigned operations) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  ListHistory(most, seed).run(operations);
}

TEST(ListModel, IsAListOfAFewElements) {
  run(1, 50 * kThousand);
  run(3, 100 * kThousand);
  run(40, 300 * kThousand);
}
TEST(ListModel, IsAListOfThousandsOfElements) { run(5000, 300 * kThousand); }

}  // namespace
}  // namespace larder::store::collection

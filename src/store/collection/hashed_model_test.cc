// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/collection/map.h"
#include "store/collection/set.h"
#include "store/collection/test_collisions.h"
#include "store/collection/test_history.h"

// Long random histories, told to a set and to a std::set, to a map and to a std::map. Some of their
// texts have one hash with another one.
namespace larder::store::collection {
namespace {

class Texts {
 public:
  explicit Texts(std::size_t count) {
    static const auto kPairs = colliding_pairs(10);
    for (const auto& [first, second] : kPairs) {
      texts_.push_back(first);
      texts_.push_back(second);
    }
    for (std::size_t i = 0; i < count; ++i) {
      texts_.push_back(std::string(i % 11 == 0 ? 200 : 2, 't') + std::to_string(i));
    }
  }
  const std::string& any(Random& random) const {
    return random.one_in(3) ? texts_[random.below(20)] : random.any_of(texts_);
  }

 private:
  std::vector<std::string> texts_;
};

class SetHistory : public History<SetHistory> {
 public:
  SetHistory(std::uint32_t most, std::uint64_t seed)
      : History(most, seed), texts_(most * std::size_t{2}) {}

 private:
  friend History<SetHistory>;

  void step() {
    if (tide_.demands_insert(model_.size(), random_)) return insert();
    const std::size_t dice = random_.below(1000);
    if (dice < 200) return insert();
    if (dice < 450) return erase();
    if (dice < 600) return look();
    if (dice < 950) return get();
    change_attributes();
  }
  void insert() {
    const std::string& value = texts_.any(random_);
    const Verdict verdict =
        memory_.with_room([&] { return set_.insert(value); }, [&] { compare(); });
    if (model_.size() >= set_.attributes().most) {
      EXPECT_EQ(verdict, Verdict::kOverflowed);
      return;
    }
    const bool is_new = model_.insert(value).second;
    EXPECT_EQ(verdict, is_new ? Verdict::kDone : Verdict::kElementExists) << value;
  }
  void erase() {
    const std::string& value = texts_.any(random_);
    const Verdict verdict =
        memory_.with_room([&] { return set_.erase(value); }, [&] { compare(); });
    const bool was_there = model_.erase(value) != 0;
    EXPECT_EQ(verdict, was_there ? Verdict::kDone : Verdict::kElementMissing);
  }
  void look() {
    const std::string& value = texts_.any(random_);
    const Verdict expected = !set_.attributes().readable ? Verdict::kUnreadable
                             : model_.contains(value)    ? Verdict::kDone
                                                         : Verdict::kElementMissing;
    EXPECT_EQ(set_.has(value), expected);
  }
  void get() {
    const std::size_t count =
        random_.one_in(tide_.falls() ? most_ / 2 : 10 * most_) ? 0 : random_.between(1, 5);
    const auto removal = static_cast<Removal>(random_.below(3));
    const std::uint64_t lot = random_.number();
    Got got = memory_.with_room([&] { return set_.get(count, removal, lot); }, [&] { compare(); });
    if (!set_.attributes().readable) {
      EXPECT_EQ(got.verdict, Verdict::kUnreadable);
      return;
    }
    EXPECT_EQ(got.verdict, model_.empty() ? Verdict::kElementMissing : Verdict::kDone);
    const std::size_t expected = count == 0 ? model_.size() : std::min(count, model_.size());
    EXPECT_EQ(got.elements.size(), expected);
    std::set<std::string> drawn;
    for (const std::string& entry : entries_of(got.elements)) {
      const std::string value(Set::value_of(entry));
      EXPECT_TRUE(drawn.insert(value).second) << value << " twice";
      EXPECT_TRUE(model_.contains(value)) << value;
      if (removal != Removal::kKeep) model_.erase(value);
    }
    held_.hold(std::move(got.elements), random_);
  }
  void change_attributes() {
    const auto least = static_cast<std::uint32_t>(std::max<std::size_t>(1, model_.size()));
    set_.attributes().readable = !random_.one_in(3);
    set_.attributes().most =
        std::min(most_, least + static_cast<std::uint32_t>(random_.below(1 + most_ / 4)));
  }
  void compare() const {
    Snapshot all;
    set_.tree().pin(0, set_.tree().size(), all);
    std::multiset<std::string> values;
    for (const std::string& entry : entries_of(all)) values.emplace(Set::value_of(entry));
    EXPECT_TRUE(std::ranges::equal(values, model_));
  }

  Texts texts_;
  Set set_{pool_.blocks(), {.most = most_}};
  std::set<std::string> model_;
};

class MapHistory : public History<MapHistory> {
 public:
  MapHistory(std::uint32_t most, std::uint64_t seed)
      : History(most, seed), texts_(most * std::size_t{2}) {}

 private:
  friend History<MapHistory>;

  using Fields = std::vector<std::string_view>;

  void step() {
    if (tide_.demands_insert(model_.size(), random_)) return put(random_.below(2));
    const std::size_t dice = random_.below(1000);
    if (dice < 300) return put(dice % 3);
    if (dice < 600) return get();
    if (dice < 950) return erase();
    change_attributes();
  }
  void put(std::size_t how) {
    const std::string& field = texts_.any(random_);
    const std::string value = random_.value();
    const Verdict verdict = memory_.with_room(
        [&] {
          if (how == 0) return map_.insert({field, value});
          return how == 1 ? map_.upsert({field, value}) : map_.update({field, value});
        },
        [&] { compare(); });
    EXPECT_EQ(verdict, put_into_model(how, field, value));
  }
  Verdict put_into_model(std::size_t how, const std::string& field, const std::string& value) {
    const bool is_there = model_.contains(field);
    if (how == 0 && is_there) return Verdict::kElementExists;
    if (how == 2 && !is_there) return Verdict::kElementMissing;
    if (!is_there && model_.size() >= map_.attributes().most) return Verdict::kOverflowed;
    model_[field] = value;
    return how == 1 && is_there ? Verdict::kReplaced : Verdict::kDone;
  }

  Fields any_fields() {
    Fields fields;
    // All of them: seldom while it is to become full, and often enough to become empty.
    if (random_.one_in(tide_.falls() ? most_ / 2 : 10 * most_)) return fields;
    for (std::size_t count = random_.between(1, 6); fields.size() < count;) {
      fields.push_back(texts_.any(random_));
    }
    return fields;
  }
  void get() {
    const Fields fields = any_fields();
    const auto removal = random_.one_in(2) ? Removal::kKeep : Removal::kDelete;
    Got got = memory_.with_room([&] { return map_.get(fields, removal); }, [&] { compare(); });
    if (!map_.attributes().readable) {
      EXPECT_EQ(got.verdict, Verdict::kUnreadable);
      return;
    }
    std::vector<std::pair<std::string, std::string>> expected;
    for (const std::string_view name : fields) {
      const auto at = model_.find(std::string(name));
      if (at == model_.end()) continue;
      expected.emplace_back(*at);
      if (removal != Removal::kKeep) model_.erase(at);
    }
    std::vector<std::pair<std::string, std::string>> answered;
    for (const std::string& entry : entries_of(got.elements)) {
      answered.emplace_back(Map::element_of(entry).field, Map::element_of(entry).value);
    }
    if (fields.empty()) {
      std::ranges::sort(answered);
      expected.assign(model_.begin(), model_.end());
      if (removal != Removal::kKeep) model_.clear();
    }
    EXPECT_EQ(answered, expected);
    EXPECT_EQ(got.verdict, expected.empty() ? Verdict::kElementMissing : Verdict::kDone);
    held_.hold(std::move(got.elements), random_);
  }
  void erase() {
    const Fields fields = any_fields();
    const Verdict verdict =
        memory_.with_room([&] { return map_.erase(fields); }, [&] { compare(); });
    const std::size_t before = model_.size();
    for (const std::string_view field : fields) model_.erase(std::string(field));
    if (fields.empty()) model_.clear();
    EXPECT_EQ(verdict, model_.size() < before ? Verdict::kDone : Verdict::kElementMissing);
  }
  void change_attributes() {
    const auto least = static_cast<std::uint32_t>(std::max<std::size_t>(1, model_.size()));
    map_.attributes().readable = !random_.one_in(3);
    map_.attributes().most =
        std::min(most_, least + static_cast<std::uint32_t>(random_.below(1 + most_ / 4)));
  }
  void compare() const {
    Snapshot all;
    map_.tree().pin(0, map_.tree().size(), all);
    std::multimap<std::string, std::string> elements;
    for (const std::string& entry : entries_of(all)) {
      const auto [field, value] = Map::element_of(entry);
      elements.emplace(field, value);
    }
    EXPECT_TRUE(std::ranges::equal(elements, model_));
  }

  Texts texts_;
  Map map_{pool_.blocks(), {.most = most_}};
  std::map<std::string, std::string> model_;
};

template <class History>
void run(std::uint32_t most, unsigned operations) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  History(most, seed).run(operations);
}

TEST(SetModel, IsASetOfAFewElements) { run<SetHistory>(40, 300 * kThousand); }
TEST(SetModel, IsASetOfThousandsOfElements) { run<SetHistory>(5000, 300 * kThousand); }
TEST(MapModel, IsAMapOfAFewElements) { run<MapHistory>(40, 300 * kThousand); }
TEST(MapModel, IsAMapOfThousandsOfElements) { run<MapHistory>(5000, 300 * kThousand); }

}  // namespace
}  // namespace larder::store::collection

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/sanitized.h"
#include "serve/edge/object_store.h"
#include "serve/edge/test_objects.h"

// A long random history, told to the object store and to a plain model of it.
//
//   each look-up    finds what the model says, byte by byte (or, where items are evicted, less)
//   each operation  answers what the model predicts
//   held objects    never change
namespace larder::serve::edge {
namespace {

using State = LookedUp::State;

constexpr unsigned kOperations = base::kIsSanitized ? 20'000 : 200'000;

constexpr std::array<std::string_view, 3> kNames = {"x-a", "x-b", "x-c"};

struct Plan {
  std::size_t memory_bytes = 0;
  std::size_t keys = 0;
  std::size_t values = 0;  // of each field; with 3 fields and all sets more than 32 of variants
  std::size_t sets = 0;
  std::size_t longest_body = 0;
  bool may_lose = false;
};

struct Request {
  std::array<std::string, kNames.size()> values;

  wire::http::Fields fields() const {
    wire::http::Fields fields;
    for (std::size_t i = 0; i < kNames.size(); ++i)
      fields.add({.name = kNames[i], .value = values[i]});
    return fields;
  }
};

// A bit for each name that belongs to it.
using Set = std::size_t;

std::string selection(const Request& request, Set set) {
  std::string text = std::to_string(set);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((set >> i & 1) != 0) text += "," + request.values[i];
  }
  return text;
}

bool is_over(base::UnixMs end, base::UnixMs now) {
  return end != cache::kNeverExpires && end <= now;
}

struct Entry {
  std::uint64_t version = 0;  // another one with each change
  Set set = 0;
  std::string selection = {};
  ObjectHead head = {};
  std::string lines = {};
  std::string body = {};

  bool is_there(base::UnixMs now) const { return !is_over(expiry_of(head), now); }
};

// What is stored under one key: with set 0 one entry for all requests.
class ModelledKey {
 public:
  const Entry* find(const Request& request, base::UnixMs now) const {
    return find_that(request, now, [](const Entry&) { return true; });
  }
  const Entry* find_id(const Request& request, ObjectId id, base::UnixMs now) const {
    return find_that(request, now, [&](const Entry& each) { return each.head.id == id; });
  }
  State state(const Request& request, base::UnixMs now) const {
    if (find(request, now) != nullptr) return State::kObject;
    if (now < marked_until) return State::kHitForMiss;
    return are_variants(now) ? State::kVaryMiss : State::kMiss;
  }
  bool are_variants(base::UnixMs now) const { return vary_ && !is_over(expires_, now); }
  void put(Entry entry, base::UnixMs now) {
    if (entry.set == 0 || !are_variants(now)) *this = {};
    vary_ = entry.set != 0;
    extend(expiry_of(entry.head));
    std::erase_if(entries, [&](const Entry& each) { return each.selection == entry.selection; });
    entries.insert(entries.begin(), std::move(entry));
    if (entries.size() > limits::kMaxVariants) entries.pop_back();
    note_sets();
  }
  Entry* find_version(std::uint64_t version) {
    const auto found = std::ranges::find(entries, version, &Entry::version);
    return found == entries.end() ? nullptr : &*found;
  }
  // What is known of variants is known as long as any of them may be of use.
  void extend(base::UnixMs expires) {
    if (expires == cache::kNeverExpires || expires_ == cache::kNeverExpires) {
      expires_ = cache::kNeverExpires;
    } else {
      expires_ = std::max(expires_, expires);
    }
  }
  void mark(base::UnixMs until, base::UnixMs now) {
    if (!are_variants(now)) *this = {};
    marked_until = until;
    extend(until);
  }
  std::size_t count(base::UnixMs now) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries, [&](const Entry& each) { return each.is_there(now); }));
  }

  base::UnixMs marked_until = 0;
  std::vector<Entry> entries;  // the latest first

 private:
  template <class Wanted>
  const Entry* find_that(const Request& request, base::UnixMs now, Wanted wanted) const {
    for (const Entry& each : entries) {
      const bool answers = each.selection == selection(request, each.set) && each.is_there(now);
      if (answers && wanted(each)) return &each;
    }
    return nullptr;
  }
  // A set is known from its first variant on, also when none is left of it.
  void note_sets() {
    if (std::ranges::find(sets_, entries.front().set) == sets_.end())
      sets_.push_back(entries.front().set);
    if (sets_.size() <= limits::kMaxVarySets) return;
    const auto latest = [&](Set set) {
      return std::ranges::find(entries, set, &Entry::set) - entries.begin();
    };
    const Set oldest = *std::ranges::max_element(sets_, {}, latest);
    std::erase(sets_, oldest);
    std::erase_if(entries, [&](const Entry& each) { return each.set == oldest; });
  }

  std::vector<Set> sets_;
  bool vary_ = false;
  base::UnixMs expires_ = cache::kExpired;
};

class History {
 public:
  History(const Plan& plan, std::uint64_t seed)
      : plan_(plan), random_(seed), cache_({.memory_bytes = plan.memory_bytes}) {}

  void run() {
    for (unsigned i = 0; is_to_go_on(i) && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(i);
      step();
    }
    EXPECT_EQ(has_lost(), plan_.may_lose);
    EXPECT_GT(found_, kOperations / 20);
  }

 private:
  bool has_lost() const { return cache_.usage().evicted > 100; }
  bool is_to_go_on(unsigned done) const {
    constexpr unsigned kMostTimes = 20;
    return done < kOperations || (plan_.may_lose && !has_lost() && done < kMostTimes * kOperations);
  }

  struct Held {
    std::string key;
    std::uint64_t version;
    Object object;
    Entry entry;
  };

  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string any_key() { return "key " + std::to_string(below(plan_.keys)); }
  Request any_request() {
    Request request;
    for (std::string& value : request.values) value = std::to_string(below(plan_.values));
    return request;
  }
  std::string any_text(std::size_t most) {
    std::string text(below(most), static_cast<char>('a' + below(26)));
    return text + std::to_string(++texts_);
  }
  Freshness any_freshness() {
    return {.generated = now_ - static_cast<std::int64_t>(below(1000)),
            .lifetime_ms = static_cast<std::int64_t>(below(20'000)),
            .while_revalidate_ms = one_in(2) ? 0 : static_cast<std::int64_t>(below(5000)),
            .if_error_ms = one_in(2) ? 0 : static_cast<std::int64_t>(below(5000))};
  }

  void step() {
    if (one_in(4)) now_ += static_cast<base::UnixMs>(below(50));
    switch (below(16)) {
      case 0: return remove();
      case 1: return mark();
      case 2:
      case 3: return update();
      case 4:
      case 5:
      case 6:
      case 7: return put();
      default: return find();
    }
  }

  void find() {
    const std::string key = any_key();
    const Request request = any_request();
    const ModelledKey& model = model_[key];
    LookedUp found = store_.find(key, request.fields(), now_);
    const State expected = model.state(request, now_);
    const bool is_marked = found.state == State::kHitForMiss;
    ASSERT_TRUE(!is_marked || now_ < model.marked_until);
    if (plan_.may_lose && found.state != State::kObject) return;
    ASSERT_EQ(found.state, expected);
    if (expected != State::kObject) return;
    ++found_;
    // The latest that is left.
    const ObjectId id = found.object.head().id;
    const Entry* entry =
        plan_.may_lose ? model.find_id(request, id, now_) : model.find(request, now_);
    ASSERT_NE(entry, nullptr);
    check(found.object, *entry);
    if (one_in(4)) hold({key, entry->version, std::move(found.object), *entry});
  }

  void hold(Held held) {
    if (held_.size() < 8) return held_.push_back(std::move(held));
    Held& old = held_[below(held_.size())];
    check(old.object, old.entry);
    old = std::move(held);
  }

  void check(const Object& object, const Entry& entry) {
    ASSERT_EQ(object.head().id, entry.head.id);
    ASSERT_EQ(object.head().freshness, entry.head.freshness);
    ASSERT_EQ(object.head().has_validator, entry.head.has_validator);
    ASSERT_EQ(object.field_lines(), entry.lines);
    ASSERT_EQ(text_of(object.body_pieces()), entry.body);
  }

  void put() {
    const std::string key = any_key();
    const Request request = any_request();
    const Set set = one_in(4) ? 0 : below(plan_.sets);
    Entry entry{.version = ++versions_, .set = set, .selection = selection(request, set)};
    entry.lines = any_text(one_in(8) ? 10'000 : 300);
    entry.body = any_text(one_in(8) ? plan_.longest_body : 1000);
    entry.head = {.id = store_.new_id(), .freshness = any_freshness(), .status = 200};
    entry.head.has_validator = one_in(4);
    wire::http::VaryNames vary;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if ((set >> i & 1) != 0) vary.names.emplace_back(kNames[i]);
    }
    const ObjectStore::New object{entry.head, entry.lines, entry.body, vary};
    ASSERT_TRUE(store_.put(key, request.fields(), object, now_));
    model_[key].put(std::move(entry), now_);
  }

  void update() {
    if (held_.empty()) return;
    Held& held = held_[below(held_.size())];
    ModelledKey& model = model_[held.key];
    Entry* entry = model.find_version(held.version);
    const bool expected = entry != nullptr && entry->is_there(now_);
    const Freshness freshness = any_freshness();
    const std::string lines = any_text(one_in(8) ? 10'000 : 300);
    const bool updated = store_.update(held.key, held.object, freshness, lines, now_);
    ASSERT_TRUE(updated == expected || (expected && plan_.may_lose));
    if (!updated) return;
    model.extend(expiry_of({.freshness = freshness, .has_validator = entry->head.has_validator}));
    entry->version = ++versions_;
    entry->head.freshness = freshness;
    entry->lines = lines;
  }

  void mark() {
    const std::string key = any_key();
    const base::UnixMs until = now_ + static_cast<base::UnixMs>(below(2000));
    ASSERT_TRUE(store_.mark_hit_for_miss(key, until, now_));
    if (until <= now_) return;
    model_[key].mark(until, now_);
  }

  void remove() {
    const std::string key = any_key();
    const std::size_t removed = store_.remove(key, now_);
    const std::size_t expected = model_[key].count(now_);
    if (plan_.may_lose) {
      ASSERT_LE(removed, expected);
    } else {
      ASSERT_EQ(removed, expected);
    }
    model_[key] = {};
  }

  const Plan plan_;
  std::mt19937_64 random_;
  cache::Cache cache_;
  ObjectStore store_{cache_};
  std::map<std::string, ModelledKey> model_;
  std::vector<Held> held_;
  base::UnixMs now_ = kTestNow;
  std::uint64_t texts_ = 0;
  std::uint64_t versions_ = 0;
  std::uint64_t found_ = 0;
};

void run(const Plan& plan) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  History(plan, seed).run();
}

TEST(ObjectModel, WithRoomForEverythingItIsTheModel) {
  run({.memory_bytes = std::size_t{256} << 20,
       .keys = 4,
       .values = 5,
       .sets = 8,
       .longest_body = 40'000});
}

TEST(ObjectModel, WhatIsEvictedIsAMissAndNothingElse) {
  run({.memory_bytes = std::size_t{4} << 20,
       .keys = 2000,
       .values = 2,
       .sets = 4,
       .longest_body = 40'000,
       .may_lose = true});
}

}  // namespace
}  // namespace larder::serve::edge

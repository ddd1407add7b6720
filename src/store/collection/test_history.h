// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "store/collection/snapshot.h"
#include "store/collection/terms.h"
#include "store/collection/test_pool.h"
#include "store/test_seed.h"

// What random histories of collections beside their models have in common.
namespace larder::store::collection {

#ifdef LARDER_SANITIZED
constexpr unsigned kThousand = 100;
#else
constexpr unsigned kThousand = 1000;
#endif

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::mt19937_64& engine() { return engine_; }
  std::uint64_t number() { return engine_(); }
  bool one_in(std::size_t n) { return engine_() % n == 0; }
  std::size_t below(std::size_t n) { return engine_() % n; }
  std::size_t between(std::size_t least, std::size_t most) {
    return least + below(most - least + 1);
  }
  template <class Of>
  const Of& any_of(const std::vector<Of>& of) {
    return of[below(of.size())];
  }

  // No numbers. Short ones, and now and then one that has a leaf for itself.
  std::string value() {
    std::string value(below(one_in(300) ? 30'000 : 40), 'v');
    for (std::size_t i = 1; i < value.size() && i < 8; ++i) value[i] = static_cast<char>(number());
    return value;
  }

 private:
  std::mt19937_64 engine_;
};

// Times in which a collection grows and such in which it shrinks, so that it is full now and then
// and empty now and then.
class Tide {
 public:
  explicit Tide(std::size_t most) : most_(most) {}

  // Before each operation. True: it is to be an insert.
  bool demands_insert(std::size_t size, Random& random) {
    was_full_ |= size == most_;
    was_empty_ |= was_full_ && size == 0;
    if (size == most_ && random.one_in(20 + most_ / 50)) rises_ = false;
    if (size == 0) rises_ = true;
    return rises_ && !random.one_in(4);
  }
  bool falls() const { return !rises_; }
  bool went_both_ways() const { return was_empty_; }

 private:
  std::size_t most_;
  bool rises_ = true;
  bool was_full_ = false;
  bool was_empty_ = false;
};

// Pins that are held across everything; their entries never change.
class HeldSnapshots {
 public:
  void hold(Snapshot snapshot, Random& random) {
    if (snapshot.empty() || !random.one_in(10)) return;
    std::vector<std::string> entries = entries_of(snapshot);
    if (held_.size() < 30) return held_.push_back({std::move(snapshot), std::move(entries)});
    Held& replaced = held_[random.below(held_.size())];
    EXPECT_EQ(entries_of(replaced.snapshot), replaced.entries);
    replaced = {std::move(snapshot), std::move(entries)};
  }
  void check() const {
    for (const Held& held : held_) EXPECT_EQ(entries_of(held.snapshot), held.entries);
  }
  void drop() { held_.clear(); }

 private:
  struct Held {
    Snapshot snapshot;
    std::vector<std::string> entries;
  };
  std::vector<Held> held_;
};

// Memory that is scarce now and then. An operation that is refused for that has changed nothing,
// and is done when there is some.
//
//   const Verdict verdict = memory.with_room([&] { return list.insert(…); }, unchanged);
class ScarceMemory {
 public:
  ScarceMemory(TestPool& pool, Random& random) : pool_(pool), random_(random) {}

  template <class Operation, class Unchanged>
  auto with_room(Operation operation, Unchanged unchanged) {
    if (random_.one_in(8)) pool_.set_scarce(!random_.one_in(4));
    auto done = operation();
    if (verdict_of(done) != Verdict::kNoMemory) return done;
    ++refusals_;
    unchanged();
    pool_.set_scarce(false);
    done = operation();
    EXPECT_NE(verdict_of(done), Verdict::kNoMemory);
    return done;
  }
  unsigned refusals() const { return refusals_; }

 private:
  static Verdict verdict_of(Verdict verdict) { return verdict; }
  template <class Answer>
  static Verdict verdict_of(const Answer& answer) {
    return answer.verdict;
  }

  TestPool& pool_;
  Random& random_;
  unsigned refusals_ = 0;
};

// A random history of one collection beside its model, of `most` elements at most. Self has
// step(), one operation on both, and compare(), which holds their contents against each other.
template <class Self>
class History {
 public:
  // So many operations, and as many more as it needs to have been full and empty. Memory is refused
  // once in `refusal_every` operations at least.
  void run(unsigned operations, unsigned refusal_every = 2000) {
    const auto goes_on = [&](unsigned i) {
      return i < operations || (i < 10 * operations && !tide_.went_both_ways());
    };
    for (unsigned i = 0; goes_on(i) && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE(i);
      self().step();
      if (i % (most_ < 100 ? 1 : 100) == 0) self().compare();
    }
    self().compare();
    held_.check();
    held_.drop();
    EXPECT_TRUE(tide_.went_both_ways());
    EXPECT_GT(memory_.refusals(), operations / refusal_every);
  }

 protected:
  ~History() = default;

  Random random_;
  TestPool pool_;
  ScarceMemory memory_{pool_, random_};
  HeldSnapshots held_;
  std::uint32_t most_;
  Tide tide_{most_};

 private:
  friend Self;
  History(std::uint32_t most, std::uint64_t seed) : random_(seed), most_(most) {}
  Self& self() { return static_cast<Self&>(*this); }
};

}  // namespace larder::store::collection

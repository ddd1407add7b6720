// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/snapshot.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "store/collection/test_pool.h"
#include "store/collection/tree.h"
#include "store/test_store.h"

namespace larder::store::collection {
namespace {

bool insert(Tree& tree, std::size_t rank, std::string_view entry) {
  return tree.insert(rank, {&entry, 1});
}

std::string joined(const Snapshot& snapshot) {
  std::string text;
  for (const std::string& entry : entries_of(snapshot)) text.append(entry).append(" ");
  return text;
}

struct Letters {
  Letters() {
    for (std::size_t i = 0; i < 6; ++i)
      EXPECT_TRUE(insert(tree, i, std::string(1, static_cast<char>('a' + i))));
  }
  TestPool test;
  Tree tree{test.blocks()};
};

TEST(Snapshot, HasTheEntriesInTheOrderOfTheirPins) {
  Letters letters;
  Snapshot snapshot;
  EXPECT_TRUE(snapshot.empty());
  EXPECT_EQ(joined(snapshot), "");
  letters.tree.pin(1, 3, snapshot);
  letters.tree.pin_backwards(3, 6, snapshot);
  letters.tree.pin(letters.tree.at(0), snapshot);
  letters.tree.pin(2, 2, snapshot);
  EXPECT_EQ(joined(snapshot), "b c f e d a ");
}

TEST(Snapshot, JoinsWhatGoesOn) {
  Letters letters;
  Snapshot snapshot;
  for (const std::size_t rank : {1U, 2U, 3U, 2U, 1U, 0U, 5U, 4U, 5U, 5U}) {
    letters.tree.pin(letters.tree.at(rank), snapshot);
  }
  EXPECT_EQ(joined(snapshot), "b c d c b a f e f f ");
  letters.tree.pin(0, 2, snapshot);
  letters.tree.pin(2, 4, snapshot);
  letters.tree.pin_backwards(2, 4, snapshot);
  letters.tree.pin_backwards(0, 2, snapshot);
  EXPECT_EQ(joined(snapshot), "b c d c b a f e f f a b c d d c b a ");
}

TEST(Snapshot, Moves) {
  Letters letters;
  Snapshot few;
  letters.tree.pin(0, 2, few);
  Snapshot many;
  for (const std::size_t rank : {0U, 2U, 4U, 0U, 2U, 4U})
    letters.tree.pin(letters.tree.at(rank), many);
  Snapshot moved(std::move(few));
  EXPECT_EQ(joined(moved), "a b ");
  moved = std::move(many);
  EXPECT_EQ(joined(moved), "a c e a c e ");
  Snapshot& self = moved;
  moved = std::move(self);
  EXPECT_EQ(moved.size(), 6U);
  few = Snapshot();
  letters.tree.pin(0, 1, few);
  EXPECT_EQ(joined(few), "a ");
}

TEST(Snapshot, DoesNotSeeWhatIsDoneLater) {
  Letters letters;
  Snapshot snapshot;
  letters.tree.pin(0, 6, snapshot);
  const std::size_t bytes = letters.test.blocks().block_bytes();
  ASSERT_TRUE(letters.tree.replace(2, std::array{std::string_view("X")}));
  EXPECT_EQ(letters.test.blocks().block_bytes(), 2 * bytes) << "the tree has a copy";
  ASSERT_TRUE(insert(letters.tree, 0, "0"));
  ASSERT_TRUE(letters.tree.erase(2, 7));
  EXPECT_EQ(joined(snapshot), "a b c d e f ");
  letters.tree.clear();
  EXPECT_EQ(joined(snapshot), "a b c d e f ");
}

// ---- a writer, and those who read without its lock

// The entries of the tree are numbers in order, in as many bytes as they say themselves.
std::string text_of(std::size_t number) {
  std::string text = std::to_string(1'000'000 + number);
  return text.append(number % 40, text.back());
}

#ifdef LARDER_SANITIZED
constexpr std::size_t kChanges = 20'000;
#else
constexpr std::size_t kChanges = 200'000;
#endif

class Crowd {
 public:
  void run() {
    std::vector<std::thread> readers;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      readers.emplace_back([this, seed] { read(seed); });
    }
    write();
    while (seen_ == 0) std::this_thread::yield();  // on few cores they begin late
    done_ = true;
    for (std::thread& reader : readers) reader.join();
  }

 private:
  void write() {
    std::mt19937_64 random(0);
    for (std::size_t i = 0; i < kChanges; ++i) {
      const std::size_t number = random() % 5000;
      const std::string text = text_of(number);
      const std::lock_guard lock(mutex_);
      const Tree::Place place = tree_.find([&](std::string_view entry) { return entry < text; });
      const bool is_there = place.leaf != nullptr && tree_.entry(place) == text;
      if (!is_there) {
        ASSERT_TRUE(insert(tree_, place.rank, text));
      } else {
        const std::size_t more = i % 1000 == 0 ? 1000 : 1;
        ASSERT_TRUE(tree_.erase(place.rank, std::min(place.rank + more, tree_.size())));
      }
    }
  }
  void read(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    while (!done_) {
      Snapshot snapshot;
      {
        const std::lock_guard lock(mutex_);
        const std::size_t from = random() % (tree_.size() + 1);
        tree_.pin(from, std::min(from + random() % 500, tree_.size()), snapshot);
      }
      check(snapshot);
    }
  }
  void check(const Snapshot& snapshot) {
    std::string last;
    for (Snapshot::Walk walk(snapshot); !walk.is_done(); walk.step(), ++seen_) {
      const std::string entry(walk.entry());
      ASSERT_LT(last, entry);
      ASSERT_EQ(entry, text_of(std::stoul(entry.substr(0, 7)) - 1'000'000));
      last = entry;
    }
  }

  TestPool test_;
  base::Mutex mutex_;
  Tree tree_{test_.blocks()};
  std::atomic<bool> done_ = false;
  std::atomic<std::size_t> seen_ = 0;
};

TEST(Snapshot, IsReadWhileItsTreeChanges) { Crowd().run(); }

}  // namespace
}  // namespace larder::store::collection

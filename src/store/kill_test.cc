// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "store/test_board.h"
#include "store/test_seed.h"
#include "store/test_store.h"
#include "store/test_warm_file.h"

// Processes that are killed at any moment, again and again on one file, and what the next one
// finds: all that was answered, and nothing that had gone.
namespace larder::store {
namespace {

constexpr UnixMs kNow = TestStore::kStart;

#ifdef LARDER_SANITIZED
constexpr int kRounds = 30;
#else
constexpr int kRounds = 1500;
#endif

// Operation `number` of a history that follows from its seed.
class KillHistory {
 public:
  enum class Kind : std::uint8_t { kPut, kRemove, kAppend, kFlushPrefix };
  struct Operation {
    Kind kind;
    std::string key;
    std::string value;
  };

  explicit KillHistory(std::uint64_t seed) : seed_(seed) {}

  Operation operation(std::uint64_t number) const {
    std::mt19937_64 random(seed_ ^ number * 0x9e37'79b9'7f4a'7c15);
    const std::uint64_t which = random() % 400;
    const std::string prefix = "of" + std::to_string(which % 20);
    const std::string key = prefix + ":key" + std::to_string(which);
    const std::uint64_t dice = random() % 100;
    if (dice < 2) return {Kind::kFlushPrefix, prefix, ""};
    if (dice < 15) return {Kind::kRemove, key, ""};
    if (dice < 25) return {Kind::kAppend, key, "+" + std::to_string(number)};
    // Of all keys together more than a megabyte: who has no more has to evict.
    const std::size_t size = dice < 40 ? random() % 60'000 : random() % 400;
    return {Kind::kPut, key, key + ' ' + std::to_string(number) + text(size, 'A')};
  }
  static void apply(Store& store, const Operation& operation) {
    const Key key = store.key(operation.key);
    switch (operation.kind) {
      case Kind::kFlushPrefix: store.flush_prefix(operation.key, kNow, kNow); return;
      case Kind::kPut: store.put(key, operation.value, {}, kNow); return;
      case Kind::kRemove: store.remove(key, {}, kNow); return;
      case Kind::kAppend: store.put(key, operation.value, {.mode = PutMode::kAppend}, kNow); return;
    }
  }
  // Empty: there is no value.
  static void apply(std::map<std::string, std::string>& values, const Operation& operation) {
    std::string& value = values[operation.key];
    switch (operation.kind) {
      case Kind::kFlushPrefix:
        for (auto& [key, each] : values) {
          if (key.starts_with(operation.key + ':')) each.clear();
        }
        return;
      case Kind::kPut: value = operation.value; return;
      case Kind::kRemove: value.clear(); return;
      case Kind::kAppend: value += value.empty() ? "" : operation.value; return;
    }
  }

 private:
  std::uint64_t seed_;
};

struct KillPlan {
  Limits limits;
  bool may_lose = false;
};

[[noreturn]] void change_until_killed(const std::string& path, const KillPlan& plan,
                                      const KillHistory& history, SharedBoard& board) {
  Store store(open_warm(path, plan.limits), plan.limits.evict, kNow);
  for (;;) {
    const KillHistory::Operation operation = history.operation(board->begun);
    board->begun = board->begun + 1;
    KillHistory::apply(store, operation);
    board->done = board->done + 1;
    if (board->done % 16 == 0) store.tend(kNow);
  }
}

class Killer {
 public:
  Killer(const KillPlan& plan, std::uint64_t seed) : plan_(plan), history_(seed), random_(seed) {}

  void run() {
    for (int i = 0; is_to_go_on(i) && !testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE("round " + std::to_string(i));
      round();
    }
    EXPECT_GT(board_->done, 10U * kRounds);
    EXPECT_EQ(lost_ != 0, plan_.may_lose) << lost_;
  }

 private:
  // Slow processes take more rounds until something has been evicted.
  bool is_to_go_on(int rounds) const {
    constexpr int kMostTimes = 20;
    return rounds < kRounds || (plan_.may_lose && lost_ == 0 && rounds < kMostTimes * kRounds);
  }

  void round() {
    const std::uint64_t first = board_->done;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) change_until_killed(path_, plan_, history_, board_);
    // At any moment; of four rounds one in the middle of its beginning, the others when so much is
    // done, however slow the process is.
    const bool early = random_() % 4 == 0;
    const std::uint64_t wanted = first + 1 + random_() % 64;
    while (!early && board_->done < wanted) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 1500));
    kill(child, SIGKILL);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    for (std::uint64_t i = first; i < board_->done; ++i) advance(values_, i);
    std::map<std::string, std::string> with_last = values_;
    if (board_->begun != board_->done) advance(with_last, board_->done);
    check(with_last);
    board_->done = board_->begun;
  }

  void advance(std::map<std::string, std::string>& values, std::uint64_t number) const {
    KillHistory::apply(values, history_.operation(number));
  }

  // Learns what came of the last operation, and what was evicted.
  void check(const std::map<std::string, std::string>& with_last) {
    Store store(open_warm(path_, plan_.limits), plan_.limits.evict, kNow);
    EXPECT_EQ(store.recovered().damaged, 0U);
    for (const auto& [key, behind] : with_last) {
      const Found found = store.find(store.key(key), {.leave_no_trace = true}, kNow);
      const std::string value = found.answer == Answer::kOk ? text_of(found.value) : "";
      const bool lost = plan_.may_lose && value.empty();
      const bool right = value == behind || value == values_[key] || lost;
      EXPECT_TRUE(right) << key << " is " << value.substr(0, 60) << ", not " << behind.substr(0, 60)
                         << " or " << values_[key].substr(0, 60);
      if (lost && !values_[key].empty() && !behind.empty()) ++lost_;
      values_[key] = value;
    }
  }

  KillPlan plan_;
  KillHistory history_;
  std::mt19937_64 random_;
  TestPath path_;
  SharedBoard board_;
  std::map<std::string, std::string> values_;
  std::uint64_t lost_ = 0;
};

void kill_often(const KillPlan& plan) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(reproduced_by(seed));
  Killer(plan, seed).run();
}

TEST(Kill, AtAnyTimeKeepsAllThatWasAnswered) {
  kill_often({.limits = {.memory_bytes = 64 << 20, .item_bytes = 1 << 20}});
}

// With as much evicted, moved together and reclaimed as put.
TEST(Kill, AtAnyTimeBringsNothingOldBack) {
  kill_often({.limits = {.memory_bytes = 1 << 20, .item_bytes = 512 << 10}, .may_lose = true});
}

}  // namespace
}  // namespace larder::store

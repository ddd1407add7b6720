// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cache/cache.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace larder::cache {
namespace {

constexpr UnixMs kNow = 1'800'000'000'000;

struct CountingWaiter final : Waiter {
  void ready() noexcept override { ++times; }
  int times = 0;
};

// Closed for one key until it is opened.
struct OneKeyGate final : Gate {
  bool admits(const Key& key) noexcept override { return open || key.bytes != "away"; }
  void wait(const Key& key, Waiter& waiter) override {
    EXPECT_EQ(key.bytes, "away");
    waiters.push_back(&waiter);
  }
  void let_in() {
    open = true;
    for (Waiter* waiter : waiters) waiter->ready();
    waiters.clear();
  }
  bool open = false;
  std::vector<Waiter*> waiters;
};

Reservation filled(Cache& cache, const Key& key, std::string_view value) {
  Reservation reservation = cache.reserve(key, value.size(), 0, kNow);
  while (reservation.missing() != 0) {
    const std::span<char> room = reservation.room();
    value.copy(room.data(), room.size(), reservation.size() - reservation.missing());
    reservation.fill(room.size());
  }
  return reservation;
}

TEST(Cache, WithoutAGateAnswersAtOnce) {
  Cache cache({});
  const Key key = cache.key("k");
  EXPECT_EQ(cache.put(key, "1", {}, kNow).answer, Answer::kOk);
  EXPECT_EQ(cache.find(key, {}, kNow).answer, Answer::kOk);
  EXPECT_EQ(cache.count(key, {}, kNow).number, 2U);
  EXPECT_EQ(cache.remove(key, {}, kNow), Answer::kOk);
  Reservation reservation = filled(cache, key, "value");
  EXPECT_EQ(cache.commit(reservation, key, {}, kNow).answer, Answer::kOk);
  EXPECT_EQ(cache.usage().items, 1U);
  cache.flush(kNow, kNow);
  EXPECT_EQ(cache.find(key, {}, kNow).answer, Answer::kMiss);
  CountingWaiter waiter;
  cache.wait(key, waiter);
  EXPECT_EQ(waiter.times, 1);
}

TEST(Cache, ComesToALowerLimitByAndByAndToAHigherOneAtOnce) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  Cache cache({.memory_bytes = 16 * kMiB});
  for (int i = 0; i < 40'000; ++i) {
    cache.put(cache.key(std::to_string(i)), std::string(300, 'v'), {}, kNow + i);
  }
  const std::size_t full = cache.usage().page_bytes;
  ASSERT_GT(full, 10 * kMiB);
  ASSERT_TRUE(cache.set_memory_limit(kMiB / 2, kNow));
  EXPECT_EQ(cache.usage().page_bytes, full) << "nobody waits for it";
  int pieces = 0;
  for (; cache.usage().page_bytes > kMiB / 2; ++pieces) ASSERT_TRUE(cache.tend(kNow));
  EXPECT_GE(pieces, 10) << "in one go";
  for (int i = 0; i < 100; ++i) cache.tend(kNow);
  EXPECT_LE(cache.usage().page_bytes, kMiB / 2);
  ASSERT_TRUE(cache.set_memory_limit(16 * kMiB, kNow));
  for (int i = 0; i < 20'000; ++i) {
    cache.put(cache.key(std::to_string(i)), std::string(300, 'v'), {}, kNow + i);
  }
  EXPECT_GT(cache.usage().page_bytes, 5 * kMiB);
}

TEST(Cache, IsPendingForKeysThatTheGateHolds) {
  OneKeyGate gate;
  Cache cache({}, &gate);
  const Key away = cache.key("away");
  EXPECT_EQ(cache.put(away, "1", {}, kNow).answer, Answer::kPending);
  EXPECT_EQ(cache.find(away, {}, kNow).answer, Answer::kPending);
  EXPECT_EQ(cache.count(away, {.create_expires = 0}, kNow).answer, Answer::kPending);
  EXPECT_EQ(cache.remove(away, {}, kNow), Answer::kPending);
  EXPECT_EQ(cache.reserve(away, 1, 0, kNow).answer(), Answer::kPending);
  EXPECT_EQ(cache.usage().items, 0U);
  EXPECT_EQ(cache.put(cache.key("here"), "1", {}, kNow).answer, Answer::kOk);
}

TEST(Cache, AnswersWhenTheGateLetsIn) {
  OneKeyGate gate;
  Cache cache({}, &gate);
  const Key away = cache.key("away");
  CountingWaiter waiter;
  ASSERT_EQ(cache.find(away, {}, kNow).answer, Answer::kPending);
  cache.wait(away, waiter);
  EXPECT_EQ(waiter.times, 0);
  gate.let_in();
  EXPECT_EQ(waiter.times, 1);
  EXPECT_EQ(cache.find(away, {}, kNow).answer, Answer::kMiss);
}

TEST(Cache, KeepsAReservationWhoseCommitIsPending) {
  OneKeyGate gate;
  gate.open = true;
  Cache cache({}, &gate);
  const Key away = cache.key("away");
  Reservation reservation = filled(cache, away, "value");
  gate.open = false;
  EXPECT_EQ(cache.commit(reservation, away, {}, kNow).answer, Answer::kPending);
  gate.open = true;
  EXPECT_EQ(cache.commit(reservation, away, {}, kNow).answer, Answer::kOk);
  EXPECT_EQ(cache.find(away, {}, kNow).value.size(), 5U);
}

}  // namespace
}  // namespace larder::cache

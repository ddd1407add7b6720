// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/mutex.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace larder::base {
namespace {

TEST(Mutex, IsHeldByOne) {
  Mutex mutex;
  EXPECT_TRUE(mutex.try_lock());
  EXPECT_FALSE(mutex.try_lock());
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(Mutex, CountsAllOfManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 50'000;
  Mutex mutex;
  long count = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const std::lock_guard lock(mutex);
        ++count;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(count, long{kThreads} * kRounds);
}

// As the kernel tells it: S when it sleeps.
char state_of(long thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string text;
  std::getline(stat, text);
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos ? '?' : text.at(name_end + 2);
}

TEST(Mutex, WakesEveryoneWhoSleeps) {
  constexpr std::size_t kSleepers = 3;
  Mutex mutex;
  std::atomic<std::size_t> come{0};
  std::array<std::atomic<long>, kSleepers> ids{};
  std::vector<std::jthread> threads;
  mutex.lock();
  for (std::atomic<long>& id : ids) {
    threads.emplace_back([&] {
      id = syscall(SYS_gettid);
      const std::lock_guard lock(mutex);
      ++come;
    });
  }
  for (const std::atomic<long>& id : ids) {
    while (id == 0 || state_of(id) != 'S') std::this_thread::yield();
  }
  EXPECT_EQ(come, 0U);
  mutex.unlock();
  threads.clear();
  EXPECT_EQ(come, kSleepers);
}

}  // namespace
}  // namespace larder::base

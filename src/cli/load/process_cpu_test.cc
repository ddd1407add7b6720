// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/load/process_cpu.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <ctime>
#include <thread>

namespace larder::cli::load {
namespace {

constexpr std::uint64_t kBurnNs = 200'000'000;

std::uint64_t cpu_of_this_thread_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000U +
         static_cast<std::uint64_t>(now.tv_nsec);
}

void burn() {
  const std::uint64_t until = cpu_of_this_thread_ns() + kBurnNs;
  while (cpu_of_this_thread_ns() < until) {
  }
}

TEST(ProcessCpu, CountsWhatAllThreadsHaveUsed) {
  const auto other_is_up_to = [](int wanted, auto& stage) {
    while (stage.load() != wanted) std::this_thread::yield();
  };
  std::atomic<int> stage = 0;
  auto before = cpu_ns_of(::getpid());
  std::thread other([&] {
    burn();
    stage = 1;
    other_is_up_to(2, stage);  // still alive, so that its time is there to be read
  });
  burn();
  other_is_up_to(1, stage);
  auto after = cpu_ns_of(::getpid());
  stage = 2;
  other.join();
  ASSERT_TRUE(before && after);
  EXPECT_GE(*after - *before, 2 * kBurnNs - 50'000'000);
}

TEST(ProcessCpu, FailsForAProcessThatIsNone) { EXPECT_FALSE(cpu_ns_of(0x7FFFFFFF)); }

}  // namespace
}  // namespace larder::cli::load

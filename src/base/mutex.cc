// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "base/mutex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace larder::base {
namespace {

constexpr int kLooks = 100;  // about a microsecond

void relax() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

long futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) noexcept {
  static_assert(sizeof word == sizeof(std::uint32_t));
  return syscall(SYS_futex, &word, operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
}

}  // namespace

void Mutex::wait() noexcept {
  for (int look = 0; look < kLooks; ++look) {
    relax();
    if (state_.load(std::memory_order_relaxed) == kFree && try_lock()) return;
  }
  // From here on as one that is waited for, also when nobody is: its holder cannot know.
  while (state_.exchange(kWaitedFor, std::memory_order_acquire) != kFree) {
    futex(state_, FUTEX_WAIT, kWaitedFor);
  }
}

void Mutex::wake() noexcept { futex(state_, FUTEX_WAKE, 1); }

}  // namespace larder::base

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace larder::base {

// A lock for what is held for some hundred nanoseconds and rarely contended: four bytes, one atomic
// instruction to take and one to leave, both inlined. Whoever finds it held looks again for about
// as long as a holder needs, then sleeps in the kernel. Not fair. For std::lock_guard.
//
//   0 free ── lock ──► 1 held ── a second one sleeps ──► 2 held, and somebody is to be woken
class Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() noexcept {
    if (!try_lock()) [[unlikely]]
      wait();
  }
  bool try_lock() noexcept {
    std::uint32_t expected = kFree;
    return state_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  void unlock() noexcept {
    if (state_.exchange(kFree, std::memory_order_release) == kWaitedFor) [[unlikely]]
      wake();
  }

 private:
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kHeld = 1;
  static constexpr std::uint32_t kWaitedFor = 2;

  void wait() noexcept;
  void wake() noexcept;

  std::atomic<std::uint32_t> state_{kFree};
};

}  // namespace larder::base

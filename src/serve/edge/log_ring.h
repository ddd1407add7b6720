// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/check.h"

namespace larder::serve::edge {

// Bytes from one thread to another, whole lines at a time, in order. Nobody ever waits.
//
//        pop ─►│  front  │◄─ push
//   ┌──────────┴─────────┴──────────┐
//   │   free   │  unread │   free   │   places are counted on for ever; `& mask_` is where they lie
//   └──────────┴─────────┴──────────┘
//            read_     written_
class LogRing {
 public:
  explicit LogRing(std::size_t bytes)
      : bytes_(std::make_unique_for_overwrite<char[]>(bytes)), mask_(bytes - 1) {
    LARDER_CHECK((bytes & mask_) == 0);
  }

  // ---- the thread that writes. False: no room for all of it.
  bool push(std::string_view line) {
    const std::size_t at = written_.load(std::memory_order_relaxed);
    if (at + line.size() - known_read_ > size()) {
      known_read_ = read_.load(std::memory_order_acquire);
      if (at + line.size() - known_read_ > size()) return false;
    }
    const std::size_t begin = at & mask_;
    const std::size_t first = std::min(line.size(), size() - begin);
    std::memcpy(&bytes_[begin], line.data(), first);
    std::memcpy(&bytes_[0], line.data() + first, line.size() - first);
    written_.store(at + line.size());  // before it looks whether the reader sleeps
    return true;
  }
  bool is_half_full() {
    const std::size_t at = written_.load(std::memory_order_relaxed);
    if (at - known_read_ <= size() / 2) return false;
    known_read_ = read_.load(std::memory_order_acquire);
    return at - known_read_ > size() / 2;
  }

  // ---- the thread that reads. Empty: there are none. What wraps around comes in two parts.
  std::string_view front() const {
    const std::size_t at = read_.load(std::memory_order_relaxed);
    const std::size_t begin = at & mask_;
    return {&bytes_[begin], std::min(written_.load() - at, size() - begin)};
  }
  void pop(std::size_t bytes) {
    read_.store(read_.load(std::memory_order_relaxed) + bytes, std::memory_order_release);
  }

 private:
  static constexpr std::size_t kCacheLine = 64;
  std::size_t size() const { return mask_ + 1; }

  std::unique_ptr<char[]> bytes_;
  std::size_t mask_;
  alignas(kCacheLine) std::atomic<std::size_t> written_ = 0;
  std::size_t known_read_ = 0;  // of the writer: where the reader was when it last looked
  alignas(kCacheLine) std::atomic<std::size_t> read_ = 0;
};

}  // namespace larder::serve::edge

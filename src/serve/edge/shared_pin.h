// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include "base/pin.h"

namespace larder::serve::edge {

// One pin that many hold: its subject stays until the last of them is gone. On any threads.
class SharedPin {
 public:
  SharedPin() = default;
  explicit SharedPin(base::Pin pin) : held_(new Held{std::move(pin)}), own_(held_, &release) {}

  // Of none: an empty one.
  base::Pin share() const {
    if (!own_) return {};
    held_->holders.fetch_add(1, std::memory_order_relaxed);
    return {held_, &release};
  }

 private:
  struct Held {
    base::Pin pin;
    std::atomic<std::size_t> holders = 1;
  };
  static void release(void* subject) noexcept {
    auto* const held = static_cast<Held*>(subject);
    if (held->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete held;
  }

  Held* held_ = nullptr;
  base::Pin own_;
};

}  // namespace larder::serve::edge

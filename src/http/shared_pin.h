// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>

#include "base/pin.h"

namespace larder::http {

// A pin of bytes that go out in pieces: each piece holds it, and whoever is the last drops it. One
// thread.
class SharedPin {
 public:
  SharedPin() = default;
  explicit SharedPin(base::Pin pin) : held_(new Held{.pin = std::move(pin), .count = 1}) {}
  SharedPin(SharedPin&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  SharedPin& operator=(SharedPin&& other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~SharedPin() {
    if (held_ != nullptr) drop(held_);
  }

  explicit operator bool() const { return held_ != nullptr; }
  base::Pin share() {
    ++held_->count;
    return {held_, drop};
  }

 private:
  struct Held {
    base::Pin pin;
    std::size_t count;
  };
  static void drop(void* held) noexcept {
    auto* const self = static_cast<Held*>(held);
    if (--self->count == 0) delete self;
  }
  Held* held_ = nullptr;
};

}  // namespace larder::http

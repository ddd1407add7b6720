// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/pin.h"

namespace larder::serve::edge {

// A value of a memcached node: read as a whole, so that it is all right before a client sees its
// first byte, and kept until the client has its last. All that a loop has together are bounded.
class MemcachedValue {
 public:
  using Used = std::shared_ptr<std::atomic<std::size_t>>;  // by all values of a loop

  // Null: there is no room for one of `bytes`.
  static std::unique_ptr<MemcachedValue> make(const Used& used, std::size_t bytes) {
    if (bytes > limits::kMemcachedValueBytes) return nullptr;
    if (used->load() + bytes > limits::kMemcachedLoopBytes) return nullptr;
    return std::unique_ptr<MemcachedValue>(new MemcachedValue(used, bytes));
  }
  ~MemcachedValue() { used_->fetch_sub(room_); }
  MemcachedValue(const MemcachedValue&) = delete;
  MemcachedValue& operator=(const MemcachedValue&) = delete;

  void append(std::string_view bytes) { bytes_ += bytes; }
  std::string_view bytes() const { return bytes_; }
  // Its bytes stay where they are until that is dropped.
  static base::Pin pin(std::unique_ptr<MemcachedValue> value) {
    return {value.release(),
            [](void* held) noexcept { delete static_cast<MemcachedValue*>(held); }};
  }

 private:
  MemcachedValue(Used used, std::size_t room) : used_(std::move(used)), room_(room) {
    used_->fetch_add(room_);
    bytes_.reserve(room_);  // the system gives its pages as bytes come
  }

  const Used used_;
  const std::size_t room_;
  std::string bytes_;
};

}  // namespace larder::serve::edge

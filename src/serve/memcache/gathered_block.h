// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace larder::serve::memcache {

// A block that is no item's value, such as a list of many keys, as it comes in. Filled like a
// cache::Reservation; grows with what arrives, never by what was declared.
class GatheredBlock {
 public:
  explicit GatheredBlock(std::size_t size) : size_(size) {}

  std::size_t missing() const { return size_ - filled_; }
  std::span<char> room() {
    if (filled_ == bytes_.size()) {
      const std::size_t more = std::max(filled_, limits::kReceiveBufferBytes);
      bytes_.resize(std::min(size_, filled_ + more));
    }
    return std::span(bytes_).subspan(filled_);
  }
  void fill(std::size_t bytes) { filled_ += bytes; }

  std::string_view bytes() const { return {bytes_.data(), filled_}; }

 private:
  std::size_t size_;
  std::size_t filled_ = 0;
  std::string bytes_;
};

}  // namespace larder::serve::memcache

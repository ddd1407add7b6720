// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "wire/memcache/arcus/split_list.h"

namespace larder::serve::memcache::arcus {

// The keys that a request lists, for an answer that outlives its bytes.
class KeyList {
 public:
  KeyList() = default;
  KeyList(const KeyList&) = delete;
  KeyList& operator=(const KeyList&) = delete;

  // Once. False: `block` does not list so many.
  [[nodiscard]] bool take(std::string_view block, std::size_t count) {
    text_ = block;
    return wire::memcache::arcus::split_list(
        text_, count, true, limits::kMaxArcusKeyBytes,
        [this](std::string_view key) { keys_.push_back(key); });
  }

  std::size_t size() const { return keys_.size(); }
  bool is_done() const { return next_ == keys_.size(); }
  std::string_view next() const { return keys_[next_]; }
  void step() { ++next_; }

 private:
  std::string text_;
  std::vector<std::string_view> keys_;
  std::size_t next_ = 0;
};

}  // namespace larder::serve::memcache::arcus

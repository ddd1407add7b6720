// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace larder::http {

// Streams of a connection that we have reset. Their client may not know it yet: what still comes on
// them is overlooked (RFC 9113, 5.1).
//
//   1 … forgotten_ │ … latest_      the latest few are known one by one; up to the highest of all
//                                   earlier ones each may be one
class H2ResetStreams {
 public:
  void add(std::int32_t id) {
    if (may_have(id)) return;
    forgotten_ = std::max(forgotten_, std::exchange(latest_[next_], id));
    next_ = (next_ + 1) % latest_.size();
  }
  bool may_have(std::int32_t id) const {
    return id <= forgotten_ || std::ranges::find(latest_, id) != latest_.end();
  }

 private:
  std::array<std::int32_t, 16> latest_ = {};
  std::size_t next_ = 0;
  std::int32_t forgotten_ = 0;
};

}  // namespace larder::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>

#include "io/backend.h"

namespace larder::io {

// Who waits for which descriptor, for a backend.
//
//   begin(watch) ─► number ─► the kernel ─► tell(number) ─► watch.readable()
//                                └─ end(watch), begin(watch) again: tell finds nobody
//
// The kernel is given numbers, not addresses: an event may be on its way when its watch ends, and
// the watch may be dead when it arrives.
class Watches {
 public:
  std::uint64_t begin(Watch& watch) {
    end(watch);
    watch.number = ++last_;
    waiting_.emplace(watch.number, &watch);
    return watch.number;
  }
  void end(Watch& watch) { waiting_.erase(std::exchange(watch.number, 0)); }

  void tell(std::uint64_t number) {
    const auto found = waiting_.find(number);
    if (found == waiting_.end()) return;
    Watch& watch = *found->second;
    end(watch);
    watch.readable();
  }

 private:
  std::unordered_map<std::uint64_t, Watch*> waiting_;
  std::uint64_t last_ = 0;
};

}  // namespace larder::io

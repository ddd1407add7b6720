// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/fill_slots.h"

#include <utility>
#include <vector>

#include "base/limits.h"

namespace larder::serve::edge {

FillSlots::Turn FillSlots::ask(const void* who, std::function<void()> go, std::size_t most) {
  const std::scoped_lock lock(mutex_);
  most_ = most;
  if (counts_.busy < most && queue_.empty()) {
    ++counts_.busy;
    return Turn::kNow;
  }
  if (queue_.size() >= limits::kQueuedFills) {
    ++counts_.refused;
    return Turn::kNever;
  }
  queue_.push_back({who, std::move(go)});
  ++counts_.waited;
  return Turn::kLater;
}

void FillSlots::give() {
  std::vector<std::function<void()>> next;
  {
    const std::scoped_lock lock(mutex_);
    --counts_.busy;
    for (; counts_.busy < most_ && !queue_.empty(); ++counts_.busy) {
      next.push_back(std::move(queue_.front().go));
      queue_.pop_front();
    }
  }
  for (const auto& go : next) go();
}

bool FillSlots::leave(const void* who) {
  const std::scoped_lock lock(mutex_);
  return std::erase_if(queue_, [who](const Waiting& each) { return each.who == who; }) != 0;
}

FillSlots::Counts FillSlots::counts() const {
  const std::scoped_lock lock(mutex_);
  Counts counts = counts_;
  counts.waiting = queue_.size();
  return counts;
}

}  // namespace larder::serve::edge

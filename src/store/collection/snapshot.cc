// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/collection/snapshot.h"

#include <algorithm>
#include <utility>

#include "store/collection/node.h"

namespace larder::store::collection {

std::string_view Snapshot::Walk::entry() const {
  const Run& run = snapshot_->runs()[run_];
  return run.leaf->entry(run.backwards ? run.first - index_ : run.first + index_);
}

void Snapshot::Walk::step() {
  if (++index_ != snapshot_->runs()[run_].count) return;
  ++run_;
  index_ = 0;
}

void Snapshot::add(BlockPool& pool, const Run& run) {
  pool_ = &pool;
  size_ += run.count;
  if (extend(run)) return;
  if (count_ == room_) grow();
  run.leaf->retain();
  runs()[count_++] = run;
}

// What goes on where the last run ends needs no run of its own. One of a single entry has no
// direction yet.
bool Snapshot::extend(const Run& run) {
  if (count_ == 0) return false;
  Run& last = runs()[count_ - 1];
  if (last.leaf != run.leaf) return false;
  const bool upwards = (last.count == 1 || !last.backwards) && (run.count == 1 || !run.backwards);
  const bool downwards = (last.count == 1 || last.backwards) && (run.count == 1 || run.backwards);
  const bool goes_up = upwards && run.first == last.first + last.count;
  const bool goes_down = downwards && run.first + last.count == last.first;
  if (!goes_up && !goes_down) return false;
  last.backwards = goes_down;
  last.count = static_cast<std::uint16_t>(last.count + run.count);
  return true;
}

void Snapshot::grow() {
  room_ *= 2;
  auto more = std::make_unique_for_overwrite<Run[]>(room_);
  std::copy_n(runs(), count_, more.get());
  more_ = std::move(more);
}

void Snapshot::take(Snapshot& other) noexcept {
  pool_ = other.pool_;
  size_ = std::exchange(other.size_, 0);
  count_ = std::exchange(other.count_, 0);
  room_ = std::exchange(other.room_, kInline);
  few_ = other.few_;
  more_ = std::move(other.more_);
}

void Snapshot::drop() noexcept {
  for (std::size_t i = 0; i < count_; ++i) Leaf::drop(runs()[i].leaf, *pool_);
  count_ = 0;
}

}  // namespace larder::store::collection

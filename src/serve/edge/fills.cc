// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/fills.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace larder::serve::edge {

Fills::Shard& Fills::shard_of(std::string_view key) {
  return shards_[std::hash<std::string_view>()(key) % kShards];
}

Fills::Joined Fills::join(std::string_view key, const FillSpan& needs, const FillSpan& brings,
                          const Make& make) {
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  std::vector<Known>& known = shard.fills[std::string(key)];
  for (const Known& each : known) {
    if (each.span.covers(needs)) return {.fill = each.fill, .begun = false};
  }
  const std::shared_ptr<Fill> made = make();
  if (made != nullptr) {
    known.push_back({brings, made});
  } else if (known.empty()) {
    shard.fills.erase(std::string(key));
  }
  return {.fill = made, .begun = made != nullptr};
}

void Fills::settle(const Fill& fill, const FillSpan& span) {
  Shard& shard = shard_of(fill.key());
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.fills.find(fill.key());
  if (found == shard.fills.end()) return;
  for (Known& each : found->second) {
    if (each.fill.get() == &fill) each.span = span;
  }
}

void Fills::close(const Fill& fill) {
  Shard& shard = shard_of(fill.key());
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.fills.find(fill.key());
  if (found == shard.fills.end()) return;
  std::erase_if(found->second, [&](const Known& each) { return each.fill.get() == &fill; });
  if (found->second.empty()) shard.fills.erase(found);
}

void Fills::purge(std::string_view key) {
  ++purges_;
  std::vector<Known> purged;
  {
    Shard& shard = shard_of(key);
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.fills.find(std::string(key));
    if (found == shard.fills.end()) return;
    purged = std::move(found->second);
    shard.fills.erase(found);
  }
  for (const Known& each : purged) each.fill->purge();
}

bool Fills::take(std::size_t bytes) {
  if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= most_bytes_) return true;
  give(bytes);
  return false;
}

std::size_t Fills::count() const {
  std::size_t count = 0;
  for (Shard& shard : shards_) {
    const std::scoped_lock lock(shard.mutex);
    for (const auto& [key, known] : shard.fills) count += known.size();
  }
  return count;
}

std::shared_ptr<FillSlots> Fills::slots_of(std::string_view site) {
  const std::scoped_lock lock(slots_mutex_);
  std::shared_ptr<FillSlots>& slots = slots_[std::string(site)];
  if (slots == nullptr) slots = std::make_shared<FillSlots>();
  return slots;
}

}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/fills.h"

#include <functional>

namespace larder::serve::edge {

Fills::Shard& Fills::shard_of(std::string_view key) {
  return shards_[std::hash<std::string_view>()(key) % kShards];
}

Fills::Joined Fills::join(std::string_view key, const Make& make) {
  Shard& shard = shard_of(key);
  const std::scoped_lock lock(shard.mutex);
  const auto [place, is_new] = shard.fills.try_emplace(std::string(key));
  if (is_new) place->second = make();
  return {.fill = place->second, .begun = is_new};
}

void Fills::close(const Fill& fill) {
  Shard& shard = shard_of(fill.key());
  const std::scoped_lock lock(shard.mutex);
  const auto found = shard.fills.find(fill.key());
  if (found != shard.fills.end() && found->second.get() == &fill) shard.fills.erase(found);
}

void Fills::purge(std::string_view key) {
  ++purges_;
  std::shared_ptr<Fill> purged;
  {
    Shard& shard = shard_of(key);
    const std::scoped_lock lock(shard.mutex);
    const auto found = shard.fills.find(std::string(key));
    if (found == shard.fills.end()) return;
    purged = std::move(found->second);
    shard.fills.erase(found);
  }
  purged->purge();
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
    count += shard.fills.size();
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

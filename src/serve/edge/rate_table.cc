// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/rate_table.h"

#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/hash.h"

namespace larder::serve::edge {
namespace {

constexpr double kMsPerS = 1000;

}  // namespace

RateTable::RateTable() : seed_(base::random_seed()) {}

RateTable::Slot::~Slot() {
  if (table_ != nullptr) table_->leave(hash_, generation_);
}

RateTable::Taken RateTable::take(std::string_view key, double per_second, std::uint32_t burst,
                                 base::SteadyMs now) {
  const Hash hash = hash_of(key);
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  Set& set = set_of(shard, hash);
  Entry* known = find(set, hash);
  if (known == nullptr) {
    get(shard, hash, now);
    return {.allowed = true};
  }
  const auto passed = static_cast<double>(std::max<std::int64_t>(now - known->used, 0));
  const double excess = std::max(known->excess - passed * per_second / kMsPerS + 1, 0.0);
  if (excess > burst) return {};
  known->excess = excess;
  known->used = std::max(now, known->used);
  return {.allowed = true,
          .wait_ms = static_cast<std::int64_t>(std::ceil(excess / per_second * kMsPerS))};
}

std::optional<RateTable::Slot> RateTable::enter(std::string_view key, std::uint32_t most,
                                                base::SteadyMs now) {
  const Hash hash = hash_of(key);
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  Entry& entry = get(shard, hash, now);
  if (entry.in_progress >= most) return std::nullopt;
  ++entry.in_progress;
  entry.used = now;
  return Slot(this, hash, entry.generation);
}

// Its place may have another key by now, or the same one anew.
void RateTable::leave(const Hash& hash, std::uint32_t generation) {
  Shard& shard = shard_of(hash);
  const std::scoped_lock lock(shard.mutex);
  Entry* entry = find(set_of(shard, hash), hash);
  if (entry != nullptr && entry->generation == generation) --entry->in_progress;
}

RateTable::Hash RateTable::hash_of(std::string_view key) const {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(key.data(), key.size(), seed_);
  return {hash.low64, hash.high64 | 1U};  // never zeros
}

RateTable::Set& RateTable::set_of(Shard& shard, const Hash& hash) {
  if (shard.sets == nullptr) shard.sets = std::make_unique<Sets>();
  return (*shard.sets)[hash[0] / limits::kRateShards % kSets];
}

RateTable::Entry* RateTable::find(Set& set, const Hash& hash) {
  const auto found = std::find_if(set.begin(), set.end(),
                                  [&hash](const Entry& each) { return each.hash == hash; });
  return found == set.end() ? nullptr : &*found;
}

RateTable::Entry& RateTable::get(Shard& shard, const Hash& hash, base::SteadyMs now) {
  Set& set = set_of(shard, hash);
  if (Entry* known = find(set, hash); known != nullptr) return *known;
  const auto goes_before = [](const Entry& a, const Entry& b) {
    const bool a_is_busy = a.in_progress > 0;
    const bool b_is_busy = b.in_progress > 0;
    return a_is_busy != b_is_busy ? b_is_busy : a.used < b.used;
  };
  Entry& oldest = *std::min_element(set.begin(), set.end(), goes_before);
  oldest = {.hash = hash, .used = now, .generation = oldest.generation + 1};
  return oldest;
}

}  // namespace larder::serve::edge

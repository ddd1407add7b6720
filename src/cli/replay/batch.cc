// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "cli/replay/batch.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/hash.h"
#include "base/limits.h"

namespace larder::cli::replay {

Batch::Batch(std::size_t depth) : depth_(depth), places_(std::bit_ceil(2 * depth), kFree) {
  LARDER_CHECK(depth > 0 && depth <= limits::kMaxReplayDepth);
  static_assert(limits::kMaxReplayDepth < kFree);
}

bool Batch::add(const Request& request) {
  if (entries_.size() == depth_) return false;
  if (!empty() && value_bytes_ + request.value_bytes > limits::kReplayBatchBytes) return false;
  const std::size_t hash = base::keyed_hash(request.key, 0);
  std::uint16_t& place = places_[find_place(request.key, hash)];
  const bool repeats = place != kFree;
  if (repeats &&
      (request.operation != Operation::kGet || entries_[place].operation != Operation::kGet)) {
    return false;
  }
  if (!repeats) place = static_cast<std::uint16_t>(entries_.size());
  Entry& entry = entries_.emplace_back();
  entry.repeats = repeats;
  entry.operation = request.operation;
  entry.value_bytes = request.value_bytes;
  entry.ttl_s = request.ttl_s;
  entry.key_at = keys_.size();
  entry.key_bytes = request.key.size();
  entry.hash = hash;
  keys_ += request.key;
  value_bytes_ += request.value_bytes;
  return true;
}

// Where the key's first entry is, or may be put.
std::size_t Batch::find_place(std::string_view key_wanted, std::size_t hash) const {
  const std::size_t mask = places_.size() - 1;
  std::size_t place = hash & mask;
  for (; places_[place] != kFree; place = (place + 1) & mask) {
    const Entry& other = entries_[places_[place]];
    if (other.hash == hash && key(other) == key_wanted) break;
  }
  return place;
}

void Batch::clear() {
  entries_.clear();
  keys_.clear();
  std::fill(places_.begin(), places_.end(), kFree);
  value_bytes_ = 0;
}

}  // namespace larder::cli::replay

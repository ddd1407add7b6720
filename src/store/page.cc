// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/page.h"

#include <algorithm>
#include <limits>

#include "store/arena.h"

namespace larder::store {
namespace {

constexpr std::int64_t kMsPerS = 1000;
constexpr std::array<UnixMs, 3> kClassEndsMs = {64 * kMsPerS, 3600 * kMsPerS, 86'400 * kMsPerS};

std::uint32_t stamp_seconds_up(UnixMs at) {
  const UnixMs since = std::max<UnixMs>(0, at - kStampEpochMs);
  constexpr UnixMs kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(kMost, (since + kMsPerS - 1) / kMsPerS));
}

}  // namespace

void ExpirySummary::add(UnixMs expires, std::size_t bytes, UnixMs now) {
  const auto end =
      std::ranges::find_if(kClassEndsMs, [&](UnixMs ms) { return expires - now < ms; });
  const auto at = static_cast<std::size_t>(end - kClassEndsMs.begin());
  latest_s_[at] = std::max(latest_s_[at], stamp_seconds_up(expires));
  constexpr std::size_t kMost = kPageBytes / 2;
  half_bytes_[at] = static_cast<std::uint16_t>(std::min(kMost, half_bytes_[at] + (bytes + 1) / 2));
}

std::size_t ExpirySummary::expired_bytes(UnixMs now) const {
  std::size_t sum = 0;
  for (std::size_t at = 0; at < kClasses; ++at) {
    const UnixMs latest = kStampEpochMs + UnixMs{latest_s_[at]} * kMsPerS;
    if (latest <= now) sum += std::size_t{half_bytes_[at]} * 2;
  }
  return sum;
}

// From its retirement on, `dropped_` counts what is still to be dropped, up to 0. Both sides learn
// from their own step whether it was the last one; after any other the page may be another's.
void Page::unpin(void* subject) noexcept {
  Page& page = *static_cast<Page*>(subject);
  const std::uint32_t before = page.dropped_.fetch_add(kOneDrop, std::memory_order_acq_rel);
  if (before + kOneDrop == kRetired) page.arena->give_back_retired(page);
}

bool Page::retire() noexcept {
  const std::uint32_t step = kRetired - pinned_ * kOneDrop;
  return dropped_.fetch_add(step, std::memory_order_acq_rel) + step == kRetired;
}

void Page::reset_pins() {
  pinned_ = 0;
  dropped_.store(0, std::memory_order_relaxed);
}

}  // namespace larder::store

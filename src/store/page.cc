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

// Who finds the other side finished already gives the page back: the last pin that is dropped, or
// retire. Both write `dropped_`, so that one of them comes second.
void Page::unpin(void* subject) noexcept {
  Page& page = *static_cast<Page*>(subject);
  const std::uint32_t before = page.dropped_.fetch_add(kOneDrop, std::memory_order_acq_rel);
  if ((before & kRetired) == 0) return;
  if ((before + kOneDrop) >> 1 == page.pinned_) page.arena->give_back(page);
}

bool Page::retire() noexcept {
  return dropped_.fetch_or(kRetired, std::memory_order_acq_rel) >> 1 == pinned_;
}

void Page::reset_pins() {
  pinned_ = 0;
  dropped_.store(0, std::memory_order_relaxed);
}

}  // namespace larder::store

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/size_census.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "serve/memcache/session.h"

namespace larder::serve::memcache {

Next SizeCensus::go_on(io::Socket& socket) {
  if (looking_) looking_ = look(socket.loop().now());
  if (looking_) return Next::kYield;
  while (!items_.empty()) {
    if (socket.outbox().full()) return Next::kDrain;
    const auto first = items_.begin();
    tell_(fmt::format("{}", first->first), fmt::format("{}", first->second));
    items_.erase(first);
  }
  return Next::kGoOn;
}

// False: all have been looked at.
bool SizeCensus::look(cache::UnixMs now) {
  constexpr std::size_t kStep = 32;
  const cache::Show count = [&](std::string_view, const cache::Found& found) {
    ++items_[(found.item_bytes + kStep - 1) / kStep * kStep];
  };
  for (std::size_t steps = 0; steps != limits::kShowsPerTurn; ++steps) {
    if (!cache_.show(cursor_, count, now)) return false;
  }
  return true;
}

}  // namespace larder::serve::memcache

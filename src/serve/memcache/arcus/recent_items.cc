// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/recent_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/limits.h"
#include "serve/memcache/dump.h"
#include "serve/memcache/session.h"

namespace larder::serve::memcache::arcus {
namespace {

constexpr cache::UnixMs kMsPerS = 1000;

}  // namespace

Next RecentItems::go_on(io::Socket& socket) {
  const cache::UnixMs now = socket.loop().now();
  if (looking_) looking_ = look(now);
  if (looking_) return Next::kYield;
  for (; told_ < kept_.size(); ++told_) {
    if (socket.outbox().full()) return Next::kDrain;
    const Kept& one = kept_[told_];
    socket.outbox().append(
        fmt::format("ITEM {} [acctime={}, exptime={}]\r\n", one.key, one.used_s, one.expires_s));
  }
  socket.outbox().append(fmt::format("END [curtime={}]\r\n", since_start_s(now)));
  return Next::kGoOn;
}

bool RecentItems::comes_before(const Kept& one, const Kept& other) const {
  const auto rank = [](const Kept& of) { return std::tie(of.used_s, of.cas); };
  return how_.oldest_first ? rank(one) < rank(other) : rank(other) < rank(one);
}

// False: all have been looked at.
bool RecentItems::look(cache::UnixMs now) {
  const cache::Show show = [&](std::string_view key, const cache::Found& found) {
    keep(key, found, now);
  };
  for (std::size_t steps = 0; steps != limits::kShowsPerTurn; ++steps) {
    if (cache_.show(cursor_, show, now)) continue;
    std::ranges::sort_heap(
        kept_, [this](const Kept& one, const Kept& other) { return comes_before(one, other); });
    return false;
  }
  return true;
}

void RecentItems::keep(std::string_view key, const cache::Found& found, cache::UnixMs now) {
  const bool is_sticky = found.expires == cache::kSticky;
  if (is_sticky != how_.sticky || !can_be_shown(key)) return;
  const auto before = [this](const Kept& one, const Kept& other) {
    return comes_before(one, other);
  };
  Kept one{.used_s = since_start_s(now) - found.idle_s, .cas = found.cas};
  if (kept_.size() == how_.most) {
    if (!before(one, kept_.front())) return;
    std::ranges::pop_heap(kept_, before);
    kept_.pop_back();
  }
  if (is_sticky) {
    one.expires_s = -1;
  } else if (found.expires != cache::kNeverExpires) {
    one.expires_s = since_start_s(found.expires);
  }
  one.key = key;
  kept_.push_back(std::move(one));
  std::ranges::push_heap(kept_, before);
}

std::int64_t RecentItems::since_start_s(cache::UnixMs time) const {
  return time / kMsPerS - started_ / kMsPerS;
}

}  // namespace larder::serve::memcache::arcus

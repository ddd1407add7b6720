// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/names.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace larder::origin {

std::int64_t ask_again_in_ms(const base::Result<io::Resolved>& told) {
  constexpr std::int64_t kMsOfSecond = 1000;
  if (!told) return limits::kResolveRetryMs;
  const std::int64_t longest_s = limits::kMaxResolveMs / kMsOfSecond;
  const std::int64_t ms = std::clamp<std::int64_t>(told->ttl_s, 0, longest_s) * kMsOfSecond;
  return std::max(ms, limits::kMinResolveMs);
}

Names::~Names() {
  for (const auto& [name, asked] : asked_) {
    if (asked.timer) loop_.cancel(*asked.timer);
  }
}

io::Resolver& Names::resolver() {
  if (!resolver_) resolver_ = std::make_unique<io::Resolver>(loop_);
  return *resolver_;
}

base::Status Names::use(const std::vector<std::string>& name_servers) {
  return resolver().use(name_servers);
}

void Names::update() {
  const std::vector<Servers::Name> names = servers_->names();
  std::erase_if(asked_, [&](const auto& place) {
    if (std::ranges::find(names, place.first) != names.end()) return false;
    if (place.second.timer) loop_.cancel(*place.second.timer);
    return true;
  });
  for (const Servers::Name& name : names) {
    if (asked_.try_emplace(name).second) ask(name);
  }
}

void Names::ask(const Servers::Name& name) {
  asked_[name].timer.reset();
  resolver().resolve(name.host, name.port, [this, name](const base::Result<io::Resolved>& told) {
    answered(name, told);
  });
}

void Names::answered(const Servers::Name& name, const base::Result<io::Resolved>& resolved) {
  const auto place = asked_.find(name);
  if (place == asked_.end() || place->second.timer) return;
  if (resolved) {
    servers_->resolved(name, resolved->addresses, loop_.steady_now());
  } else {
    servers_->unresolved(name, loop_.steady_now());
  }
  changed_();
  place->second.timer = loop_.after(ask_again_in_ms(resolved), [this, name] { ask(name); });
}

}  // namespace larder::origin

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/node_address.h"

#include <algorithm>
#include <utility>

#include "origin/names.h"

namespace larder::serve::edge {
namespace {

constexpr std::uint16_t kMemcachedPort = 11211;

}  // namespace

NodeAddress::NodeAddress(io::Loop& loop, const std::string& text, std::function<void()> changed)
    : loop_(loop), changed_(std::move(changed)) {
  auto parsed = origin::parse_server_address(text, kMemcachedPort);
  if (!parsed) return;  // it is nowhere
  where_ = *std::move(parsed);
  known_ = where_.number;
  is_name_ = !where_.number;
}

io::Resolver& NodeAddress::resolver() {
  if (!resolver_) resolver_ = std::make_unique<io::Resolver>(loop_);
  return *resolver_;
}

base::Status NodeAddress::use(const std::vector<std::string>& name_servers) {
  return resolver().use(name_servers);
}

const io::Address* NodeAddress::find() {
  if (is_name_ && !is_asking_ && loop_.steady_now() >= ask_at_) ask();
  return known_ ? &*known_ : nullptr;
}

void NodeAddress::ask() {
  is_asking_ = true;
  resolver().resolve(where_.host, where_.port,
                     [this](const base::Result<io::Resolved>& told) { answered(told); });
}

void NodeAddress::answered(const base::Result<io::Resolved>& resolved) {
  is_asking_ = false;
  ask_at_ = loop_.steady_now() + origin::ask_again_in_ms(resolved);
  if (!resolved || resolved->addresses.empty() || is_still_at(resolved->addresses)) return;
  known_ = resolved->addresses.front();
  changed_();
}

bool NodeAddress::is_still_at(const std::vector<io::Address>& addresses) const {
  return known_ && std::ranges::any_of(addresses, [this](const io::Address& address) {
           return address.text() == known_->text();
         });
}

}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/upstream.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>

#include "base/clock.h"
#include "origin/upstream_at_work.h"

namespace larder::origin {
namespace {

bool same_wiring(const UpstreamOptions& a, const UpstreamOptions& b) {
  return a.tls == b.tls && a.tls_name == b.tls_name && a.tls_ca_file == b.tls_ca_file &&
         a.tls_verify == b.tls_verify && a.proxy_protocol == b.proxy_protocol;
}

// Read anew each time: a file of certificates may have changed.
base::Result<std::unique_ptr<io::TlsOrigins>> open_tls(const UpstreamOptions& options) {
  if (!options.tls) return std::unique_ptr<io::TlsOrigins>();
  return io::TlsOrigins::open({.ca_file = options.tls_ca_file, .verify = options.tls_verify});
}

template <class Owned>
void destroy_on(io::Loop& loop, std::unique_ptr<Owned> owned) {
  loop.post([last = std::shared_ptr<Owned>(std::move(owned))] {});
}

}  // namespace

// ---- Upstream

Upstream::Upstream(io::Loops& loops, const std::string& name)
    : loops_(loops), servers_(std::make_shared<Servers>(name)), places_(loops.threads()) {}

Upstream::~Upstream() {
  for (Place& place : places_) {
    io::Loop* const loop = place.loop.load();
    if (loop != nullptr) destroy_on(*loop, std::move(place.pool));
  }
  if (keeper_loop_ != nullptr) destroy_on(*keeper_loop_, std::move(keeper_));
}

base::Status Upstream::configure(const UpstreamOptions& options) {
  auto tls = open_tls(options);
  if (!tls) return tls.failure();
  auto next = std::make_shared<Terms>();
  next->options = options;
  next->tls = *std::move(tls);
  const TermsPtr before = terms();
  if (before) next->wiring = before->wiring + (same_wiring(before->options, options) ? 0 : 1);
  if (auto done = servers_->configure(options, base::coarse_steady_now_ms()); !done) return done;
  {
    const std::scoped_lock lock(mutex_);
    terms_ = std::move(next);
  }
  if (before) update_pools();
  loops_.on_first([weak = weak_from_this()](io::Loop& loop) {
    if (const auto self = weak.lock()) self->keep(loop);
  });
  return base::Done{};
}

TermsPtr Upstream::terms() const {
  const std::scoped_lock lock(mutex_);
  return terms_;
}

Pool& Upstream::pool(io::Loop& loop) {
  Place& place = places_.at(loop.number());
  if (!place.pool) {
    place.pool = std::make_unique<Pool>(loop);
    place.loop = &loop;
  }
  return *place.pool;
}

void Upstream::update_pools() {
  for (Place& place : places_) {
    io::Loop* const loop = place.loop.load();
    if (loop == nullptr) continue;
    loop->post([weak = weak_from_this(), loop] {
      if (const auto self = weak.lock()) self->pool(*loop).update(self->terms());
    });
  }
}

void Upstream::keep(io::Loop& loop) {
  if (!keeper_) {
    keeper_ = std::make_unique<Keeper>(loop, servers_);
    keeper_loop_ = &loop;
  }
  keeper_->update(terms());
}

// ---- Upstreams

struct Upstreams::State {
  explicit State(io::Loops& of) : loops(of) {}
  io::Loops& loops;
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<Upstream>> upstreams;  // by their names
};

Upstreams::Upstreams(io::Loops& loops) : state_(std::make_unique<State>(loops)) {}
Upstreams::~Upstreams() = default;

base::Result<std::shared_ptr<Upstream>> Upstreams::get(const UpstreamOptions& options) {
  const std::scoped_lock lock(state_->mutex);
  std::erase_if(state_->upstreams, [](const auto& one) { return one.second.expired(); });
  auto& place = state_->upstreams[options.name];
  std::shared_ptr<Upstream> upstream = place.lock();
  if (!upstream) upstream = std::make_shared<Upstream>(state_->loops, options.name);
  if (auto done = upstream->configure(options); !done) {
    return base::Failure{"upstream " + options.name + ": " + done.failure().what};
  }
  place = upstream;
  return upstream;
}

std::vector<ServerFacts> Upstreams::facts() const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<ServerFacts> all;
  for (const auto& [name, weak] : state_->upstreams) {
    const auto upstream = weak.lock();
    if (!upstream) continue;
    auto facts = upstream->servers()->facts(base::coarse_steady_now_ms());
    std::ranges::move(facts, std::back_inserter(all));
  }
  return all;
}

}  // namespace larder::origin

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/servers.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/limits.h"
#include "origin/sticky.h"

namespace larder::origin {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

}  // namespace

// ---- which there are

base::Result<std::vector<Servers::Configured>> Servers::parse(const UpstreamOptions& options) {
  std::vector<Configured> parsed;
  for (const ServerOptions& server : options.servers) {
    if (server.weight == 0 || server.weight > limits::kMaxServerWeight) {
      return base::Failure{"a server's weight is 1 to " + std::to_string(limits::kMaxServerWeight) +
                           ": " + server.address};
    }
    auto address = parse_server_address(server.address, options.tls ? kHttpsPort : kHttpPort);
    if (!address) return address.failure();
    parsed.push_back({.options = server, .address = *address, .known = {}});
    if (!address->number) continue;
    parsed.back().known.push_back(*address->number);
    parsed.back().asked = true;
  }
  return parsed;
}

base::Status Servers::configure(const UpstreamOptions& options, base::SteadyMs now) {
  auto parsed = parse(options);
  if (!parsed) return parsed.failure();
  Woken woken;
  {
    const Lock lock(mutex_);
    keep_known(*parsed);
    configured_ = *std::move(parsed);
    balance_ = options.balance;
    queue_most_ = options.queue;
    rebuild();
    woken = serve_queue(kAny, now);
  }
  wake(woken);
  return base::Done{};
}

void Servers::keep_known(std::vector<Configured>& next) const {
  for (Configured& configured : next) {
    if (configured.address.number) continue;
    for (const Configured& before : configured_) {
      if (before.address.host != configured.address.host ||
          before.address.port != configured.address.port) {
        continue;
      }
      configured.known = before.known;
      configured.asked = before.asked;
    }
  }
}

std::shared_ptr<Server> Servers::server_at(const io::Address& address,
                                           const std::string& host) const {
  const std::string text = address.text();
  for (const auto& server : balancer_.servers()) {
    if (server->text == text && server->host == host) return server;
  }
  return std::make_shared<Server>(address, host, sticky_value(upstream_, text));
}

// An address that is there twice belongs to the server that is configured first.
void Servers::rebuild() {
  ServerList next;
  for (const Configured& configured : configured_) {
    for (const io::Address& address : configured.known) {
      const auto is_here = [&](const auto& one) { return one->text == address.text(); };
      if (next.size() == limits::kMaxServers || std::ranges::any_of(next, is_here)) continue;
      next.push_back(server_at(address, configured.address.host));
      next.back()->options = configured.options;
    }
  }
  for (const auto& before : balancer_.servers()) {
    if (std::ranges::find(next, before) == next.end()) before->retired = true;
  }
  balancer_.set(balance_, std::move(next));
}

std::vector<Servers::Name> Servers::names() const {
  const Lock lock(mutex_);
  std::vector<Name> names;
  for (const Configured& configured : configured_) {
    if (configured.address.number) continue;
    names.push_back({configured.options.address, configured.address.host, configured.address.port});
  }
  return names;
}

// In an order of their own: name servers turn theirs, and hashes must not turn with it.
void Servers::resolved(const Name& name, std::vector<io::Address> addresses, base::SteadyMs now) {
  std::ranges::sort(addresses, {}, &io::Address::text);
  Woken woken;
  {
    const Lock lock(mutex_);
    for (Configured& configured : configured_) {
      if (configured.options.address != name.server || configured.address.number) continue;
      configured.asked = true;
      if (!addresses.empty()) configured.known = addresses;
    }
    if (!addresses.empty()) rebuild();
    woken = serve_queue(kAny, now);
  }
  wake(woken);
}

void Servers::unresolved(const Name& name, base::SteadyMs now) { resolved(name, {}, now); }

// ---- who is next

Given Servers::choose(const Choice& choice, const Tried& tried, base::SteadyMs now,
                      const std::shared_ptr<Waiter>& waiter) {
  const Lock lock(mutex_);
  Given given = choose_locked(choice, tried, now);
  if (given.kind != Given::Kind::kFull || waiter == nullptr) return given;
  if (queue_.size() >= queue_most_) return {.kind = Given::Kind::kQueueFull};
  waiter->state_ = Waiter::State::kWaiting;
  queue_.push_back(waiter);
  return {.kind = Given::Kind::kQueued};
}

// Names that nobody has answered for may still bring a server.
bool Servers::still_asks() const {
  return std::ranges::any_of(configured_, [](const Configured& one) { return !one.asked; });
}

Given Servers::choose_locked(const Choice& choice, const Tried& tried, base::SteadyMs now) {
  Chosen chosen = balancer_.choose(choice, tried, now);
  switch (chosen.kind) {
    case Chosen::Kind::kFull: return {.kind = Given::Kind::kFull};
    case Chosen::Kind::kNone:
      return {.kind = still_asks() ? Given::Kind::kFull : Given::Kind::kNone};
    case Chosen::Kind::kServer: break;
  }
  ++chosen.server->busy;
  return {.kind = Given::Kind::kServer, .server = std::move(chosen.server)};
}

Servers::Woken Servers::serve_queue(std::size_t most, base::SteadyMs now) {
  Woken woken;
  for (auto at = queue_.begin(); at != queue_.end() && woken.size() < most;) {
    Waiter& waiter = **at;
    Given given = choose_locked(waiter.choice_, waiter.tried_, now);
    if (given.kind == Given::Kind::kFull) {
      ++at;
      continue;
    }
    waiter.state_ = Waiter::State::kGiven;
    waiter.server_ = std::move(given.server);
    woken.push_back(std::move(*at));
    at = queue_.erase(at);
  }
  return woken;
}

void Servers::wake(const Woken& woken) {
  for (const auto& waiter : woken) waiter->wake();
}

Given Servers::take(Waiter& waiter) {
  const Lock lock(mutex_);
  LARDER_CHECK(waiter.state_ == Waiter::State::kGiven);
  waiter.state_ = Waiter::State::kGone;
  if (!waiter.server_) return {.kind = Given::Kind::kNone};
  return {.kind = Given::Kind::kServer, .server = std::move(waiter.server_)};
}

void Servers::leave(Waiter& waiter, base::SteadyMs now) {
  std::shared_ptr<Server> given;
  {
    const Lock lock(mutex_);
    if (waiter.state_ == Waiter::State::kWaiting) {
      std::erase_if(queue_, [&](const auto& one) { return one.get() == &waiter; });
    }
    waiter.state_ = Waiter::State::kGone;
    given = std::move(waiter.server_);
  }
  if (given) release(*given, now);
}

void Servers::release(Server& server, base::SteadyMs now) {
  Woken woken;
  {
    const Lock lock(mutex_);
    LARDER_CHECK(server.busy > 0);
    --server.busy;
    woken = serve_queue(1, now);
  }
  wake(woken);
}

// ---- what is known of them

void Servers::answered(Server& server) {
  const Lock lock(mutex_);
  server.health.answered();
}

void Servers::failed(Server& server, base::SteadyMs now) {
  server.failures.fetch_add(1, std::memory_order_relaxed);
  const Lock lock(mutex_);
  server.health.failed(server.health_terms(), now);
}

void Servers::checked(Server& server, bool good, const HealthCheck& check, base::SteadyMs now) {
  Woken woken;
  {
    const Lock lock(mutex_);
    if (!server.checked.report(good, check.rise, check.fall)) return;
    woken = serve_queue(kAny, now);
  }
  wake(woken);
}

void Servers::forget_checks(base::SteadyMs now) {
  Woken woken;
  {
    const Lock lock(mutex_);
    for (const auto& server : balancer_.servers()) server->checked = {};
    woken = serve_queue(kAny, now);
  }
  wake(woken);
}

ServerList Servers::all() const {
  const Lock lock(mutex_);
  return balancer_.servers();
}

ServerFacts Servers::facts_of(const Configured& configured, const Server* server,
                              base::SteadyMs now) const {
  ServerFacts facts{.upstream = upstream_, .server = configured.options.address, .address = {}};
  if (server == nullptr) return facts;
  facts.address = server->text;
  facts.usable = server->is_wanted() && server->health.may_be_chosen(now);
  facts.connections = server->busy;
  facts.idle = server->idle.load(std::memory_order_relaxed);
  facts.requests = server->requests.load(std::memory_order_relaxed);
  facts.failures = server->failures.load(std::memory_order_relaxed);
  return facts;
}

std::vector<ServerFacts> Servers::facts(base::SteadyMs now) const {
  const Lock lock(mutex_);
  std::vector<ServerFacts> facts;
  for (const Configured& configured : configured_) {
    if (configured.known.empty()) facts.push_back(facts_of(configured, nullptr, now));
    for (const io::Address& address : configured.known) {
      const auto server = std::ranges::find(balancer_.servers(), address.text(), &Server::text);
      if (server == balancer_.servers().end()) continue;
      facts.push_back(facts_of(configured, server->get(), now));
    }
  }
  return facts;
}

}  // namespace larder::origin

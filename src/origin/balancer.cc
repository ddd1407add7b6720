// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/balancer.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace larder::origin {
namespace {

constexpr std::uint64_t kHashTries = 20;  // of servers that may not be; then round robin
constexpr std::size_t kNetwork4Bytes = 3;

bool may_be(const Server& server, const Tried& tried, base::SteadyMs now) {
  return server.is_wanted() && server.health.may_be_chosen(now) &&
         std::ranges::find(tried, &server) == tried.end();
}

// Of those that fit, smoothly (nginx): each gains its weight, and the one that has the most pays
// what all have gained.
std::shared_ptr<Server> next_in_turn(const ServerList& servers) {
  std::int64_t gained = 0;
  const std::shared_ptr<Server>* best = nullptr;
  for (const auto& server : servers) {
    if (!server->fits) continue;
    server->current += server->options.weight;
    gained += server->options.weight;
    if (best == nullptr || server->current > (*best)->current) best = &server;
  }
  if (best == nullptr) return nullptr;
  (*best)->current -= gained;
  return *best;
}

bool has_less_to_do(const Server& a, const Server& b) {
  return a.busy * b.options.weight < b.busy * a.options.weight;
}

std::shared_ptr<Server> least_busy(const ServerList& servers) {
  const Server* least = nullptr;
  for (const auto& server : servers) {
    if (!server->fits) continue;
    if (least == nullptr || has_less_to_do(*server, *least)) least = server.get();
  }
  for (const auto& server : servers) {
    if (server->fits && has_less_to_do(*least, *server)) server->fits = false;
  }
  return next_in_turn(servers);
}

// What ip hash tells clients apart by. Empty: it has no address.
std::string_view network_of(const io::Address& client) {
  if (client.family() == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(client.get());
    return {reinterpret_cast<const char*>(&v4->sin_addr), kNetwork4Bytes};
  }
  if (client.family() != AF_INET6) return {};
  const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(client.get());
  return {reinterpret_cast<const char*>(&v6->sin6_addr), sizeof v6->sin6_addr};
}

const std::shared_ptr<Server>& at_weight(const ServerList& servers, std::uint64_t weight) {
  for (const auto& server : servers) {
    if (weight < server->options.weight) return server;
    weight -= server->options.weight;
  }
  return servers.back();
}

// nginx' own hash, so that clients of one who comes from there keep their servers.
std::uint64_t hashed(std::string_view network, std::uint64_t hash) {
  for (const char byte : network) hash = (hash * 113 + static_cast<unsigned char>(byte)) % 6271;
  return hash;
}

// Each further try is another hash, so that clients of a server that is out spread over all.
std::shared_ptr<Server> of_network(const ServerList& servers, std::uint64_t weight,
                                   const io::Address& client) {
  const std::string_view network = network_of(client);
  std::uint64_t hash = 89;
  for (std::uint64_t attempt = 0; attempt < kHashTries && !network.empty(); ++attempt) {
    hash = hashed(network, hash);
    const auto& server = at_weight(servers, hash % weight);
    if (server->fits) return server;
  }
  return next_in_turn(servers);
}

std::shared_ptr<Server> of_key(const ServerList& servers, const HashRing& ring,
                               std::string_view key) {
  std::shared_ptr<Server> found;
  ring.walk(key, [&](std::size_t index) {
    if (servers[index]->fits) found = servers[index];
    return found != nullptr;
  });
  return found;
}

HashRing ring_of(const ServerList& servers) {
  std::vector<HashRing::Place> places;
  places.reserve(servers.size());
  for (const auto& server : servers) {
    places.push_back({.name = server->text, .weight = server->options.weight});
  }
  return HashRing(places);
}

}  // namespace

Balancer::Tier::Tier(const ServerList& all, bool backup, Balance how) {
  for (const auto& server : all) {
    if (server->options.backup != backup) continue;
    servers.push_back(server);
    weight += server->options.weight;
  }
  if (how == Balance::kHash) ring = ring_of(servers);
}

void Balancer::set(Balance how, ServerList servers) {
  how_ = how;
  servers_ = std::move(servers);
  main_ = Tier(servers_, false, how);
  backup_ = Tier(servers_, true, how);
}

Chosen Balancer::choose(const Choice& choice, const Tried& tried, base::SteadyMs now) {
  Chosen chosen = find_sticky(choice, tried, now);
  if (chosen.kind == Chosen::Kind::kNone) chosen = choose_anew(choice, tried, now);
  if (chosen.kind == Chosen::Kind::kNone && forgive_all(tried)) {
    chosen = choose_anew(choice, tried, now);
  }
  if (chosen.server) chosen.server->health.chosen(chosen.server->health_terms(), now);
  return chosen;
}

Chosen Balancer::choose_anew(const Choice& choice, const Tried& tried, base::SteadyMs now) {
  Chosen chosen = choose_in(main_, choice, tried, now);
  if (chosen.kind == Chosen::Kind::kNone) chosen = choose_in(backup_, choice, tried, now);
  return chosen;
}

Chosen Balancer::choose_in(const Tier& tier, const Choice& choice, const Tried& tried,
                           base::SteadyMs now) {
  bool any = false;
  bool any_fits = false;
  for (const auto& server : tier.servers) {
    const bool may = may_be(*server, tried, now);
    server->fits = may && !server->is_full();
    any = any || may;
    any_fits = any_fits || server->fits;
  }
  if (!any_fits) return {.kind = any ? Chosen::Kind::kFull : Chosen::Kind::kNone};
  return {.kind = Chosen::Kind::kServer, .server = pick(tier, choice)};
}

std::shared_ptr<Server> Balancer::pick(const Tier& tier, const Choice& choice) const {
  switch (how_) {
    case Balance::kLeastConnections: return least_busy(tier.servers);
    case Balance::kIpHash: return of_network(tier.servers, tier.weight, choice.client);
    case Balance::kHash: return of_key(tier.servers, tier.ring, choice.hash_key);
    case Balance::kRoundRobin:
    case Balance::kSticky: break;
  }
  return next_in_turn(tier.servers);
}

// A server that is only full is waited for: the client's session is there.
Chosen Balancer::find_sticky(const Choice& choice, const Tried& tried, base::SteadyMs now) const {
  if (how_ != Balance::kSticky || choice.sticky.empty()) return {};
  const auto found = std::ranges::find(servers_, choice.sticky, &Server::sticky);
  if (found == servers_.end() || !may_be(**found, tried, now)) return {};
  if ((*found)->is_full()) return {.kind = Chosen::Kind::kFull};
  return {.kind = Chosen::Kind::kServer, .server = *found};
}

// → whether somebody may be chosen now that may not have been before.
bool Balancer::forgive_all(const Tried& tried) {
  bool any = false;
  for (const auto& server : servers_) {
    if (!server->is_wanted()) continue;
    if (!server->health.is_out()) return false;
    any = any || std::ranges::find(tried, server.get()) == tried.end();
  }
  if (!any) return false;
  for (const auto& server : servers_) server->health.forgive();
  return true;
}

}  // namespace larder::origin

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "origin/fetch.h"
#include "origin/hash_ring.h"
#include "origin/server.h"

namespace larder::origin {

// Servers that a request has been sent to, or must not be.
using Tried = std::vector<const Server*>;

struct Chosen {
  enum class Kind : std::uint8_t {
    kServer,
    kFull,  // those that could be have all the connections that they may have
    kNone,
  };
  Kind kind = Kind::kNone;
  std::shared_ptr<Server> server = {};  // kServer
};

// Which server is next. Whoever asks sees to it that one thread does at a time.
//
//   servers ─► not down, checks are good, not tried ─► may be chosen ─► has room ─► by Balance
//     main ones, or the backups where no main one may be                 └─ none: kFull
//     all are out: what they did is forgiven, and they are tried again
class Balancer {
 public:
  void set(Balance how, ServerList servers);
  const ServerList& servers() const { return servers_; }
  Chosen choose(const Choice& choice, const Tried& tried, base::SteadyMs now);

 private:
  // The main servers, or the backups, with what hashes need.
  struct Tier {
    Tier() = default;
    Tier(const ServerList& all, bool backup, Balance how);
    ServerList servers;
    HashRing ring;
    std::uint64_t weight = 0;
  };

  Chosen choose_anew(const Choice& choice, const Tried& tried, base::SteadyMs now);
  Chosen choose_in(const Tier& tier, const Choice& choice, const Tried& tried, base::SteadyMs now);
  Chosen find_sticky(const Choice& choice, const Tried& tried, base::SteadyMs now) const;
  std::shared_ptr<Server> pick(const Tier& tier, const Choice& choice) const;
  bool forgive_all(const Tried& tried);

  Balance how_ = Balance::kRoundRobin;
  ServerList servers_;
  Tier main_;
  Tier backup_;
};

}  // namespace larder::origin

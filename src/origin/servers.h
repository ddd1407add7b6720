// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "origin/balancer.h"
#include "origin/server.h"
#include "origin/server_address.h"
#include "origin/upstream.h"

namespace larder::origin {

// A request that waits until a server has room for it.
//
//   made ─► waiting ─► given: a server, or none is left ─► Servers::take
//              └──────────┴─► Servers::leave
class Waiter {
 public:
  Waiter(Choice choice, Tried tried) : choice_(std::move(choice)), tried_(std::move(tried)) {}
  virtual ~Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

 private:
  friend class Servers;
  // It was given something. On any thread, with no lock held, once at most.
  virtual void wake() = 0;

  enum class State : std::uint8_t { kNew, kWaiting, kGiven, kGone };
  const Choice choice_;
  const Tried tried_;
  State state_ = State::kNew;
  std::shared_ptr<Server> server_;  // kGiven; null: none is left
};

// What a request gets.
struct Given {
  enum class Kind : std::uint8_t {
    kServer,  // which is busy by one more, until it is released
    kNone,
    kFull,    // it has no waiter
    kQueued,  // its waiter will be woken
    kQueueFull,
  };
  Kind kind = Kind::kNone;
  std::shared_ptr<Server> server = {};  // kServer
};

// The servers of one upstream, of all loops: which addresses there are, what is known of each, who
// is next, and who waits. Any thread; one short lock.
//
//   configuration ─► numbers ──────────────────► addresses ─► Server each ─► Balancer
//                └─► names ─► name servers ─► resolved ─┘
class Servers {
 public:
  // A name that has to be asked for.
  struct Name {
    std::string server;  // as it is configured
    std::string host;
    std::uint16_t port = 0;
    auto operator<=>(const Name&) const = default;
  };

  explicit Servers(std::string upstream) : upstream_(std::move(upstream)) {}

  // Addresses that are known already stay known. A failure changes nothing.
  base::Status configure(const UpstreamOptions& options, base::SteadyMs now);
  std::vector<Name> names() const;
  // Nothing resolved: what was known holds.
  void resolved(const Name& name, std::vector<io::Address> addresses, base::SteadyMs now);
  void unresolved(const Name& name, base::SteadyMs now);

  // Without a `waiter` nobody waits.
  Given choose(const Choice& choice, const Tried& tried, base::SteadyMs now,
               const std::shared_ptr<Waiter>& waiter);
  Given take(Waiter& waiter);  // after it was woken
  void leave(Waiter& waiter, base::SteadyMs now);
  void release(Server& server, base::SteadyMs now);

  void answered(Server& server);
  void failed(Server& server, base::SteadyMs now);
  // By an active check.
  void checked(Server& server, bool good, const HealthCheck& check, base::SteadyMs now);
  void forget_checks(base::SteadyMs now);  // there are none any more

  ServerList all() const;
  std::vector<ServerFacts> facts(base::SteadyMs now) const;

 private:
  struct Configured {
    ServerOptions options;
    ServerAddress address;
    std::vector<io::Address> known;
    bool asked = false;  // for its addresses, with an answer or without
  };
  using Woken = std::vector<std::shared_ptr<Waiter>>;
  using Lock = std::lock_guard<base::Mutex>;

  static base::Result<std::vector<Configured>> parse(const UpstreamOptions& options);
  void keep_known(std::vector<Configured>& next) const;
  void rebuild();
  std::shared_ptr<Server> server_at(const io::Address& address, const std::string& host) const;
  Given choose_locked(const Choice& choice, const Tried& tried, base::SteadyMs now);
  bool still_asks() const;
  Woken serve_queue(std::size_t most, base::SteadyMs now);
  static void wake(const Woken& woken);
  ServerFacts facts_of(const Configured& configured, const Server* server,
                       base::SteadyMs now) const;

  const std::string upstream_;
  mutable base::Mutex mutex_;
  std::vector<Configured> configured_;
  Balance balance_ = Balance::kRoundRobin;
  std::size_t queue_most_ = 0;
  Balancer balancer_;
  std::list<std::shared_ptr<Waiter>> queue_;
};

}  // namespace larder::origin

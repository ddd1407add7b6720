// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/client_connection.h"
#include "io/loop.h"
#include "origin/slot.h"
#include "origin/terms.h"

namespace larder::origin {

// One loop's connections to the servers of an upstream.
//
//   lease ─► the idle one that was used last, or a new one ─► busy ─► idle ─► busy …
//                                                  ended, too many, too long ─┴─► buried
//
// What is buried is destroyed in a later turn: it may be calling us.
class Pool final : public http::ClientConnection::Owner {
 public:
  class Lease;

  explicit Pool(io::Loop& loop) : loop_(loop) {}
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A connection to the slot's server, for `client`. kNew: none that was idle.
  enum class Age { kAny, kNew };
  void lease(Lease& into, Slot slot, const TermsPtr& terms, Age age, const Choice& client);
  // What holds from now on: idle connections that it does not want are closed.
  void update(const TermsPtr& terms);

 private:
  struct Entry {
    std::unique_ptr<http::ClientConnection> connection;
    std::shared_ptr<Server> server;
    TermsPtr terms;
    Slot slot;               // while it is busy
    Lease* lease = nullptr;  // whoever uses it; null: idle, or given up
    bool was_idle = false;
    bool has_ended = false;  // and is kept for what its call has not been given yet
  };
  using Idle = std::vector<Entry*>;  // the last one was used last

  void is_idle(http::ClientConnection& connection) override;
  void has_ended(http::ClientConnection& connection) override;

  Entry* take_idle(const Server& server, const Terms& terms);
  Entry& connect(const std::shared_ptr<Server>& server, const TermsPtr& terms,
                 const Choice& client);
  void keep(Entry& entry);
  void let_go(Entry& entry);
  void bury(Entry& entry);
  bool is_stale(const Entry& entry) const;
  void leave_idle(Entry& entry);
  void sweep();
  void tend_later(std::int64_t delay_ms);
  void tend();

  io::Loop& loop_;
  TermsPtr terms_;  // the newest
  std::unordered_map<const http::ClientConnection*, std::unique_ptr<Entry>> entries_;
  std::unordered_map<const Server*, Idle> idle_;
  std::vector<std::unique_ptr<Entry>> buried_;
  std::optional<io::Loop::Timers::iterator> timer_;
  base::SteadyMs timer_at_ = 0;
};

// The use of a connection for one call. Empty again when the connection is idle or has ended.
class Pool::Lease {
 public:
  Lease() = default;
  ~Lease() { LARDER_CHECK(entry_ == nullptr); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  explicit operator bool() const { return entry_ != nullptr; }
  http::ClientConnection& connection() const { return *entry_->connection; }
  bool was_idle() const { return entry_->was_idle; }
  // The call is over: what becomes of the connection is the pool's.
  void end();
  // The rest is not wanted.
  void give_up();
  // It is closed, and its right to be is somebody else's.
  Slot close();

 private:
  friend class Pool;
  Pool* pool_ = nullptr;
  Entry* entry_ = nullptr;
};

}  // namespace larder::origin

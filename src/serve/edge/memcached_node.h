// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "io/loop.h"
#include "serve/edge/memcached_link.h"
#include "serve/edge/memcached_lookup.h"
#include "serve/edge/memcached_value.h"
#include "serve/edge/node_address.h"

namespace larder::serve::edge {

// A memcached node as one loop knows it: its connections, who waits for one, and whether it is
// worth asking.
//
//   well ── failed ──► out ── kMemcachedRetryMs ──► one look-up tries it ─┬─► well
//                       ▲                                                 │
//                       └────────────────────── failed ───────────────────┘
//
// While it is out nobody but that one look-up waits for it.
class MemcachedNode final : private MemcachedLink::Owner {
 public:
  MemcachedNode(io::Loop& loop, const std::string& address, MemcachedValue::Used used);
  ~MemcachedNode();
  MemcachedNode(const MemcachedNode&) = delete;
  MemcachedNode& operator=(const MemcachedNode&) = delete;

  // `done` is told within `timeout_ms`, not inside the call. Null: the node is not asked now.
  std::unique_ptr<MemcachedLookup> look_up(std::string key, std::int64_t timeout_ms,
                                           MemcachedLookup::Done done);
  // Nothing is known of it that a new one would not know.
  bool is_unused() const { return links_.empty() && waiting_.empty() && !is_out_; }
  std::size_t links() const { return links_.size(); }
  NodeAddress& address() { return address_; }

  // ---- for look-ups
  void give_up(MemcachedLookup& lookup);
  void is_late(MemcachedLookup& lookup);

 private:
  struct Held {
    std::shared_ptr<MemcachedLink> link;
    MemcachedLookup* lookup = nullptr;  // null: idle
  };

  bool may_be_asked();
  std::size_t busy() const { return links_.size() - idle_.size(); }
  void begin(MemcachedLookup& lookup);
  Held& take_link();
  void serve_waiting();
  bool leave(const MemcachedLookup& lookup);

  void is_over(MemcachedLink& link, MemcachedLink::End end) override;
  void has_ended(MemcachedLink& link) override;
  void answered(MemcachedLookup& lookup, MemcachedAnswer answer);
  void failed(MemcachedLookup& lookup);

  void keep(MemcachedLink& link);
  void close_idle(base::SteadyMs since);
  void tend();

  io::Loop& loop_;
  NodeAddress address_;
  const MemcachedValue::Used used_;
  std::unordered_map<const MemcachedLink*, Held> links_;
  std::vector<MemcachedLink*> idle_;  // the last one was used last
  std::deque<MemcachedLookup*> waiting_;
  bool is_out_ = false;
  base::SteadyMs retry_at_ = 0;               // is_out_
  const MemcachedLookup* retries_ = nullptr;  // is_out_: who tries it
  std::optional<io::Loop::Timers::iterator> timer_;
};

}  // namespace larder::serve::edge

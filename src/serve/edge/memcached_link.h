// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "io/address.h"
#include "io/connecting.h"
#include "io/loop.h"
#include "io/socket.h"
#include "io/task.h"
#include "serve/edge/memcached_value.h"
#include "wire/memcache/get_reply.h"

namespace larder::serve::edge {

// One connection to a memcached node, which carries a get at a time.
//
//   kNew ─► kConnecting ─► kBusy ─► kIdle ─► kBusy …
//               └────────────┴────────┴─────► kClosed
//
// Of one loop. Its socket's session holds it as well, and may outlive its owner by a turn.
class MemcachedLink final : public std::enable_shared_from_this<MemcachedLink> {
 public:
  enum class End : std::uint8_t {
    kHit,      // take_value()
    kMiss,     // behind both it is idle, unless the loop stops; else it is closed
    kRefused,  // the node is well, but its value cannot be had
    kClosed,   // before the first byte of a reply
    kFailed,   // no connection, or what came is no reply
  };
  class Owner {
   public:
    // Of a get, once; not inside of ask. The last thing that the link does.
    virtual void is_over(MemcachedLink& link, End end) = 0;
    virtual void has_ended(MemcachedLink& link) = 0;  // an idle one

   protected:
    ~Owner() = default;
  };

  MemcachedLink(io::Loop& loop, const io::Address& to, MemcachedValue::Used used, Owner& owner)
      : loop_(loop), to_(to), used_(std::move(used)), owner_(&owner) {}

  // Must be new or idle. A connection is made within `timeout_ms`.
  void ask(const std::string& key, std::int64_t timeout_ms);
  // Its owner is told nothing more.
  void close();

  bool is_idle() const { return state_ == State::kIdle; }
  bool was_used() const { return asked_ > 1; }
  base::SteadyMs idle_since() const { return idle_since_; }
  std::uint32_t flags() const { return reply_.flags(); }
  std::unique_ptr<MemcachedValue> take_value() { return std::move(value_); }

 private:
  enum class State : std::uint8_t { kNew, kConnecting, kBusy, kIdle, kClosed };

  void connect(std::int64_t timeout_ms);
  void connected(base::Result<int> descriptor);
  static io::Task run(std::shared_ptr<MemcachedLink> link, io::Socket& socket);
  void attached(io::Socket& socket);
  void send();
  void heard(io::Socket::Event event);
  void hear_reply();
  std::optional<End> read();
  std::optional<End> take(wire::memcache::GetReply::Taken taken);
  void over(End end);
  void leave();
  void shut();

  io::Loop& loop_;
  const io::Address to_;
  const MemcachedValue::Used used_;
  Owner* owner_;  // null: has closed it
  State state_ = State::kNew;
  std::optional<io::Connecting> connecting_;
  io::Socket* socket_ = nullptr;
  std::string key_;
  wire::memcache::GetReply reply_;
  std::unique_ptr<MemcachedValue> value_;
  std::uint64_t asked_ = 0;
  base::SteadyMs idle_since_ = 0;
  bool has_reply_ = false;  // some of it
};

}  // namespace larder::serve::edge

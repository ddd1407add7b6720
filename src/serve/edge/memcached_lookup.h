// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "io/loop.h"
#include "serve/edge/memcached_value.h"

namespace larder::serve::edge {

class MemcachedNode;

// What comes of a look-up.
struct MemcachedAnswer {
  enum class Kind : std::uint8_t { kHit, kMiss, kFailed };
  Kind kind = Kind::kFailed;
  std::uint32_t flags = 0;                     // kHit
  std::unique_ptr<MemcachedValue> value = {};  // kHit
};

// A key that a memcached node is asked for, by MemcachedNode::look_up: told once, or destroyed to
// give it up. Of the node's loop.
class MemcachedLookup {
 public:
  // May destroy the look-up.
  using Done = std::function<void(MemcachedAnswer)>;

  MemcachedLookup(MemcachedNode& node, io::Loop& loop, std::string key, std::int64_t timeout_ms,
                  Done done);
  ~MemcachedLookup();
  MemcachedLookup(const MemcachedLookup&) = delete;
  MemcachedLookup& operator=(const MemcachedLookup&) = delete;

  // ---- for the node
  const std::string& key() const { return key_; }
  std::int64_t left_ms() const { return due_ - loop_.steady_now(); }
  void tell(MemcachedAnswer answer);

 private:
  void late();
  void stop_timer();

  MemcachedNode* node_;  // null: was told
  io::Loop& loop_;
  const std::string key_;
  const base::SteadyMs due_;
  std::optional<io::Loop::Timers::iterator> timer_;
  Done done_;
};

}  // namespace larder::serve::edge

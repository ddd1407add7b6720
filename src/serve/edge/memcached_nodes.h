// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "io/loop.h"
#include "serve/edge/memcached_node.h"
#include "serve/edge/memcached_value.h"

namespace larder::serve::edge {

// The memcached nodes that one loop asks, by their addresses as they are configured.
class MemcachedNodes {
 public:
  explicit MemcachedNodes(io::Loop& loop) : loop_(loop) {}

  // Those that a reload has taken away go when a new one comes, and nothing is kept for them.
  MemcachedNode& get(const std::string& address) {
    const auto known = nodes_.find(address);
    if (known != nodes_.end()) return *known->second;
    std::erase_if(nodes_, [](const auto& one) { return one.second->is_unused(); });
    auto made = std::make_unique<MemcachedNode>(loop_, address, used_);
    return *nodes_.emplace(address, std::move(made)).first->second;
  }

 private:
  io::Loop& loop_;
  MemcachedValue::Used used_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::map<std::string, std::unique_ptr<MemcachedNode>> nodes_;
};

}  // namespace larder::serve::edge

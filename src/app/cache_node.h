// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "app/cache_config.h"
#include "base/result.h"
#include "cache/cache.h"
#include "io/loops.h"
#include "serve/memcache/node.h"

namespace larder::app {

// Binds everything that `config` names. A failure names the address.
base::Result<std::vector<io::Listener>> open_listeners(const CacheConfig& config);

// A running cache node. Built bottom up (cache, sessions' node, loops), torn down top down.
class CacheNode {
 public:
  static base::Result<std::unique_ptr<CacheNode>> start(const CacheConfig& config,
                                                        std::vector<io::Listener> listeners);
  // Answers what has been received, cuts what takes longer than kShutdownGraceMs.
  void stop() { loops_->stop(limits::kShutdownGraceMs); }

  // Whether freeing every item by itself would take longer than a stop may.
  bool is_slow_to_free() const { return cache_.usage().items > limits::kMaxFreedItems; }

  std::string_view backend_name() const { return loops_->backend_name(); }

 private:
  explicit CacheNode(const cache::Limits& limits) : cache_(limits), node_{cache_} {}
  cache::Cache cache_;
  serve::memcache::Node node_;
  std::unique_ptr<io::Loops> loops_;
};

}  // namespace larder::app

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "app/cache_config.h"
#include "app/reloads.h"
#include "base/result.h"
#include "cache/cache.h"
#include "io/loops.h"
#include "io/tls.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/node.h"
#include "serve/memcache/settings.h"

namespace larder::app {

// Where clients come in, and what they may speak there.
struct Entrance {
  io::Listener listener;
  serve::memcache::Protocol protocol;
  io::TlsTerms terms;
};

// Binds everything that `config` names. A failure names the address. `tls` may be null where -Z is
// not given.
base::Result<std::vector<Entrance>> open_entrances(const CacheConfig& config, io::Tls* tls);

// What `config` says of who may in; null: everybody. A failure names the file.
base::Result<std::unique_ptr<serve::memcache::Authentication>> open_authentication(
    const CacheConfig& config);

// A running cache node. Built bottom up (cache, sessions' node, loops), torn down top down.
class CacheNode {
 public:
  // `tls` as for open_entrances, `authentication` as open_authentication has it.
  static base::Result<std::unique_ptr<CacheNode>> start(
      const CacheConfig& config, std::vector<Entrance> entrances, std::unique_ptr<io::Tls> tls,
      std::unique_ptr<serve::memcache::Authentication> authentication);
  // Answers what has been received, cuts what takes longer than kShutdownGraceMs.
  void stop() { loops_->stop(limits::kShutdownGraceMs); }

  // Whether freeing every item by itself would take longer than a stop may.
  bool is_slow_to_free() const { return cache_.usage().items > limits::kMaxFreedItems; }

  // What SIGHUP means.
  const Reloads& reloads() const { return reloads_; }

  std::string_view backend_name() const { return loops_->backend_name(); }

 private:
  CacheNode(const CacheConfig& config, std::unique_ptr<io::Tls> tls,
            std::unique_ptr<serve::memcache::Authentication> authentication);
  std::unique_ptr<io::Tls> tls_;
  std::unique_ptr<serve::memcache::Authentication> authentication_;
  Reloads reloads_;
  cache::Cache cache_;
  serve::memcache::Node node_;
  std::unique_ptr<io::Loops> loops_;
};

}  // namespace larder::app

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "app/cache_config.h"
#include "base/result.h"
#include "cache/cache.h"
#include "io/loops.h"
#include "io/tls.h"
#include "serve/memcache/authentication.h"
#include "serve/memcache/node.h"

namespace larder::app {

// A listener, and what is spoken there.
struct Entrance {
  io::Listener listener;
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
      std::unique_ptr<serve::memcache::Authentication> authentication = nullptr);
  // Answers what has been received, cuts what takes longer than kShutdownGraceMs.
  void stop() { loops_->stop(limits::kShutdownGraceMs); }

  // Whether freeing every item by itself would take longer than a stop may.
  bool is_slow_to_free() const { return cache_.usage().items > limits::kMaxFreedItems; }

  // Reads the certificates anew, where there are some.
  base::Status refresh_certificates() { return tls_ ? tls_->reload() : base::Done{}; }
  // The same of the passwords.
  base::Status read_passwords() {
    return authentication_ ? authentication_->reload() : base::Done{};
  }

  std::string_view backend_name() const { return loops_->backend_name(); }

 private:
  CacheNode(const cache::Limits& limits, std::unique_ptr<io::Tls> tls)
      : tls_(std::move(tls)), cache_(limits), node_{.cache = cache_, .tls = tls_.get()} {}
  std::unique_ptr<io::Tls> tls_;
  cache::Cache cache_;
  std::unique_ptr<serve::memcache::Authentication> authentication_;
  serve::memcache::Node node_;
  std::unique_ptr<io::Loops> loops_;
};

}  // namespace larder::app

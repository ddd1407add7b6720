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
#include "io/udp_socket.h"
#include "serve/memcache/node.h"
#include "serve/memcache/settings.h"
#include "serve/memcache/udp_port.h"

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

// The same by UDP, where -U is given.
base::Result<std::vector<io::UdpSocket>> open_udp(const CacheConfig& config);

// A running cache node. Built bottom up (cache, sessions' node, loops), torn down top down.
class CacheNode {
 public:
  // `tls` as for open_entrances.
  static base::Result<std::unique_ptr<CacheNode>> start(const CacheConfig& config,
                                                        std::vector<Entrance> entrances,
                                                        std::unique_ptr<io::Tls> tls,
                                                        std::vector<io::UdpSocket> datagrams = {});
  // Answers what has been received, cuts what takes longer than kShutdownGraceMs.
  void stop() { loops_->stop(limits::kShutdownGraceMs); }

  // Whether freeing every item by itself would take longer than a stop may.
  bool is_slow_to_free() const { return cache_.usage().items > limits::kMaxFreedItems; }

  // What SIGHUP means.
  const Reloads& reloads() const { return reloads_; }

  std::string_view backend_name() const { return loops_->backend_name(); }

 private:
  CacheNode(const CacheConfig& config, std::unique_ptr<io::Tls> tls);
  std::unique_ptr<io::Tls> tls_;
  Reloads reloads_;
  cache::Cache cache_;
  serve::memcache::Node node_;
  std::vector<std::unique_ptr<serve::memcache::UdpPort>> udp_ports_;
  std::unique_ptr<io::Loops> loops_;
};

}  // namespace larder::app

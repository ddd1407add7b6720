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
#include "serve/memcache/authentication.h"
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

// What `config` says of who may in; null: everybody. A failure names the file.
base::Result<std::unique_ptr<serve::memcache::Authentication>> open_authentication(
    const CacheConfig& config);
// What -e names; null: nothing.
base::Result<std::unique_ptr<cache::WarmFile>> open_warm_file(const CacheConfig& config);

// What a node is made of that can fail to open. Null: the option that asks for it is not given.
struct NodeParts {
  using Authentication = serve::memcache::Authentication;

  std::vector<Entrance> entrances = {};
  std::vector<io::UdpSocket> datagrams = {};            // -U
  std::unique_ptr<io::Tls> tls = {};                    // -Z
  std::unique_ptr<Authentication> authentication = {};  // -Y, -S: or everybody may in
  std::unique_ptr<cache::WarmFile> file = {};           // -e
};

// A running cache node. Built bottom up (cache, sessions' node, loops), torn down top down.
class CacheNode {
 public:
  static base::Result<std::unique_ptr<CacheNode>> start(const CacheConfig& config, NodeParts parts);
  // Answers what has been received, cuts what takes longer than kShutdownGraceMs.
  void stop() { loops_->stop(limits::kShutdownGraceMs); }

  // Whether freeing every item by itself would take longer than a stop may.
  bool is_slow_to_free() const { return cache_.usage().items > limits::kMaxFreedItems; }

  // What SIGHUP means.
  const Reloads& reloads() const { return reloads_; }

  const cache::Recovered& recovered() const { return cache_.recovered(); }  // of the file
  std::string_view backend_name() const { return loops_->backend_name(); }

 private:
  CacheNode(const CacheConfig& config, NodeParts& parts);

  std::unique_ptr<io::Tls> tls_;
  std::unique_ptr<serve::memcache::Authentication> authentication_;
  Reloads reloads_;
  cache::Cache cache_;
  serve::memcache::Node node_;
  std::vector<std::unique_ptr<serve::memcache::UdpPort>> udp_ports_;
  std::unique_ptr<io::Loops> loops_;
};

}  // namespace larder::app

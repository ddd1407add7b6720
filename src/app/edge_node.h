// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/demo_origin.h"
#include "app/reloads.h"
#include "base/result.h"
#include "cache/cache.h"
#include "http/server.h"
#include "io/loops.h"
#include "io/tls.h"
#include "origin/upstream.h"
#include "serve/edge/config.h"
#include "serve/edge/edge.h"

namespace larder::app {

// How an edge is started, beside its configuration.
struct EdgeOptions {
  serve::edge::Config config;
  std::string config_file = {};  // empty: there is none to read again
  io::BackendKind io = io::BackendKind::kAuto;
  bool demo = false;  // with an origin of its own, which every site's requests go to
};

// A running edge. Built bottom up (cache, edge, loops, upstreams), torn down top down.
//
//   SIGHUP: file ─► Config ─► upstreams (those of the same name go on) ─► Snapshot ─► each loop
class EdgeNode {
 public:
  // Binds everything that the configuration names. A failure names it.
  static base::Result<std::unique_ptr<EdgeNode>> start(EdgeOptions options);
  ~EdgeNode();
  void stop();

  const Reloads& reloads() const { return reloads_; }
  const std::vector<io::Address>& addresses() const { return addresses_; }
  std::string_view backend_name() const { return loops_->backend_name(); }

 private:
  explicit EdgeNode(EdgeOptions options);
  base::Status open_logs(const serve::edge::Config& config);
  base::Status open_tls(const serve::edge::Config& config);
  io::TlsTerms tls_terms(const serve::edge::ListenOptions& wanted) const;
  base::Status listen();
  base::Status open_demo();
  base::Result<io::Address> listen_on(const io::Address& address, http::Handler& handler,
                                      const http::ServerTerms& terms, const io::TlsTerms& tls);
  base::Status use(serve::edge::Config config);
  base::Status reload();

  EdgeOptions options_;
  Reloads reloads_;
  std::vector<io::Address> addresses_;
  std::map<std::string, std::unique_ptr<serve::edge::AccessLog>> logs_;
  std::unique_ptr<serve::edge::ErrorLog> errors_;
  std::map<bool, std::unique_ptr<io::Tls>> tls_;  // by whether HTTP/2 is spoken inside
  cache::Cache cache_;
  serve::edge::Edge edge_;
  std::vector<std::unique_ptr<serve::edge::Door>> doors_;
  DemoOrigin demo_;
  std::vector<std::unique_ptr<http::Server>> servers_;
  std::unique_ptr<io::Loops> loops_;
  std::unique_ptr<origin::Upstreams> upstreams_;
};

}  // namespace larder::app

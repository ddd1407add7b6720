// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/meter.h"
#include "cache/cache.h"
#include "http/exchange.h"
#include "serve/edge/access_log.h"
#include "serve/edge/error_log.h"
#include "serve/edge/fills.h"
#include "serve/edge/memcached_nodes.h"
#include "serve/edge/object_store.h"
#include "serve/edge/rate_table.h"
#include "serve/edge/site.h"
#include "serve/edge/static_files.h"
#include "serve/edge/verdict.h"

namespace larder::serve::edge {

// What a reload swaps whole. An exchange holds the one that it began with.
struct Snapshot {
  Sites sites;
  std::map<std::string, AccessLog*> logs;  // by name; of the Edge
};

// What each loop has for itself: counted by it alone, read by any thread.
struct EdgeLoop {
  std::size_t number = 0;
  std::shared_ptr<const Snapshot> snapshot;  // of the loop's thread
  std::array<base::Meter, static_cast<std::size_t>(Verdict::kCount)> verdicts;
  std::unique_ptr<MemcachedNodes> nodes;  // the same; null: none was asked yet
  base::Meter requests;
  base::Meter sent_bytes;     // of bodies, to clients
  base::Meter fetched_bytes;  // of bodies, from origins
};

// The edge of one process: what all exchanges share. Made before the loops, destroyed after them.
//
//   http driver ─► Door ─► Edge::open ─► Visit ─┬─ Snapshot: Site, Policy
//                                               ├─ ObjectStore ─► cache
//                                               ├─ Fills ─► origin::Fetch
//                                               └─ AccessLog
class Edge final {
 public:
  Edge(cache::Cache& cache, std::size_t loops);
  // What has threads of its own ends: no exchange is left, and the loops still are.
  void stop() { files_ = nullptr; }
  // Where what goes wrong is told, from now on; null: nowhere. Before the first request.
  void tell(ErrorLog* errors) { errors_ = errors; }

  // Before the first request, and by a reload: on the thread of each loop. Null: that has ended.
  void use(std::size_t loop, std::shared_ptr<const Snapshot> snapshot);

  // `default_site`: see Sites::find.
  std::unique_ptr<http::Exchange> open(http::Stream& stream, std::string_view default_site);

  EdgeLoop& loop(std::size_t number) { return *loops_[number]; }
  ObjectStore& store() { return store_; }
  Fills& fills() { return fills_; }
  RateTable& rates() { return rates_; }
  StaticFiles& files() { return *files_; }
  ErrorLog* errors() { return errors_; }
  // Of all loops; any thread.
  std::uint64_t count(Verdict verdict) const;

 private:
  ObjectStore store_;
  Fills fills_;
  RateTable rates_;
  std::unique_ptr<StaticFiles> files_ = std::make_unique<StaticFiles>();
  ErrorLog* errors_ = nullptr;
  std::vector<std::unique_ptr<EdgeLoop>> loops_;
};

// The edge, as the clients of one listener come to it.
class Door final : public http::Handler {
 public:
  Door(Edge& edge, std::string default_site)
      : edge_(edge), default_site_(std::move(default_site)) {}

  std::unique_ptr<http::Exchange> open(http::Stream& stream) override {
    return edge_.open(stream, default_site_);
  }
  Refusal refuse(const http::Client& client, unsigned status, std::string_view why) override;

 private:
  Edge& edge_;
  std::string default_site_;
};

}  // namespace larder::serve::edge

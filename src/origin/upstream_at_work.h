// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/loops.h"
#include "origin/keeper.h"
#include "origin/pool.h"
#include "origin/servers.h"
#include "origin/terms.h"
#include "origin/upstream.h"

namespace larder::origin {

// What the room itself sees of one.
//
//   Upstream ─┬─ Terms     of the newest configuration
//             ├─ Servers   of all loops
//             ├─ Keeper    on the first loop: name servers, active checks
//             └─ Pool      of each loop that has sent it something
//
// Pools and keeper end on their loops, whoever held the upstream last.
class Upstream : public std::enable_shared_from_this<Upstream> {
 public:
  Upstream(io::Loops& loops, const std::string& name);
  ~Upstream();
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  // Any thread, but one at a time. A failure leaves everything as it was.
  base::Status configure(const UpstreamOptions& options);
  TermsPtr terms() const;
  const std::shared_ptr<Servers>& servers() const { return servers_; }
  // Of the loop that calls.
  Pool& pool(io::Loop& loop);

 private:
  struct Place {
    std::atomic<io::Loop*> loop = nullptr;  // not null: it has a pool
    std::unique_ptr<Pool> pool;             // of that loop
  };

  void keep(io::Loop& loop);
  void update_pools();

  io::Loops& loops_;
  const std::shared_ptr<Servers> servers_;
  std::vector<Place> places_;
  io::Loop* keeper_loop_ = nullptr;
  std::unique_ptr<Keeper> keeper_;
  mutable std::mutex mutex_;
  TermsPtr terms_;
};

}  // namespace larder::origin

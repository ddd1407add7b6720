// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "io/loops.h"
#include "serve/memcache/long_answer.h"
#include "serve/memcache/statistics.h"

namespace larder::serve::memcache {

// `stats conns`: asks every loop for its connections, then tells them.
class ConnectionList final : public LongAnswer {
 public:
  ConnectionList(const io::Loops& loops, TellStat tell) : loops_(loops), tell_(std::move(tell)) {}

  Next go_on(io::Socket& socket) override;
  void wait(cache::Waiter& waiter) override;

 private:
  void tell(const io::ConnectionFacts& facts) const;

  const io::Loops& loops_;
  TellStat tell_;
  bool asked_ = false;
  std::vector<io::ConnectionFacts> all_;  // once asked
  std::size_t told_ = 0;
};

}  // namespace larder::serve::memcache

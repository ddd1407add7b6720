// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/memcached_lookup.h"

#include <utility>

#include "serve/edge/memcached_node.h"

namespace larder::serve::edge {

MemcachedLookup::MemcachedLookup(MemcachedNode& node, io::Loop& loop, std::string key,
                                 std::int64_t timeout_ms, Done done)
    : node_(&node),
      loop_(loop),
      key_(std::move(key)),
      due_(loop.steady_now() + timeout_ms),
      timer_(loop.after(timeout_ms, [this] { late(); })),
      done_(std::move(done)) {}

MemcachedLookup::~MemcachedLookup() {
  stop_timer();
  if (node_ != nullptr) node_->give_up(*this);
}

void MemcachedLookup::tell(MemcachedAnswer answer) {
  stop_timer();
  node_ = nullptr;
  const Done done = std::exchange(done_, nullptr);
  done(std::move(answer));
}

void MemcachedLookup::late() {
  timer_.reset();
  node_->is_late(*this);
}

void MemcachedLookup::stop_timer() {
  if (timer_) loop_.cancel(*std::exchange(timer_, std::nullopt));
}

}  // namespace larder::serve::edge

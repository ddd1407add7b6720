// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/arcus/errand.h"

#include <utility>

#include "serve/memcache/session.h"

namespace larder::serve::memcache::arcus {

Errand::Done Errand::done() const {
  return [state = state_](std::string line) {
    cache::Waiter* waiter = nullptr;
    {
      const std::scoped_lock lock(state->mutex);
      state->line = std::move(line);
      waiter = std::exchange(state->waiter, nullptr);
    }
    if (waiter != nullptr) waiter->ready();
  };
}

Next Errand::go_on(io::Socket&) {
  const std::scoped_lock lock(state_->mutex);
  if (!state_->line) return Next::kWait;
  tell_(*state_->line);
  return Next::kGoOn;
}

void Errand::wait(cache::Waiter& waiter) {
  {
    const std::scoped_lock lock(state_->mutex);
    if (!state_->line) {
      state_->waiter = &waiter;
      return;
    }
  }
  waiter.ready();
}

}  // namespace larder::serve::memcache::arcus

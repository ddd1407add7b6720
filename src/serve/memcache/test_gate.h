// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cache/cache.h"

namespace larder::serve::memcache {

// Holds the keys that it is told to, until it is told to let them in: by any thread.
class HoldingGate final : public cache::Gate {
 public:
  bool admits(const cache::Key& key) noexcept override {
    const std::scoped_lock lock(mutex_);
    return !held_.contains(std::string(key.bytes));
  }
  void wait(const cache::Key& key, cache::Waiter& waiter) override {
    {
      const std::scoped_lock lock(mutex_);
      ++waits_;
      if (held_.contains(std::string(key.bytes))) {
        waiting_.emplace(key.bytes, &waiter);
        return;
      }
    }
    waiter.ready();
  }

  void hold(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    held_.insert(key);
  }
  // Tells whoever waits, but keeps holding.
  void tell(const std::string& key) {
    for (cache::Waiter* waiter : take(key, false)) waiter->ready();
  }
  void let_in(const std::string& key) {
    for (cache::Waiter* waiter : take(key, true)) waiter->ready();
  }
  std::size_t waits() {
    const std::scoped_lock lock(mutex_);
    return waits_;
  }

 private:
  std::vector<cache::Waiter*> take(const std::string& key, bool admit) {
    const std::scoped_lock lock(mutex_);
    if (admit) held_.erase(key);
    std::vector<cache::Waiter*> told;
    const auto [begin, end] = waiting_.equal_range(key);
    for (auto one = begin; one != end; ++one) told.push_back(one->second);
    waiting_.erase(begin, end);
    return told;
  }

  std::mutex mutex_;
  std::set<std::string> held_;
  std::multimap<std::string, cache::Waiter*> waiting_;
  std::size_t waits_ = 0;
};

}  // namespace larder::serve::memcache

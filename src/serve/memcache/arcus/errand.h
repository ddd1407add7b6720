// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "serve/memcache/long_answer.h"

namespace larder::serve::memcache::arcus {

// A line that another thread finds out, while the session waits for it.
//
//   session: go_on ─► kWait ─► wait(waiter) ─ ─ ─► ready() ─► go_on ─► tell(line)
//   another thread:              done()(line) ─────┘
//
// One that is forgotten before it is done is done for nobody.
class Errand final : public LongAnswer {
 public:
  using Tell = std::function<void(std::string_view line)>;
  using Done = std::function<void(std::string line)>;

  explicit Errand(Tell tell) : tell_(std::move(tell)) {}

  // To be called once, on any thread.
  Done done() const;

  Next go_on(io::Socket& socket) override;
  void wait(cache::Waiter& waiter) override;

 private:
  struct State {
    std::mutex mutex;
    std::optional<std::string> line;
    cache::Waiter* waiter = nullptr;
  };

  Tell tell_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace larder::serve::memcache::arcus

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "io/address.h"
#include "io/loop.h"

namespace larder::io {

// A connection that is being made. Destroy it to give it up.
//
//   Connecting ──► done(descriptor): for Loop::begin ── or ──► done(failure), refused or late
//
// Of one loop; `done` is called once, never inside the constructor, and may destroy it.
class Connecting {
 public:
  using Done = std::function<void(base::Result<int> descriptor)>;

  // From `from`, where it is given. After `timeout_ms` it has failed.
  Connecting(Loop& loop, const Address& to, const std::optional<Address>& from,
             std::int64_t timeout_ms, Done done);
  ~Connecting();
  Connecting(const Connecting&) = delete;
  Connecting& operator=(const Connecting&) = delete;
  bool timed_out() const { return timed_out_; }

 private:
  // → 0, or why it cannot begin.
  int begin(const Address& to, const std::optional<Address>& from);
  void fail_later(int error);
  void writable();
  void late();
  void finish(base::Result<int> result);
  void stop();

  Loop& loop_;
  const std::string to_;
  Watch watch_;
  std::optional<Loop::Timers::iterator> timer_;
  Done done_;
  bool timed_out_ = false;
};

}  // namespace larder::io

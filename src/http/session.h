// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

namespace larder::http {

// What a connection does next: it flushes, and then
enum class Next : std::uint8_t {
  kHear,   // waits for bytes, or for a wake
  kWait,   // waits for a wake
  kAgain,  // goes on
  kFlush,  // goes on, once all is flushed
  kClose,  // is done, once all is flushed
};

// The protocol that a connection speaks, while it has something to do.
class Session {
 public:
  virtual Next go_on() = 0;
  virtual void bytes_came() = 0;
  virtual void visited() = 0;  // every few seconds
  // Nothing is left that a connection would need it for.
  virtual bool is_idle() const = 0;
  virtual void release() noexcept = 0;

 protected:
  ~Session() = default;
};

struct SessionRelease {
  void operator()(Session* session) const noexcept { session->release(); }
};
using SessionPtr = std::unique_ptr<Session, SessionRelease>;

}  // namespace larder::http

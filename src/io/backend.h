// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "io/carrier.h"
#include "io/faults.h"

namespace larder::io {

// A descriptor whose readability somebody waits for: a listener, an eventfd. One event for each
// Backend::watch. Belongs to whoever waits, and must not move or die while it is watched: until it
// is told, or Backend::unwatch returns. A descriptor is watched once at a time, and is no longer
// watched when it is closed or becomes a Socket's.
struct Watch {
  int fd = -1;
  std::function<void()> readable;
  bool writable = false;     // `readable` is told when it takes bytes, or is connected, instead
  std::uint64_t number = 0;  // the backend's: of this wait; 0: nobody waits
};

struct BackendOptions {
  std::size_t receive_buffer_bytes;
  std::size_t receive_buffers;  // a power of two
  Faults* faults = nullptr;     // tests only
};

// The kernel as a loop sees it, in two forms of equal rank: io_uring and epoll. One thread.
//
//   wait(timeout) ─► dispatch() ─► Socket::received, sent, ended … and Watch::readable
//
// A socket's answer comes inside the call, or in a later dispatch.
class Backend : public Carrier {
 public:
  virtual std::string_view name() const = 0;

  // Memory, whatever number of sockets there is.
  virtual std::size_t own_bytes() const = 0;

  virtual base::Status attach(Socket& socket) = 0;
  // The kernel may forget to say that a stream has ended: somebody has to look, now and then.
  virtual bool may_lose_ends() const = 0;

  virtual void watch(Watch& watch) = 0;
  virtual void unwatch(Watch& watch) = 0;

  // Until something happens, or `timeout_ms` have passed (-1: for ever).
  virtual void wait(std::int64_t timeout_ms) = 0;
  virtual void dispatch() = 0;
};

base::Result<std::unique_ptr<Backend>> open_uring_backend(const BackendOptions& options);
base::Result<std::unique_ptr<Backend>> open_epoll_backend(const BackendOptions& options);

}  // namespace larder::io

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/address.h"
#include "io/loop.h"

namespace larder::io {

// A bound and listening socket, the only one at its address.
class Listener {
 public:
  // `backlog`: connections that the kernel keeps waiting. `unix_mask`: a unix socket's access
  // mask, such as 0700. A unix socket that nobody serves any more is replaced.
  static base::Result<Listener> open(const Address& address, int backlog, unsigned unix_mask);
  Listener(Listener&& other) noexcept;
  Listener& operator=(Listener&&) = delete;
  ~Listener() { close(); }

  // Also removes a unix socket's path. Who connects from now on is refused.
  void close();
  int fd() const { return fd_; }
  const Address& address() const { return address_; }

 private:
  Listener(int fd, Address address, std::string unix_path)
      : fd_(fd), address_(address), unix_path_(std::move(unix_path)) {}
  int fd_;
  Address address_;
  std::string unix_path_;  // absolute
};

// All loops of the process, and the connections between them.
//
//   listener ─► loop 0 accepts ─┬─► loop 0 ─► session …
//                               ├─► loop 1        each connection goes to the loop that has the
//                               └─► loop n        fewest, and stays there for life
//
// With `max_connections` open, further ones are sent a `refusal` and closed; where there is none
// they wait in the kernel's backlog until one leaves. Whoever is in when it is lowered stays.
class Loops {
 public:
  static base::Result<std::unique_ptr<Loops>> start(std::size_t threads, const LoopOptions& options,
                                                    std::size_t max_connections,
                                                    std::string_view refusal = {});
  ~Loops();

  // Takes connections of `listener` from now on, a session of `serve` each. What `terms` name must
  // live until stop().
  void serve(Listener listener, Loop::Serve serve, const TlsTerms& terms = {});

  // Calls `what` once on the thread of the loop that accepts.
  void on_first(std::function<void(Loop&)> what);
  // Calls `what` once on every loop's thread.
  void on_each(const std::function<void(Loop&)>& what);

  // Stops accepting, lets sessions answer what has arrived, cuts what is left after `grace_ms`,
  // and returns when all loops have ended.
  void stop(std::int64_t grace_ms);

  Usage usage() const;  // of all loops; any thread
  Traffic traffic() const;
  Arrivals arrivals() const;
  // Listeners and connections. `told` is called once, on any loop's thread.
  using TellConnections = std::function<void(std::vector<ConnectionFacts>)>;
  void list_connections(TellConnections told) const;
  std::size_t max_connections() const { return max_connections_.load(std::memory_order_relaxed); }
  void set_max_connections(std::size_t most);  // any thread
  std::size_t threads() const { return loops_.size(); }
  std::size_t listening() const { return listening_.load(std::memory_order_relaxed); }
  std::size_t connections() const { return connections_.load(std::memory_order_relaxed); }
  // How often since the start, any thread: a connection was refused because of max_connections; one
  // was cut because it was idle.
  std::uint64_t refused_connections() const { return refused_.load(std::memory_order_relaxed); }
  std::uint64_t idle_cuts() const;
  std::string_view backend_name() const { return loops_.front()->backend_name(); }

 private:
  struct Intake {  // one listener at work; loop 0 only
    Listener listener;
    Loop::Serve serve;
    TlsTerms terms;
    Watch watch;
    bool waiting = false;         // for a connection to leave, or for descriptors
    std::size_t at_once = 1;      // connections that are taken in one turn
    std::uint64_t last_turn = 0;  // in which some were there
    base::SteadyMs last_accept = 0;
  };

  Loops(std::size_t max_connections, std::string_view refusal)
      : max_connections_(max_connections), refusal_(refusal) {}
  bool is_full() const { return connections_.load() >= max_connections_.load(); }
  std::vector<ConnectionFacts> listeners() const;
  base::Status run_thread(LoopOptions options);
  void accept_from(Intake& intake);
  void pause(Intake& intake);
  void refuse(int fd);
  void resume_intakes();
  void hand_over(int fd, const Intake& intake);
  void connection_left(std::size_t loop);

  std::atomic<std::size_t> max_connections_;
  std::string_view refusal_;
  // Each runs on its own thread, and lives until all of those have ended: they post to each other.
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::unique_ptr<std::atomic<std::size_t>>> loads_;  // connections of each loop
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  base::Meter taken_;  // this and the next two are counted by loop 0
  base::Meter pauses_;
  base::Meter paused_ms_;
  std::atomic<base::SteadyMs> paused_since_ = 0;  // 0: accepting
  std::atomic<bool> intake_waiting_ = false;
  std::atomic<std::size_t> listening_ = 0;  // intakes
  std::vector<std::unique_ptr<Intake>> intakes_;
  std::vector<std::thread> threads_;
};

}  // namespace larder::io

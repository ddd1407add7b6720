// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/clock.h"
#include "base/list.h"
#include "base/result.h"
#include "io/backend.h"
#include "io/connection_facts.h"
#include "io/outbox.h"
#include "io/socket.h"
#include "io/task.h"
#include "io/tls_stream.h"
#include "io/traffic.h"
#include "io/usage.h"

namespace larder::io {

enum class BackendKind : std::uint8_t { kAuto, kUring, kEpoll };

struct LoopOptions {
  BackendKind backend = BackendKind::kAuto;
  std::size_t receive_buffer_bytes = limits::kReceiveBufferBytes;
  std::size_t receive_buffers = limits::kReceiveBuffers;
  std::int64_t no_progress_ms = limits::kNoProgressS * 1000;
  std::int64_t idle_ms = 0;  // who sends nothing for so long is cut; 0: may be silent for ever
  std::size_t number = 0;    // which of its process's loops it is
  // Tests only: what goes wrong, and what time it is.
  Faults* faults = nullptr;
  base::UnixMs (*unix_now)() noexcept = base::coarse_unix_now_ms;
  base::SteadyMs (*steady_now)() noexcept = base::coarse_steady_now_ms;
};

// One thread's events: its sockets, its timers, and what other threads post to it.
//
//   turn:  wait ─► now ─► dispatch (sessions run) ─► posted ─► timers ─► handshakes ─┐
//           ▲                                                                        ▼
//           └─── run: until begin_stop, and no socket is left ◄─── free closed sockets
//
// Created and used by the thread that runs it; post and socket_count are for any thread.
class Loop {
 public:
  // The body of a session. What it captures must outlive the loop.
  using Serve = std::function<Task(Socket&)>;
  using Timers = std::multimap<base::SteadyMs, std::function<void()>>;

  // Descriptors that a loop has for itself: a ring or epoll, a wake-up, a pipe and its drain.
  static constexpr std::size_t kDescriptors = 5;

  static base::Result<std::unique_ptr<Loop>> open(const LoopOptions& options);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();
  // One round of run(), waiting at most `timeout_ms` (-1: for ever) for something to happen.
  void turn(std::int64_t timeout_ms);
  std::uint64_t turns() const { return turns_; }  // so far, this one included
  // Any thread. Runs `what` on the loop's thread, in a later part of this turn or in the next.
  // False: the loop has ended, and `what` never runs.
  bool post(std::function<void()> what);
  // Sessions read what has arrived already and then the end, or are woken (Socket::drain_on_stop);
  // after `grace_ms` they are cut.
  void begin_stop(std::int64_t grace_ms);

  // Takes a connected, non-blocking socket over and starts a session on it.
  void adopt(int fd, const Serve& serve, const TlsTerms& terms = {});
  // The same for a connection that we have made. It is none of those that came: on_socket_freed is
  // not called, and begin_stop lets it go on, but wakes its session. With `ssl` it speaks TLS: see
  // TlsOrigins::connect.
  void begin(int fd, const Serve& serve, Ssl ssl = {});
  bool stopping() const { return stopping_; }
  // Starts a session of which `carrier` brings the bytes. It is no connection, and not counted as
  // one; its socket lives until the end of the turn in which the session is done.
  Socket& admit(Carrier& carrier, const Serve& serve);

  // Wall clock and steady clock of this turn.
  void update_clocks();  // in the midst of a turn: only who moves a clock needs it
  base::UnixMs now() const { return now_; }
  base::SteadyMs steady_now() const { return steady_now_; }
  // This turn has lasted so long that whoever has more to do should let others run first.
  bool turn_is_long() const { return options_.steady_now() - steady_now_ >= limits::kLongTurnMs; }

  // Calls `what` once, in the turn that is `delay_ms` from now (at least 1), unless it is cancelled
  // before.
  Timers::iterator after(std::int64_t delay_ms, std::function<void()> what);
  void cancel(Timers::iterator timer) { timers_.erase(timer); }

  void watch(Watch& watch) { backend_->watch(watch); }
  void unwatch(Watch& watch) { backend_->unwatch(watch); }

  std::size_t number() const { return options_.number; }
  std::vector<ConnectionFacts> connections();
  Usage usage() const;                                 // any thread
  Traffic traffic() const { return traffic_.read(); }  // any thread
  std::uint64_t idle_cuts() const { return idle_cuts_.load(std::memory_order_relaxed); }  // too
  std::size_t socket_count() const { return socket_count_.load(std::memory_order_relaxed); }
  std::string_view backend_name() const { return backend_->name(); }
  // Called when a socket that was adopted has been freed.
  std::function<void()> on_socket_freed;

 private:
  friend class Socket;

  // Where sockets that speak TLS decrypt, and gather what they encrypt.
  struct TlsRooms {
    std::array<char, limits::kTlsPlainBytes> plain;
    std::array<char, limits::kTlsRecordBytes> record;
  };

  explicit Loop(const LoopOptions& options) : options_(options) {}
  Socket* attach(int fd, bool is_ours);
  void close(Socket& socket) { closing_.push_back(&socket); }
  void sending(Socket& socket) { sending_.push_back(&socket); }
  // What a socket's inbox owns is now `after`, and was `before` when it last said so.
  void inbox_changed(std::size_t before, std::size_t after) { inbox_bytes_ += after - before; }
  bool inboxes_own_too_much() const { return inbox_bytes_ > limits::kLoopUnreadBytes; }
  void publish_usage();
  void run_posted();
  void end();
  void run_timers();
  TlsStream& begin_handshake(Socket& socket, Ssl ssl, TlsCounts* counts);
  void run_handshakes();
  void cut_late_handshakes();
  void free_closed();
  void cut_stalled();
  void cut_idle();
  void find_lost_ends();
  void trim();
  std::int64_t wait_ms() const;
  bool finished() const { return stopping_ && sockets_.empty(); }

  LoopOptions options_;
  std::unique_ptr<Backend> backend_;
  OutboxPool pool_;
  TrafficMeters traffic_;
  std::uint64_t turns_ = 0;
  base::UnixMs now_ = 0;
  base::SteadyMs steady_now_ = 0;
  base::List<Socket, AllSockets> sockets_;
  base::List<Socket, SendingSockets> sending_;
  std::vector<Socket*> closing_;
  Handshakes handshakes_;
  std::unique_ptr<TlsRooms> tls_rooms_;  // null: nobody has spoken TLS
  Timers timers_;
  base::SteadyMs last_end_check_ = 0;
  base::SteadyMs trimmed_ = 0;
  base::SteadyMs last_handshake_check_ = 0;
  std::size_t inbox_bytes_ = 0;  // owned by inboxes
  std::atomic<std::size_t> socket_count_ = 0;
  std::atomic<std::uint64_t> idle_cuts_ = 0;
  bool stopping_ = false;

  // What usage() tells: of the loop's thread, for any other.
  std::atomic<std::size_t> published_connection_bytes_ = 0;
  std::atomic<std::size_t> published_inbox_bytes_ = 0;
  std::atomic<std::size_t> published_outbox_bytes_ = 0;
  std::atomic<std::size_t> published_backend_bytes_ = 0;

  Watch wake_;
  std::mutex posted_mutex_;
  std::vector<std::function<void()>> posted_;
  bool has_ended_ = false;       // nothing is posted any more
  bool has_own_posted_ = false;  // by its own thread
};

}  // namespace larder::io

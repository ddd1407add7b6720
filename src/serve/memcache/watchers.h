// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "io/socket.h"

namespace larder::serve::memcache {

// What a connection can watch.
enum class Stream : std::uint8_t {
  kFetchers = 1,
  kMutations = 2,
  kEvictions = 4,
  kConnections = 8,
  kDeletions = 16,
};
using Streams = std::uint8_t;  // several of them

// How much was told since the start.
struct WatchCounts {
  std::uint64_t watchers = 0;  // now
  std::uint64_t sent = 0;      // lines
  std::uint64_t skipped = 0;   // lines for which a watcher had no room
};

// The connections of a node that watch, and what is to be told to them.
//
//   session: watches(stream)? ── no: done, after one relaxed load
//                │ yes
//                ▼
//   tell(line) ─► of each watcher a bounded buffer ─ post ─► its loop ─► outbox ─► kernel
//                     └ full: the line is skipped, and `skipped=<n>` stands before the next one
//
// Any thread, also under a lock of the store: it waits for nobody but others that copy a line.
class Watchers {
 public:
  Watchers() = default;
  ~Watchers();
  Watchers(const Watchers&) = delete;
  Watchers& operator=(const Watchers&) = delete;

  bool watches(Stream stream) const {
    return (all_streams_.load(std::memory_order_relaxed) & static_cast<Streams>(stream)) != 0;
  }
  // `line` without its end, and without the time and the number that are put before it.
  void tell(Stream stream, std::string_view line, base::UnixMs now);
  WatchCounts counts() const;

  // For as long as it lives, `socket` is told what there is in `streams`. On the socket's loop.
  class Watch;
  // Null: there are too many.
  std::unique_ptr<Watch> watch(io::Socket& socket, Streams streams);

 private:
  struct Watcher;
  void leave(Watcher& watcher);
  void deliver(const std::shared_ptr<Watcher>& watcher);
  void fit_streams();

  std::atomic<Streams> all_streams_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Watcher>> watchers_;
  std::uint64_t lines_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t skipped_ = 0;
};

class Watchers::Watch {
 public:
  Watch(Watchers& all, std::shared_ptr<Watcher> watcher);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

 private:
  Watchers& all_;
  std::shared_ptr<Watcher> watcher_;
};

}  // namespace larder::serve::memcache

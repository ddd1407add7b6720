// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/output_file.h"
#include "base/result.h"
#include "cache/cache.h"
#include "io/worker.h"
#include "serve/memcache/statistics.h"

namespace larder::serve::memcache::arcus {

// `dump`: the keys of a cache into a file, behind the sessions' backs.
//
//   stopped ── start: the file opens ──► running ── all told, and a summary ──► stopped, success
//                                           ├─ stop: no summary ──────────────► stopped
//                                           └─ the file takes no more ────────► stopped
//
//   K user:17 0
//   L user:18 3600
//   DUMP SUMMARY: { prefix=<all>, count=2, elapsed=0 }
//
// Who is there all the time is in it once. It waits for the disk on a thread of its own, and takes
// a shard's lock for one step of the walk at a time.
class KeyDump {
 public:
  struct Wanted {
    std::optional<std::string> prefix = {};  // nothing: all keys; empty: those of the null prefix
    std::string path = {};
  };

  KeyDump(cache::Cache& cache, char delimiter) : cache_(cache), delimiter_(delimiter) {}
  ~KeyDump();
  KeyDump(const KeyDump&) = delete;
  KeyDump& operator=(const KeyDump&) = delete;

  // ---- any thread
  // Tells `started`, on the dump's thread, whether it has begun: one at a time.
  void start(Wanted wanted, std::function<void(const base::Status&)> started);
  void stop() { stopping_.store(true, std::memory_order_relaxed); }
  void tell(const TellStat& tell) const;
  bool is_busy() const;  // from start to end, also while the file is being opened

 private:
  struct Run {
    Wanted wanted = {};
    base::UnixMs started = 0;  // 0: never
    base::UnixMs ended = 0;    // 0: it runs
    bool success = false;
  };

  void open_and_run(Wanted wanted, const std::function<void(const base::Status&)>& started);
  base::Status write_all(base::OutputFile& file, const Run& run);
  bool is_wanted(const Wanted& wanted, std::string_view key) const;

  cache::Cache& cache_;
  const char delimiter_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::uint64_t> dumped_ = 0;
  mutable std::mutex mutex_;
  bool is_busy_ = false;
  Run run_;  // the last one whose file was opened
  io::Worker worker_;
};

}  // namespace larder::serve::memcache::arcus

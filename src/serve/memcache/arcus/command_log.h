// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/output_file.h"
#include "io/worker.h"

namespace larder::serve::memcache::arcus {

// `cmdlog`: what clients ask, in files.
//
//   session: is_on()? ── no: done, after one relaxed load
//                │ yes
//                ▼
//   add(line) ─► unsent, bounded ─ post ─► worker ─► command_<port>_<date>_<time>_<n>.log
//                  └ full: skipped, and counted
//
//   09:41:08.000123 127.0.0.1 get user:17
//
// Off again when it is stopped, when its files are full, or when the disk takes no more.
// Any thread; a slow disk delays nobody.
class CommandLog {
 public:
  struct Bounds {
    std::size_t unsent_bytes = limits::kCommandLogBytes;
    std::size_t file_bytes = limits::kCommandLogFileBytes;  // at least a line
    std::size_t files = limits::kCommandLogFiles;
  };
  CommandLog() = default;
  explicit CommandLog(const Bounds& bounds) : bounds_(bounds) {}  // tests
  ~CommandLog();
  CommandLog(const CommandLog&) = delete;
  CommandLog& operator=(const CommandLog&) = delete;

  bool is_on() const { return on_.load(std::memory_order_relaxed); }
  void add(std::string_view client, std::string_view command);

  // The first file of `folder`, which must be there, is opened on the worker's thread; `started` is
  // told there what came of it.
  enum class Started : std::uint8_t { kNow, kBefore, kFailed };
  void start(std::string folder, std::uint16_t port, std::function<void(Started)> started);
  bool stop();  // false: it was off
  // A line for each number, a tab before it.
  std::string report() const;

 private:
  enum class End : std::uint8_t { kNone, kStopped, kFull, kFailed };

  // From start to end.
  struct Run {
    std::string path = {};   // of its files, up to their numbers
    std::string begin = {};  // <date>_<time>
    std::string end = {};    // the same; empty: it runs
    End how = End::kNone;
    std::uint64_t entered = 0;  // commands
    std::uint64_t skipped = 0;  // of those
    std::size_t files = 0;
  };

  void end(End how);
  // ---- on the worker's thread
  Started open(const std::string& folder, std::uint16_t port);
  bool open_file(const std::string& path, std::size_t number);
  void write_unsent();
  End write(std::string_view lines);
  End begin_next_file();

  const Bounds bounds_ = {};
  std::atomic<bool> on_ = false;
  mutable std::mutex mutex_;
  Run run_;
  std::string unsent_;
  bool is_posted_ = false;

  // Of the worker's thread.
  std::optional<base::OutputFile> file_;
  std::size_t file_bytes_ = 0;
  io::Worker worker_;
};

}  // namespace larder::serve::memcache::arcus

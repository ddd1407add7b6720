// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/limits.h"
#include "base/meter.h"
#include "base/result.h"
#include "serve/edge/log_file.h"
#include "serve/edge/log_ring.h"

namespace larder::serve::edge {

struct LogWriterOptions {
  std::string path;
  int standard = 1;         // what `-` is
  std::string header = {};  // in front of everything in a file that is empty
  std::size_t producers = 1;
  std::size_t ring_bytes = limits::kLogRingBytes;  // of each; a power of two
};

// A log's thread, and how lines get to it.
//
//   push ──► a ring for each producer ──► the thread ──► file
//              └ full: dropped, counted       └ fails: dropped, counted
//
//   the thread:  write all there is ─► pause, so that more come together ─► … ─► asleep
//                                        └ a ring is half full: at once           └ until a push
//
// What is in the rings at the end is written, as long as that takes no more than kLogFlushMs.
class LogWriter {
 public:
  static base::Result<std::unique_ptr<LogWriter>> open(const LogWriterOptions& options);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  // A whole line with its end. One thread at a time for each producer.
  void push(std::size_t producer, std::string_view line);
  // Any thread. Where it cannot be opened again, the old one is kept.
  void reopen();
  std::uint64_t dropped() const;  // lines
  std::uint64_t written() const { return written_.count(); }

 private:
  enum class State : std::uint8_t { kAwake, kPausing, kAsleep };
  struct Producer {
    explicit Producer(std::size_t bytes) : ring(bytes) {}
    LogRing ring;
    base::Meter dropped;
  };

  LogWriter(LogWriterOptions options, LogFile file, int wake);
  void wake();
  void start();
  // ---- on its thread
  void run();
  void rest(bool wrote);
  bool has_lines() const;
  bool write_rings();
  void write(std::string_view bytes);
  std::size_t write_some(std::string_view bytes);
  void lose(std::string_view bytes);
  std::string_view behind_skipped_line(std::string_view bytes);
  bool wait_for_room();
  void set_deadline();
  void reopen_if_asked();
  void write_header();

  LogWriterOptions options_;
  LogFile file_;
  int wake_;
  std::deque<Producer> producers_;
  std::atomic<State> state_ = State::kAwake;
  std::atomic<bool> reopening_ = false;
  std::atomic<bool> stopping_ = false;
  base::Meter written_;
  base::Meter lost_;
  bool at_line_begin_ = true;
  bool is_torn_ = false;         // the file's last line is not whole, and never will be
  bool skips_line_ = false;      // its begin was lost
  base::SteadyMs deadline_ = 0;  // 0: not stopping yet
  std::thread thread_;
};

}  // namespace larder::serve::edge

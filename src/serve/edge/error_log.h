// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/limits.h"
#include "base/result.h"
#include "serve/edge/log_writer.h"

namespace larder::serve::edge {

// What the operator should know: of the program, or of its origins.
//
//   2026-11-29T13:58:29+00:00 [error] shop: 10.0.0.1:80: connect timed out
//
// Any thread; written by a thread of its own (serve/edge/log_writer.h). Of a text that comes again
// and again a few lines are written in a while; the next one says how many were left out.
class ErrorLog {
 public:
  enum class Level : std::uint8_t { kInfo, kNotice, kWarning, kError, kCritical };

  // `-` or empty: standard error.
  static base::Result<std::unique_ptr<ErrorLog>> open(const std::string& path,
                                                      Level least = Level::kInfo);

  void write(Level level, std::string_view what, base::UnixMs now);
  void reopen() { writer_->reopen(); }
  std::uint64_t dropped() const { return writer_->dropped(); }
  std::uint64_t written() const { return writer_->written(); }

 private:
  struct Repeat {
    std::uint64_t hash = 0;
    base::UnixMs since = 0;
    std::uint32_t lines = 0;
    std::uint64_t left_out = 0;
  };
  explicit ErrorLog(std::unique_ptr<LogWriter> writer, Level least)
      : least_(least), writer_(std::move(writer)) {}
  bool goes_out(std::uint64_t hash, base::UnixMs now, std::uint64_t& left_out);

  Level least_;
  std::unique_ptr<LogWriter> writer_;
  std::mutex mutex_;
  std::array<Repeat, limits::kLogRepeats> repeats_{};
};

}  // namespace larder::serve::edge

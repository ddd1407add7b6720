// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace larder::serve::edge {

// Where lines of a log go: a file to which they are appended, a pipe (whether anybody reads it or
// not), a terminal.
class LogFile {
 public:
  // `-` is the descriptor `standard`.
  static base::Result<LogFile> open(const std::string& path, int standard);
  LogFile(LogFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), may_block_(other.may_block_) {}
  LogFile& operator=(LogFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(may_block_, other.may_block_);
    return *this;
  }
  ~LogFile();

  enum class Wrote : std::uint8_t { kSome, kNotNow, kFailed };
  // Some of them. Only a disk may keep it waiting.
  Wrote write(std::string_view bytes, std::size_t& written);
  int descriptor() const { return descriptor_; }
  bool is_empty() const;  // nothing stands in it

 private:
  LogFile(int descriptor, bool may_block) : descriptor_(descriptor), may_block_(may_block) {}

  int descriptor_ = -1;
  bool may_block_ = false;  // its mode is somebody else's, too
};

}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace larder::base {

// A plain file that is written from its begin to its end. What it held before is gone.
class OutputFile {
 public:
  // Creates it, or empties it. Neither a device, a pipe nor a link is opened in its place.
  static Result<OutputFile> open(const std::string& path);
  OutputFile(OutputFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, kNone)) {}
  OutputFile& operator=(OutputFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OutputFile();

  // All of them. A failure names no path.
  Status write(std::string_view bytes);

 private:
  static constexpr int kNone = -1;
  explicit OutputFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = kNone;
};

}  // namespace larder::base

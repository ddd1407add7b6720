// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "base/result.h"

namespace larder::base {

// A plain file that is open for as long as this lives, and that no second process gets meanwhile.
// No other user (but root) can write to it. What fails below leaves the reason in errno.
class ExclusiveFile {
 public:
  // Creates it when it is not there, for its owner alone.
  static Result<ExclusiveFile> open(const std::string& path);
  ExclusiveFile(ExclusiveFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, kNone)) {}
  ExclusiveFile& operator=(ExclusiveFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~ExclusiveFile();

  int descriptor() const { return descriptor_; }
  std::size_t size() const noexcept;
  // From its begin; how many bytes there were of so many.
  std::size_t read(void* bytes, std::size_t size) const noexcept;
  [[nodiscard]] bool write(const void* bytes, std::size_t size) const noexcept;
  // What is new is zeroes, and costs no room yet.
  [[nodiscard]] bool resize(std::size_t size) const noexcept;
  // It is at least so large then, and no store to a mapping of it meets a full file system. False:
  // nothing has changed.
  [[nodiscard]] bool reserve(std::size_t size) const noexcept;

 private:
  static constexpr int kNone = -1;
  explicit ExclusiveFile(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = kNone;
};

}  // namespace larder::base

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "cli/replay/byte_source.h"

namespace larder::cli::replay {

// For tests: bytes in memory, given out in pieces of a size.
class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string bytes, std::size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}

  base::Result<std::size_t> read(std::span<char> into) override {
    const std::size_t bytes = std::min({piece_, into.size(), bytes_.size() - at_});
    std::memcpy(into.data(), bytes_.data() + at_, bytes);
    at_ += bytes;
    return bytes;
  }
  double share() const override {
    return bytes_.empty() ? 1 : static_cast<double>(at_) / static_cast<double>(bytes_.size());
  }

 private:
  std::string bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

inline std::unique_ptr<ByteSource> in_pieces(std::string bytes, std::size_t piece) {
  return std::make_unique<MemorySource>(std::move(bytes), piece);
}

}  // namespace larder::cli::replay

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "wire/memcache/arcus/block.h"

namespace larder::wire::memcache::arcus {
namespace {

constexpr std::uint32_t kLineEndBytes = 2;

}  // namespace

void expect_element(const CommandLimits& limits, Command& command) noexcept {
  command.has_block = true;
  if (command.block_bytes + kLineEndBytes > limits.element_bytes) {
    command.fault = Fault::kTooLargeValue;
  }
}

void expect_list(std::size_t most_words, std::size_t most_bytes, Command& command) noexcept {
  command.has_block = true;
  const std::size_t words = command.list_count;
  const bool is_short = words <= command.block_bytes / 2 + 1;
  if (words > most_words || !is_short || command.block_bytes >= words * (most_bytes + 1)) {
    command.fault = Fault::kBadValue;
  }
}

}  // namespace larder::wire::memcache::arcus

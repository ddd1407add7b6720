// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "wire/memcache/arcus/command.h"

// The block behind a command line. Only that of a right line is taken, also when it is too large;
// what follows a wrong one is read as the next command.
namespace larder::wire::memcache::arcus {

constexpr std::uint32_t kMaxListBytes = std::numeric_limits<std::uint32_t>::max() - 2;

// The next of `words` as the length of a value.
template <class AnyWords>
bool take_bytes(AnyWords& words, Command& command) noexcept {
  std::int32_t bytes = 0;
  if (!words.take(bytes) || bytes < 0) return false;
  command.block_bytes = static_cast<std::uint32_t>(bytes);
  return command.block_bytes <= kMaxBlockBytes;
}

// The next two as the length and the number of words of a list.
template <class AnyWords>
bool take_list(AnyWords& words, Command& command) noexcept {
  if (!words.take(command.block_bytes) || !words.take(command.list_count)) return false;
  return command.block_bytes <= kMaxListBytes;
}

void expect_element(const CommandLimits& limits, Command& command) noexcept;

// Of `most_words`, each of `most_bytes`, and a blank between two.
void expect_list(std::size_t most_words, std::size_t most_bytes, Command& command) noexcept;

}  // namespace larder::wire::memcache::arcus

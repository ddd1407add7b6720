// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace larder::cli::replay {

// Makes memcached keys of what identifies objects in traces.
//
//   id 0x2f                       000000000000002f
//   text that is a key            the same
//   text that is none             16 hexadecimal digits of its hash: no two objects of a trace
//   (blanks, over 250 bytes, …)   share one but by a chance of 1 in 2^64 for each pair
class TraceKey {
 public:
  static constexpr std::size_t kIdBytes = 16;

  // Each result lives until the next call, or as long as the text.
  std::string_view of_id(std::uint64_t id);
  std::string_view of_text(std::string_view text);

 private:
  std::array<char, kIdBytes> digits_{};
};

// What an object of this size has for its value. A key may be longer than its object: then the
// value is empty and the object larger than the trace says.
constexpr std::uint32_t value_bytes_of(std::uint64_t object_bytes, std::size_t key_bytes) {
  if (object_bytes <= key_bytes) return 0;
  const std::uint64_t value = object_bytes - key_bytes;
  return value > 0xFFFFFFFF ? 0xFFFFFFFF : static_cast<std::uint32_t>(value);
}

}  // namespace larder::cli::replay

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace larder::cli::load {

// Values say what they are: every byte follows from the key, the version and the place.
//
//   0         8         16       24
//   │ version │ word 1  │ word 2 │ …      word i = f(key, version, i)
//
// A value of less than 16 bytes has no room for a version: it is word 0 and 1 of version 0.
void write_value(char* out, std::uint32_t key, std::uint32_t bytes, std::uint64_t version);

// Checks a value that comes in pieces.
class ValueCheck {
 public:
  void begin(std::uint32_t key, std::uint32_t bytes);
  // False as soon as one byte is wrong. Never more bytes than the value has.
  bool check(std::string_view piece);

 private:
  bool check_words(std::string_view piece);

  std::uint32_t key_ = 0;
  std::uint64_t version_ = 0;
  std::size_t at_ = 0;
  std::size_t version_bytes_ = 0;  // 8, or 0 for a short value
};

}  // namespace larder::cli::load

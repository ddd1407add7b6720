// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace larder::cli::load {

// Keys of one length, numbered from 0.
//
//   larder-bench-larder-benc0004f3        padding, then the number in hexadecimal digits, as many
//                                         as the last key needs
class Keys {
 public:
  static base::Result<Keys> make(std::uint32_t count, std::size_t bytes);

  std::uint32_t count() const { return count_; }
  std::size_t bytes() const { return text_.size(); }
  std::string text(std::uint32_t key) const;
  // Turns the text of any key, at `out`, into that of `key`.
  void renumber(char* out, std::uint32_t key) const;
  // Nothing if no key has this text.
  std::optional<std::uint32_t> parse(std::string_view text) const;

  // The key of a popularity rank (0 is the first). Popular keys are strewn over all numbers, so
  // that filling the keys in their order does not lay the popular ones side by side.
  std::uint32_t of_rank(std::uint32_t rank) const {
    return static_cast<std::uint32_t>(std::uint64_t{rank} * stride_ % count_);
  }

 private:
  Keys(std::uint32_t count, std::size_t bytes, std::size_t digits);

  std::uint32_t count_;
  std::uint32_t stride_;  // has no divisor in common with count_
  std::size_t digits_;
  std::string text_;  // of key 0
};

}  // namespace larder::cli::load

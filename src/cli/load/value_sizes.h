// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace larder::cli::load {

// How long each key's value is. A function of the key, so that a reply's length is known before it
// comes.
//
//   100                  all of 100 bytes
//   10-1000              evenly spread
//   100:9,1000-8000:1    of the keys, 9 in 10 as the first says and 1 in 10 as the second
class ValueSizes {
 public:
  static base::Result<ValueSizes> parse(std::string_view text);

  std::uint32_t of(std::uint32_t key) const { return parts_.empty() ? fixed_ : draw(key); }
  bool fixed() const { return parts_.empty(); }
  std::uint32_t max() const { return max_; }

 private:
  struct Part {
    std::uint32_t from;
    std::uint32_t to;
    double until;  // share of the keys that this part and those before it have
  };

  std::uint32_t draw(std::uint32_t key) const;
  static base::Result<Part> parse_part(std::string_view text);

  std::uint32_t fixed_ = 0;
  std::uint32_t max_ = 0;
  std::vector<Part> parts_;
};

}  // namespace larder::cli::load

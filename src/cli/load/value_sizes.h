// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace larder::cli::load {

// Values next to keys of kTwitterKeyBytes, after J. Yang, Y. Yue and K. V. Rashmi, "A large scale
// analysis of hundreds of in-memory cache clusters at Twitter" (OSDI 2020). Theirs are figures of
// clusters, and here each is taken for the share of the objects in one mixed cache: 24 % of objects
// (key and value) are below 100 bytes, half of them below 230; 15 % of values are no longer than
// their key, half of them no longer than five keys. How the upper half spreads is our choice, after
// the mean sizes of the 54 clusters in the published table: most within 2 KB, a few of tens of KB.
inline constexpr std::string_view kTwitterValueSizes =
    "1-38:150,39-62:90,63-192:260,193-600:260,601-2000:150,2001-10000:85,10001-60000:5";
inline constexpr std::uint32_t kTwitterKeyBytes = 38;

// How long each key's value is. A function of the key, so that a reply's length is known before it
// comes.
//
//   100                  all of 100 bytes
//   10-1000              evenly spread
//   100:9,1000-8000:1    of the keys, 9 in 10 as the first says and 1 in 10 as the second
//   twitter              kTwitterValueSizes
class ValueSizes {
 public:
  // Another seed draws other sizes for the same keys.
  static base::Result<ValueSizes> parse(std::string_view text, std::uint64_t seed = 0);

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

  std::uint64_t seed_ = 0;
  std::uint32_t fixed_ = 0;
  std::uint32_t max_ = 0;
  std::vector<Part> parts_;
};

}  // namespace larder::cli::load

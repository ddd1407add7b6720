// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "cli/replay/trace.h"

namespace larder::cli::replay {

// The order in which a generated trace asks for its objects, by their numbers.
class Pattern {
 public:
  struct Pick {
    std::uint32_t object;
    Operation operation = Operation::kGet;
  };

  virtual ~Pattern() = default;
  virtual Pick pick() = 0;

  // `capacity`: objects that the cache holds. `objects`: the population of zipf, mixed and twitter.
  //
  //   zipf:ALPHA   of a population, popularity falling with rank^-ALPHA
  //   scan         half of the requests for a hot set of half the capacity, evenly; the other half
  //                for objects that are never asked for again. scan:SHARE, 0 to 1, for another
  //                share of those: scan:1 is a scan and nothing else
  //   loop:F       one object after the other, F times the capacity of them, again and again
  //   mixed        zipf:0.9, as many requests as the capacity, then a scan of half as many objects
  //                that are never asked for again; and so on
  //   twitter      zipf:1, one request in ten a set: an ordinary one of the clusters in the table
  //                that the paper (load/value_sizes.h) published, whose median is just above that
  //                exponent and whose sets are between 1 % and 98 % of the requests
  static base::Result<std::unique_ptr<Pattern>> parse(std::string_view text, std::uint32_t capacity,
                                                      std::uint32_t objects, std::uint64_t seed);
};

}  // namespace larder::cli::replay

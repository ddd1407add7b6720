// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "wire/http/field.h"

namespace larder::serve::edge {

// By which fields the responses under one URL were selected, and which there are. They themselves
// are items of their own, found by the id and a hash: a new id, and nobody finds the old ones.
//
//   sets       names of Vary fields: `accept-encoding`, `accept,cookie`       up to 4
//   variants   hash of what a request says in the fields of a set             up to 32,
//                                                                             the latest first
// As bytes:
//   [ kind 1 ][ sets 1 ][ variants 1 ][ id 8 ][ hit-for-miss until 8 ]
//   ([ bytes 2 ][ names ]) for each set, ([ hash 8 ][ set 1 ]) for each variant
class Variants {
 public:
  struct Variant {
    std::uint64_t hash = 0;
    std::uint8_t set = 0;
    bool operator==(const Variant&) const = default;
  };

  explicit Variants(std::uint64_t id) : id_(id) {}
  // Nothing: these bytes are no variants.
  static std::optional<Variants> parse(std::string_view bytes);
  std::string encode() const;

  std::uint64_t id() const { return id_; }
  const std::vector<std::string>& sets() const { return sets_; }
  const std::vector<Variant>& all() const { return variants_; }

  // As the latest. → the hashes of those that there is no room for any more.
  std::vector<std::uint64_t> add(std::string_view set, std::uint64_t hash);

  // Until when a request that selects no variant need not wait for others.
  base::UnixMs hit_for_miss_until = 0;

 private:
  std::uint8_t place_of(std::string_view set);
  void remove_set(std::uint8_t set, std::vector<std::uint64_t>& gone);
  std::uint8_t oldest_set() const;

  std::uint64_t id_;
  std::vector<std::string> sets_;
  std::vector<Variant> variants_;
};

// The names of a set as it is stored: in lower case, sorted, with commas between them.
std::string set_of(std::span<const std::string> names);
// What `request` says in the fields of a set, the set's names in front.
std::string selection_of(const wire::http::Fields& request, std::string_view set);

}  // namespace larder::serve::edge

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "serve/memcache/statistics.h"

// What tables of statistics are written in.
namespace larder::serve::memcache {

using From = const Snapshot&;

// A StatRow that is a constant.
struct FixedRow {
  StatRow::Group group;
  StatRow::Kind kind;
  std::string_view name;
  std::uint64_t (*of)(From);
};

inline void add_rows(std::vector<StatRow>& rows, std::span<const FixedRow> more) {
  for (const FixedRow& row : more) {
    rows.push_back({row.group, row.kind, std::string(row.name), row.of});
  }
}

constexpr auto kState = StatRow::Kind::kState;
constexpr auto kCount = StatRow::Kind::kCount;
constexpr auto kGeneral = StatRow::Group::kGeneral;
constexpr auto kItems = StatRow::Group::kItems;
constexpr auto kSlabs = StatRow::Group::kSlabs;
using Usage = cache::Usage;

template <Deed... kSummed>
std::uint64_t deeds(From from) {
  return (from.deeds[kSummed] + ...);
}

template <auto kPart>
std::uint64_t cache_part(From from) {
  return from.cache.*kPart;
}

template <auto kPart>
std::uint64_t io_part(From from) {
  return from.io.*kPart;
}

template <auto kPart>
std::uint64_t udp_part(From from) {
  return from.udp.*kPart;
}

// What is in pages, and neither of an item or its elements nor told apart otherwise.
std::uint64_t slack(From from);

// Who has the memory, by names of Larder's own.
std::span<const FixedRow> memory_rows();

std::vector<StatRow> memcached_rows();
std::vector<StatRow> arcus_rows();  // arcus/stat_rows.cc

}  // namespace larder::serve::memcache

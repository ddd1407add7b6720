// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "serve/memcache/dialect.h"
#include "serve/memcache/snapshot.h"

namespace larder::serve::memcache {

using TellStat = std::function<void(std::string_view name, std::string_view value)>;

// One number: from what it is told, in which group, and whether it counts.
struct StatRow {
  enum class Group : std::uint8_t { kGeneral, kItems, kSlabs };
  enum class Kind : std::uint8_t { kState, kCount };

  Group group;
  Kind kind;
  std::string name;
  std::function<std::uint64_t(const Snapshot&)> of;
};

// Each dialect has its own, by its own names and in its own order.
std::vector<StatRow> stat_rows(Dialect dialect);

// The numbers of a node.
//
//   Snapshot ─► row ─► a state, such as curr_items: told as it is
//                 └──► a count, such as get_hits: told without what it was at the last reset
//
// Whoever counts never writes for a reset, so that each number has one writer. Any thread.
class Statistics {
 public:
  explicit Statistics(Dialect dialect);
  void tell(StatRow::Group group, const Snapshot& snapshot, const TellStat& tell) const;
  void reset(const Snapshot& snapshot);

 private:
  const std::vector<StatRow> rows_;
  mutable std::mutex mutex_;
  std::vector<std::uint64_t> at_reset_;  // by row
};

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/memcache/statistics.h"

#include <array>
#include <cstddef>

#include "base/decimal.h"
#include "serve/memcache/stat_table.h"

namespace larder::serve::memcache {

std::vector<StatRow> stat_rows(Dialect dialect) {
  switch (dialect) {
    case Dialect::kMemcached: return memcached_rows();
    case Dialect::kArcus: return arcus_rows();
  }
  return {};
}

Statistics::Statistics(Dialect dialect) : rows_(stat_rows(dialect)), at_reset_(rows_.size(), 0) {}

void Statistics::tell(StatRow::Group group, const Snapshot& snapshot, const TellStat& tell) const {
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].group != group) continue;
    std::array<char, base::kMaxDecimalBytes> digits;
    const char* const end =
        base::write_decimal(digits.data(), rows_[i].of(snapshot) - at_reset_[i]);
    tell(rows_[i].name, {digits.data(), end});
  }
}

void Statistics::reset(const Snapshot& snapshot) {
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].kind == StatRow::Kind::kCount) at_reset_[i] = rows_[i].of(snapshot);
  }
}

}  // namespace larder::serve::memcache

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "store/counter.h"

#include "base/decimal.h"

namespace larder::store {

std::optional<std::uint64_t> counter_number(std::string_view value) noexcept {
  const std::size_t last = value.find_last_not_of(' ');
  if (last == std::string_view::npos || last >= base::kMaxDecimalBytes) return std::nullopt;
  return base::parse_decimal<std::uint64_t>(value.substr(0, last + 1));
}

}  // namespace larder::store

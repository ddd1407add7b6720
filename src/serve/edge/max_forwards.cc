// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "serve/edge/max_forwards.h"

#include <string_view>

#include "base/decimal.h"

namespace larder::serve::edge {

std::optional<std::uint64_t> max_forwards_of(const http::Request& request) {
  if (request.method != "OPTIONS" && request.method != "TRACE") return std::nullopt;
  const auto text = request.fields->value(kMaxForwards);
  return text ? base::parse_decimal<std::uint64_t>(*text) : std::nullopt;
}

}  // namespace larder::serve::edge

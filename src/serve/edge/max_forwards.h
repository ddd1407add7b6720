// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "http/exchange.h"

namespace larder::serve::edge {

constexpr std::string_view kMaxForwards = "Max-Forwards";

// How many hops a request may go on: only OPTIONS and TRACE can say it (RFC 9110, 7.6.2). Nothing:
// any number of them.
std::optional<std::uint64_t> max_forwards_of(const http::Request& request);

// Whether it is to be answered here.
inline bool is_last_hop(const http::Request& request) { return max_forwards_of(request) == 0U; }

}  // namespace larder::serve::edge

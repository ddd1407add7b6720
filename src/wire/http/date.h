// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace larder::wire::http {

using Seconds = std::int64_t;  // since 1970, UTC

constexpr std::size_t kDateBytes = 29;

// In any of the three forms of RFC 9110, 5.6.7: strictly, GMT and nothing else. `now` places the
// two-digit years of the second form. Nothing: it is no date.
std::optional<Seconds> parse_date(std::string_view text, Seconds now) noexcept;
// `Sun, 06 Nov 1994 08:49:37 GMT`
std::array<char, kDateBytes> format_date(Seconds at) noexcept;

}  // namespace larder::wire::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace larder::wire::http {

constexpr unsigned kFullQuality = 1000;

// A quality value (RFC 9110, 12.4.2) in thousandths: `0.5` is 500. Nothing: it is none.
std::optional<unsigned> parse_quality(std::string_view text) noexcept;

// What stands behind `q=` of a parameter. Nothing: it is another one.
std::optional<std::string_view> quality_text(std::string_view parameter) noexcept;

}  // namespace larder::wire::http

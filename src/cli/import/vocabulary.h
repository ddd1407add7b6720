// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace larder::cli::import {

// What nginx' names are to Larder.

// Why a directive can go without loss; null: it cannot.
const char* why_needless(std::string_view directive);
bool is_known_directive(std::string_view name);
std::string_view nearest_directive(std::string_view name);  // empty: none is near

// Variables, without their $.
bool has_variable_of(std::string_view name);  // Larder has it, too
bool is_only_of_nginx(std::string_view name);
std::string_view nearest_variable(std::string_view name);  // of those that Larder has
std::span<const std::string_view> shared_variables();

// `90`, `10s`, `1h30m`, `500ms`: seconds.
std::optional<double> parse_time(std::string_view text);
// `10r/s`, `30r/m`: a second.
std::optional<double> parse_rate(std::string_view text);

}  // namespace larder::cli::import

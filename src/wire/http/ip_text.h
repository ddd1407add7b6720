// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace larder::wire::http {

// Octets in the order of the network.
using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

// What inet_pton takes and inet_ntop writes, without a system beneath.
std::optional<Ipv4> parse_ipv4(std::string_view text) noexcept;
std::optional<Ipv6> parse_ipv6(std::string_view text) noexcept;  // no brackets, no zone
std::string format_ip(const Ipv4& address);
std::string format_ip(const Ipv6& address);

}  // namespace larder::wire::http

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/server_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/decimal.h"

namespace larder::origin {
namespace {

constexpr std::string_view kUnix = "unix:";

bool is_number(const std::string& host) {
  std::array<char, sizeof(in6_addr)> ignored{};
  return ::inet_pton(AF_INET, host.c_str(), ignored.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), ignored.data()) == 1;
}

base::Result<ServerAddress> parse_unix(const std::string& path) {
  auto address = io::Address::unix_path(path);
  if (!address) return address.failure();
  return ServerAddress{.host = path, .number = *address};
}

// The port behind `host`, which is all of `text` up to there.
std::optional<std::uint16_t> port_behind(std::string_view rest, std::uint16_t default_port) {
  if (rest.empty()) return default_port;
  if (rest.front() != ':') return std::nullopt;
  const auto port = base::parse_decimal<std::uint16_t>(rest.substr(1));
  return port == 0 ? std::nullopt : port;
}

}  // namespace

base::Result<ServerAddress> parse_server_address(const std::string& text,
                                                 std::uint16_t default_port) {
  if (text.starts_with(kUnix)) return parse_unix(text.substr(kUnix.size()));
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string::npos || end == 0) {
    return base::Failure{"not the address of a server: " + text};
  }
  ServerAddress address{.host = bracketed ? text.substr(1, end - 1) : text.substr(0, end)};
  const auto rest = std::string_view(text).substr(bracketed ? end + 1 : end);
  const auto port = port_behind(rest, default_port);
  if (!port || address.host.empty()) return base::Failure{"not the address of a server: " + text};
  address.port = *port;
  if (!is_number(address.host)) return address;
  auto number = io::Address::resolve(address.host, address.port);
  if (!number) return number.failure();
  address.number = number->front();
  return address;
}

}  // namespace larder::origin

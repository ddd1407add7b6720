// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/host_port.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/decimal.h"

namespace larder::app {

base::Result<HostPort> split_host_port(const std::string& text, std::uint16_t default_port) {
  const bool bracketed = text.starts_with('[');
  const bool bare_v6 = !bracketed && std::ranges::count(text, ':') > 1;
  const std::size_t colon = bracketed ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  const std::string_view rest = bare_v6 ? "" : std::string_view(text).substr(colon);
  std::string host = text.substr(0, text.size() - rest.size());
  if (bracketed && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::optional<std::uint16_t> port = default_port;
  if (!rest.empty()) port = base::parse_decimal<std::uint16_t>(rest.substr(1));
  // No host is not every interface: a script's variable may not have been set.
  const bool good = !host.empty() && port && (rest.empty() || rest.front() == ':');
  if (!good) return base::Failure{"-l: not an address: " + text};
  return HostPort{host == "*" ? "" : host, *port};
}

}  // namespace larder::app

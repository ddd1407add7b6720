// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace larder::app {

// Where an operator wants something to listen.
struct HostPort {
  std::string host;  // empty: every interface
  std::uint16_t port;
};

// `host`, `host:port`, `[v6]`, `[v6]:port`, a bare IPv6 address, or a `*` for the host.
base::Result<HostPort> split_host_port(const std::string& text, std::uint16_t default_port);

}  // namespace larder::app

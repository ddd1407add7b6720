// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "io/address.h"

namespace larder::origin {

// A server as it is configured, taken apart.
struct ServerAddress {
  std::string host = {};   // without the brackets of IPv6; of a unix socket its path
  std::uint16_t port = 0;  // of a unix socket 0
  std::optional<io::Address> number =
      {};  // nothing: host is a name, of which name servers know more
};

// `host:port`, `host`, `[::1]:port`, `unix:/path`.
base::Result<ServerAddress> parse_server_address(const std::string& text,
                                                 std::uint16_t default_port);

}  // namespace larder::origin

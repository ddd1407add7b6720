// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "io/address.h"

namespace larder::cli::load {

// Where the server is: `unix_path` if there is one, or of the host's addresses the first that takes
// a connection.
base::Result<io::Address> find_server(const std::string& host, std::uint64_t port,
                                      const std::string& unix_path);

// A connected descriptor, the caller's to close.
base::Result<int> open_connection(const io::Address& address);

}  // namespace larder::cli::load

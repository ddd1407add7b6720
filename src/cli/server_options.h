// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/command_line.h"

namespace larder::cli {

// How every `larder bench` is told its server: --host, --port and --unix.
inline void declare_server(CommandLine& line, std::string& host, std::uint64_t& port,
                           std::string& unix_path) {
  line.option('\0', "host", "host", host, "the server's name or address");
  line.option('p', "port", "port", port, "the server's port");
  line.option('\0', "unix", "path", unix_path, "its unix socket, instead of host and port");
}

}  // namespace larder::cli

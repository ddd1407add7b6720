// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// The subcommands that serve. Each takes its arguments without its own name, and returns the exit
// status of the process.
namespace larder::app {

// As memcached has them; but for the first as in sysexits.h.
constexpr int kExitOptions = 1;
constexpr int kExitUsage = 64;
constexpr int kExitNoUser = 67;
constexpr int kExitOsError = 71;

// A cache node with memcached's options and defaults. `called_as`: how the user calls it.
int run_cache(const std::string& called_as, const std::vector<std::string>& arguments);

// Everything there is, with a default that is useful on one machine: loopback only.
int run_serve(const std::vector<std::string>& arguments);

}  // namespace larder::app

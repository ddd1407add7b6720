// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace larder::app {

// Who listens on a TCP port of this machine, as `memcached (process 4711)`, from /proc. Empty when
// it cannot be told: nobody, or somebody whose descriptors we may not read.
std::string holder_of_port(std::uint16_t port);

}  // namespace larder::app

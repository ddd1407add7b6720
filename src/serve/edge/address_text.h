// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "io/address.h"

namespace larder::serve::edge {

// The host of an address as a number; `unix:` of a unix socket.
void append_address(std::string& out, const io::Address& address);

}  // namespace larder::serve::edge

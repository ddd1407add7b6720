// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "io/socket.h"
#include "io/task.h"
#include "serve/memcache/node.h"

namespace larder::serve::memcache {

// The body of a connection, or of what a datagram brings, that speaks one of memcached's protocols.
io::Task serve(Node& node, io::Socket& socket, Protocol protocol = Protocol::kAuto);

}  // namespace larder::serve::memcache

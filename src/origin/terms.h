// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "http/client_connection.h"
#include "io/tls_origins.h"
#include "origin/fetch.h"
#include "origin/server.h"
#include "origin/upstream.h"

namespace larder::origin {

// What the connections of an upstream are made by, since one configuration of it.
struct Terms {
  UpstreamOptions options;
  std::unique_ptr<io::TlsOrigins> tls = nullptr;  // null: plain
  std::uint64_t wiring = 0;  // connections that were made by another one are not used again
};
using TermsPtr = std::shared_ptr<const Terms>;

// Of a connection to `server`, which must end before `terms` do. With the PROXY protocol it is for
// `client` alone; null: it is our own.
http::ClientTerms connection_terms(const Server& server, const Terms& terms, const Choice* client);

}  // namespace larder::origin

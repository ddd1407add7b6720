// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "origin/terms.h"

namespace larder::origin {

http::ClientTerms connection_terms(const Server& server, const Terms& terms, const Choice* client) {
  const UpstreamOptions& options = terms.options;
  http::ClientTerms made{.to = server.address,
                         .from = {},
                         .tls = terms.tls.get(),
                         .server_name = options.tls_name.empty() ? server.host : options.tls_name,
                         .connect_timeout_ms = options.connect_timeout_ms,
                         .send_timeout_ms = options.send_timeout_ms,
                         .response_timeout_ms = options.response_timeout_ms,
                         .proxy_protocol = options.proxy_protocol};
  if (client != nullptr && client->client.family() != AF_UNSPEC) {
    made.proxied_from = client->client;
    made.proxied_to = client->local;
  }
  return made;
}

}  // namespace larder::origin

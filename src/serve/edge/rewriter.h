// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "serve/edge/request_gate.h"
#include "serve/edge/site.h"

namespace larder::serve::edge {

// Where a request goes after all rewrites, and what is answered at once.
struct Routed {
  const Policy* policy = nullptr;  // that holds for the path as it is now
  std::string path = {};           // with its query; empty: as it was asked for
  Judged judged = {};              // kPass, kAnswer
};

// Rewrites of `policy`, which is the site's for this request, in their order. A path that has been
// changed may have another policy, whose rewrites follow, kMaxRewrites times at most.
//
// What is compared is the path without its query, canonical (serve/edge/request_path.h). The query
// stays, behind that of the replacement; a replacement that ends with `?` drops it.
Routed route(const Site& site, const Policy& policy, const Asked& asked);

}  // namespace larder::serve::edge

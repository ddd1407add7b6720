// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/import/nginx_conf.h"

namespace larder::cli::import {

// An edge's configuration, and what the user should know about it, by lines of what it is from.
struct Imported {
  std::string json;
  std::vector<Remark> remarks;
};

// nginx.conf as an edge's configuration, as far as Larder has what it wants:
//
//   upstream            env.upstreams
//   listen, ssl_…       env.network
//   server              hosting: name, aliases, functions
//   location, if        hosting: rules, in an order in which the first that holds is nginx' choice
//
// The edge can read the result, whatever had to be left out, unless nginx' own texts are wrong or
// are expressions that RE2 does not take: `larder check` tells those.
Imported import_nginx(std::string_view text);

}  // namespace larder::cli::import

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/import/nginx_conf.h"
#include "cli/import/translation.h"

namespace larder::cli::import {

// An `upstream` of nginx, into `all.upstreams`.
void take_upstream(Translation& all, const Directive& directive);

}  // namespace larder::cli::import

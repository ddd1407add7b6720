// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cache_config.h"
#include "base/options.h"

namespace larder::app {

// Adds what Arcus has beyond what both dialects have. Sets `config`, which must outlive the table.
void add_arcus_options(base::OptionTable& table, CacheConfig& config);

}  // namespace larder::app

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "app/cache_config.h"
#include "serve/memcache/node.h"

namespace larder::app {

// Of `config`, what `stats settings` tells by memcached's names and sessions do not know.
std::vector<serve::memcache::ToldSetting> told_settings(const CacheConfig& config);

}  // namespace larder::app

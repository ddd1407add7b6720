// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "app/cache_config.h"
#include "base/options.h"

namespace larder::app {

// The items of -o. They set `config`, which must outlive them.
std::vector<base::Option> extended_options(CacheConfig& config);

// Why options of size classes do nothing.
inline constexpr const char* kNoSizeClasses = "there are no size classes";

}  // namespace larder::app

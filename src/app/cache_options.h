// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "app/cache_config.h"
#include "base/options.h"
#include "base/result.h"

namespace larder::app {

// The one table of the options of `larder cache` and `larder serve`: every one of memcached's (or,
// where config.sessions.dialect says so, of Arcus'), and our own. Sets `config`, which must outlive
// it.
base::OptionTable cache_options(std::string command, std::string summary, CacheConfig& config);

// Sets `config`, to which `table` belongs, from `arguments`; before that from the file that
// --memcached-conf among them names. `notes`: a line for each option that has no effect, or another
// one than was asked for.
base::Status read_options(const base::OptionTable& table, const std::vector<std::string>& arguments,
                          CacheConfig& config, std::vector<std::string>& notes);

}  // namespace larder::app

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "serve/memcache/dialect.h"

namespace larder::app {

// Which dialect `arguments` (argv, the command's name first) ask for. It has to be known before
// they are read, for the same letters mean other things: --dialect says, and of the letters only -E
// and -z, which memcached has not, mean Arcus.
base::Result<serve::memcache::Dialect> choose_dialect(const std::vector<std::string>& arguments);

}  // namespace larder::app

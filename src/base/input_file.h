// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace larder::base {

// All that a file holds; `-` is standard input. A failure names it: what is longer is one.
Result<std::string> read_file(const std::string& path, std::size_t most_bytes);

}  // namespace larder::base

// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace larder::app {

// `larder check FILE`: everything that is wrong with an edge's configuration, by line. Returns the
// exit code: 0 when nothing is, 1 when something is.
int run_check(const std::vector<std::string>& arguments);

}  // namespace larder::app

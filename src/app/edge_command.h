// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace larder::app {

// `larder edge`: serves until it is stopped. → the exit status.
int run_edge(const std::vector<std::string>& arguments);

}  // namespace larder::app

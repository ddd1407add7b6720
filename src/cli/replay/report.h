// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/replay/options.h"
#include "cli/replay/player.h"

namespace larder::cli::replay {

// For people: a few lines.
std::string to_text(const Options& options, const Outcome& outcome);
// For programs: one object, in one line.
std::string to_json(const Options& options, const Outcome& outcome);

}  // namespace larder::cli::replay

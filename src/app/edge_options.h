// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "io/loop.h"
#include "serve/edge/config.h"

namespace larder::app {

// What `larder edge` is told on its command line.
struct EdgeWishes {
  std::string config_file = {};
  std::vector<std::string> listen = {};
  std::vector<std::string> origins = {};
  std::size_t threads = 0;       // 0: as the configuration says
  std::size_t memory_bytes = 0;  // the same
  io::BackendKind io = io::BackendKind::kAuto;
  std::string user = {};
  std::string pid_file = {};
  bool wants_help = false;
};

base::OptionTable edge_options(EdgeWishes& wishes);

// The file's configuration with what the command line changes of it, or one without a file: every
// name is served from the origins. A failure has a line for each complaint about the file.
base::Result<serve::edge::Config> config_of(const EdgeWishes& wishes);

// All complaints about it, a line each, are the failure.
base::Result<serve::edge::Config> read_config_file(const std::string& file);

}  // namespace larder::app

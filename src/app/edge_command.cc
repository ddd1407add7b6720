// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#include "app/edge_command.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

#include "app/commands.h"
#include "app/edge_node.h"
#include "app/edge_options.h"
#include "app/process.h"

namespace larder::app {
namespace {

int complain(const base::Failure& failure, int status) {
  fmt::print(stderr, "larder: {}\n", failure.what);
  return status;
}

void wait_for_the_end(const EdgeNode& node) {
  while (wait_for_signal() == SIGHUP) {
    for (const base::Failure& failure : node.reloads().run()) complain(failure, kExitOsError);
  }
}

// Each client may have a connection to an origin beside its own; where the system does not grant as
// many, origins' wait their turn.
base::Status make_room(const serve::edge::Config& config) {
  constexpr std::size_t kOfClient = 2;
  if (auto raised = raise_descriptor_limit(kOfClient * config.connections, config.threads);
      raised) {
    return raised;
  }
  return raise_descriptor_limit(config.connections, config.threads);
}

int serve_until_stopped(const EdgeWishes& wishes, serve::edge::Config config) {
  give_freed_memory_back();
  if (auto raised = make_room(config); !raised) {
    return complain(raised.failure(), kExitOsError);
  }
  block_signals();
  auto node = EdgeNode::start(
      {.config = std::move(config), .config_file = wishes.config_file, .io = wishes.io});
  if (!node) return complain(node.failure(), kExitOsError);
  // Ports and keys may be root's alone, so this comes behind them.
  if (auto dropped = drop_privileges(wishes.user); !dropped) {
    return complain(dropped.failure(), wishes.user.empty() ? kExitUsage : kExitNoUser);
  }
  if (auto written = write_port_file((*node)->addresses(), {}); !written) {
    return complain(written.failure(), kExitOsError);
  }
  if (auto written = write_pid_file(wishes.pid_file); !written) {
    complain(written.failure(), kExitOsError);
  }
  wait_for_the_end(**node);
  (*node)->stop();
  if (!wishes.pid_file.empty()) std::remove(wishes.pid_file.c_str());
  return 0;
}

}  // namespace

int run_edge(const std::vector<std::string>& arguments) {
  EdgeWishes wishes;
  const base::OptionTable table = edge_options(wishes);
  if (auto read = table.parse(arguments); !read) return complain(read.failure(), kExitOptions);
  if (wishes.wants_help) {
    fmt::print("{}", table.help());
    return 0;
  }
  auto config = config_of(wishes);
  if (!config) return complain(config.failure(), kExitUsage);
  return serve_until_stopped(wishes, *std::move(config));
}

}  // namespace larder::app
